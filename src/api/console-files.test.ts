import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';

let test: TestApi;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'portwarden-console-'));
  mkdirSync(join(directory, 'console/assets'), { recursive: true });
  writeFileSync(join(directory, 'console/index.html'), '<!doctype html><title>console</title>');
  writeFileSync(join(directory, 'console/assets/app-1a2b.js'), 'export {};');
  writeFileSync(join(directory, 'console/.hidden'), 'hidden');
  writeFileSync(join(directory, 'secret.txt'), 'secret');
  test = await createTestApi({ consoleRoot: join(directory, 'console') });
});
afterAll(async () => {
  await test.api.close();
  rmSync(directory, { recursive: true });
});

const get = (url: string, accept = 'text/html,*/*;q=0.8') => test.api.inject({ url, headers: { accept } });

describe('the console', () => {
  it.each(['/', '/index.html', '/images', '/images/sha256:1', '/who-runs?name=openssl', '/apis'])(
    'has a page at %s, never kept without asking',
    async (url) => {
      const reply = await get(url);
      expect(reply.statusCode).toBe(200);
      expect(reply.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
      expect(reply.body).toContain('<title>console</title>');
    },
  );

  it.each(['/', '/?theme=dark'])('has a page at %s for programs that take anything', async (url) => {
    for (const method of ['GET', 'HEAD'] as const) {
      const reply = await test.api.inject({ method, url, headers: { accept: '*/*' } });
      expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    }
  });

  it('has assets, kept for ever', async () => {
    const reply = await get('/assets/app-1a2b.js', '*/*');
    expect(reply.headers['content-type']).toMatch(/^text\/javascript|^application\/javascript/);
    expect(reply.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    ['/assets/gone.js', '*/*'],
    ['/api/v1/nothing', 'text/html'],
    ['/api', 'text/html'],
    ['/healthz/x', 'text/html'],
    ['/metrics/x', 'text/html'],
    ['/.hidden', '*/*'],
    ['/assets', '*/*'],
  ])('has nothing at %s for %s', async (url, accept) => {
    const reply = await get(url, accept);
    expect(reply.statusCode).toBe(404);
    expect(reply.json().error.code).toBe('not-found');
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it('lets scripts come from its own files alone', async () => {
    const policy = String((await get('/')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.replace(/style-src [^;]*/, '')).not.toContain('unsafe');
  });

  it('is not there where no directory is given', async () => {
    const bare = await createTestApi();
    expect((await bare.api.inject({ url: '/', headers: { accept: 'text/html' } })).statusCode).toBe(404);
    await bare.api.close();
  });
});
