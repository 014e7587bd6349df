import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AmbientRequest, createAmbient } from './ambient.ts';
import { checkAddress } from './ambient-request.ts';

const ambient = createAmbient({});
const { signal } = new AbortController();

describe('a file of this machine', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'pw-ambient-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is read up to the limit, through links as Kubernetes makes them', async () => {
    writeFileSync(join(directory, 'data'), 'x'.repeat(100));
    symlinkSync('data', join(directory, 'token'));
    expect(await ambient.readFile(join(directory, 'token'), 100)).toBe('x'.repeat(100));
  });

  const strange: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    ['that is a directory', (path) => mkdirSync(path), /not a regular file/],
    ['that is larger', (path) => writeFileSync(path, 'x'.repeat(101)), /larger than 100 bytes/],
    ['that is not there', () => undefined, /ENOENT/],
    ['that is a pipe which nobody writes to', (path) => execFileSync('mkfifo', [path]), /not a regular file/],
    ['that is not text', (path) => writeFileSync(path, Buffer.of(0xff, 0xfe)), /UTF-8/],
    ['that never ends', (path) => symlinkSync('/dev/zero', path), /not a regular file/],
    ['that has more than it says', (path) => symlinkSync('/proc/kallsyms', path), /larger than 100 bytes|EACCES|EPERM/],
  ];
  it.each(strange)('%s is a failure that names it', async (_what, make, message) => {
    const path = join(directory, 'token');
    make(path);
    const reading = ambient.readFile(path, 100);
    await expect(reading).rejects.toMatchObject({ code: 'credential-failure', message: expect.stringContaining(path) });
    await expect(reading).rejects.toThrow(message);
  });
});

describe('a request for a login', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function serve(listener: RequestListener): Promise<URL> {
    const started = createServer(listener);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(started.address() as AddressInfo).port}/a?b=c`);
  }
  const local = (url: URL, more: Partial<AmbientRequest> = {}): AmbientRequest => ({
    method: 'GET',
    url,
    headers: {},
    metadataOf: 'aws',
    ...more,
  });

  it('brings back what is answered, whatever the status', async () => {
    const url = await serve((request, response) => {
      response.writeHead(418, { 'x-seen': `${request.method} ${request.url} ${request.headers['x-a']}` }).end('short');
    });
    const answer = await ambient.request(local(url, { method: 'POST', headers: { 'x-a': 'b' }, body: 'c' }), 5, signal);
    expect(answer).toMatchObject({ status: 418, headers: { 'x-seen': 'POST /a?b=c b' } });
    expect(Buffer.from(answer.body).toString()).toBe('short');
  });

  it('follows no redirect', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    });
    expect(await ambient.request(local(url), 100, signal)).toMatchObject({ status: 302 });
    expect(asked).toBe(1);
  });

  it('ends where an answer is too large', async () => {
    const url = await serve((_, response) => {
      const more = (): void =>
        void (response.write('x'.repeat(1000)) ? setImmediate(more) : response.once('drain', more));
      more();
    });
    await expect(ambient.request(local(url), 64 * 1024, signal)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it.each([
    ['no answer', () => undefined],
    ['half an answer', (response: { write(text: string): void }) => response.write('{')],
  ])('ends where %s comes in time', async (_what, answer) => {
    const url = await serve((_, response) => void answer(response));
    await expect(ambient.request(local(url, { patience: 50 }), 100, signal)).rejects.toMatchObject({
      code: 'stalled',
      message: expect.stringContaining('0.05 s'),
    });
  });

  it('ends when whoever asks gives up', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort());
    await expect(ambient.request(local(url), 100, stop.signal)).rejects.toMatchObject({ code: 'aborted' });
  });

  const refused: readonly (readonly [string, AmbientRequest['metadataOf']])[] = [
    ['http://sts.amazonaws.com/', undefined],
    ['http://127.0.0.1/', undefined],
    ['ftp://example.com/', undefined],
    ['https://169.254.169.254/', undefined],
    ['https://2852039166/', undefined],
    ['https://[::ffff:169.254.169.254]/', undefined],
    ['https://[fd00:ec2::254]/', undefined],
    ['https://metadata.google.internal/', undefined],
    ['https://user:secret@example.com/', undefined],
    ['http://169.254.170.2/', 'google'],
    ['http://127.0.0.1/', 'azure'],
    ['http://metadata.google.internal/', 'aws'],
    ['http://example.com/', 'aws'],
    ['http://169.254.169.254.example.com/', 'google'],
  ];
  it.each(refused)('does not go to %s for %s', async (url, metadataOf) => {
    const request: AmbientRequest = {
      method: 'GET',
      url: new URL(url),
      headers: {},
      ...(metadataOf ? { metadataOf } : {}),
    };
    const sending = ambient.request(request, 100, signal);
    await expect(sending).rejects.toMatchObject({
      code: 'redirect-refused',
      message: expect.not.stringContaining('secret'),
    });
  });

  const resolved: readonly (readonly [string, string, AmbientRequest['metadataOf'], boolean])[] = [
    ['https://sts.example/', '203.0.113.1', undefined, true],
    ['https://sts.example/', '10.0.0.1', undefined, true],
    ['https://sts.example/', '169.254.169.254', undefined, false],
    ['https://sts.example/', '::ffff:169.254.169.254', undefined, false],
    ['https://sts.example/', 'fd00:ec2::254', undefined, false],
    ['http://metadata.google.internal/', '169.254.169.254', 'google', true],
    ['http://metadata.google.internal/', '203.0.113.1', 'google', false],
    ['http://localhost/', '127.0.0.1', 'aws', true],
    ['http://localhost/', '203.0.113.1', 'aws', false],
  ];
  it.each(resolved)('to %s at %s for %s: %s', (url, address, metadataOf, allowed) => {
    const check = () => checkAddress({ url: new URL(url), ...(metadataOf ? { metadataOf } : {}) }, address);
    if (allowed) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'redirect-refused' }));
  });
});
