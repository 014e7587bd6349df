import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock, silentLog } from '../../base/index.ts';
import { issueAuthority, issueServing } from './issue-certificate.ts';
import { accessFromPod, ClusterError, createObjectReader, type ObjectReader } from './read-objects.ts';

const token = 'the-token-of-the-account';
const objects: Record<string, object> = {
  '/api/v1/namespaces/shop/configmaps/settings': {
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop' },
    data: { A: '1' },
  },
  '/api/v1/namespaces/shop/secrets/api': {
    kind: 'Secret',
    metadata: { name: 'api', namespace: 'shop' },
    data: { token: Buffer.from('s3cret').toString('base64') },
  },
  '/api/v1/namespaces/shop/secrets/swapped': {
    kind: 'Secret',
    metadata: { name: 'api', namespace: 'other' },
    data: {},
  },
  '/api/v1/namespaces/shop/secrets/broken': {
    kind: 'Secret',
    metadata: { name: 'broken', namespace: 'shop' },
    data: { a: '!' },
  },
};

describe('what a Pod names', () => {
  let directory: string;
  let server: Server;
  let url: string;
  let seen: { path: string; authorization: string | undefined }[];
  let lines: string;
  let reader: ObjectReader;
  const clock = fixedClock('2026-11-28T00:00:00Z');
  const signal = new AbortController().signal;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'portwarden-objects-'));
    const authority = await issueAuthority(Date.now());
    const { certificate, key } = await issueServing(['127.0.0.1'], authority, Date.now());
    writeFileSync(join(directory, 'ca.crt'), authority.certificate);
    writeFileSync(join(directory, 'foreign.crt'), (await issueAuthority(Date.now())).certificate);
    server = createServer({ cert: certificate, key }, (request, response) => {
      const path = request.url ?? '';
      seen.push({ path, authorization: request.headers.authorization });
      if (path.endsWith('/moved'))
        return void response.writeHead(302, { location: `${url}/api/v1/namespaces/shop/configmaps/settings` }).end();
      if (path.endsWith('/forbidden')) return void response.writeHead(403).end('{}');
      if (path.endsWith('/endless')) return void response.end(Buffer.alloc(4 * 2 ** 20, 32));
      if (path.endsWith('/hung')) return undefined;
      const object = objects[path];
      response.writeHead(object ? 200 : 404).end(JSON.stringify(object ?? {}));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    seen = [];
    lines = '';
    writeFileSync(join(directory, 'token'), `${token}\n`);
    reader = make('ca.crt');
  });
  afterEach(() => reader.close());

  function make(ca: string): ObjectReader {
    const note = (fields: object, text: string) => {
      lines += JSON.stringify([fields, text]);
    };
    const log = { ...silentLog, info: note, warn: note };
    return createObjectReader({ url, ca: join(directory, ca), token: join(directory, 'token') }, { clock, log });
  }
  const read = (names: { configMaps?: string[]; secrets?: string[] }, namespace = 'shop', at = reader) =>
    at.read(namespace, { configMaps: [], secrets: [], ...names }, signal);

  it('is read by name, with the token of the account', async () => {
    const found = await read({ configMaps: ['settings'], secrets: ['api'] });
    expect(found.map(({ kind, name, entries }) => [kind, name, ...entries])).toEqual([
      ['ConfigMap', 'settings', ['A', '1']],
      ['Secret', 'api', ['token', 's3cret']],
    ]);
    expect(seen.map(({ authorization }) => authorization)).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
  });

  it.each([
    ['is not there', 'none'],
    ['may not be read', 'forbidden'],
    ['is elsewhere', 'moved'],
    ['is too large', 'endless'],
    ['is another than was asked for', 'swapped'],
    ['cannot be read', 'broken'],
  ])('and %s is left out', async (_title, name) => {
    expect((await read({ secrets: [name, 'api'] })).map((object) => object.name)).toEqual(['api']);
    expect(lines).toContain(name);
    expect(lines).not.toMatch(/s3cret|the-token/);
  });

  it('and does not come in time is left out', async () => {
    const late = new AbortController();
    const found = reader.read('shop', { configMaps: ['hung'], secrets: [] }, late.signal);
    await expect.poll(() => seen.length).toBe(1);
    late.abort();
    expect(await found).toEqual([]);
  });

  it('is asked of nobody whose certificate is by another authority, and the token stays', async () => {
    const other = make('foreign.crt');
    expect(await read({ secrets: ['api'] }, 'shop', other)).toEqual([]);
    expect(seen).toEqual([]);
    await other.close();
  });

  it('is not asked for in what is no namespace', async () => {
    expect(await read({ secrets: ['api'] }, '../shop')).toEqual([]);
    expect(seen).toEqual([]);
  });

  it('is kept for three seconds, what may not be read too, and then asked for again', async () => {
    const at = clock.now();
    for (const [later, requests] of [
      [0, 2],
      [2900, 2],
      [3100, 4],
    ] as const) {
      clock.set(at + later);
      await read({ secrets: ['api', 'forbidden'] });
      expect(seen.length).toBe(requests);
    }
  });

  it('is asked for with the token of the hour', async () => {
    await read({ secrets: ['api'] });
    writeFileSync(join(directory, 'token'), 'another');
    await read({ configMaps: ['settings'] });
    expect(seen.map(({ authorization }) => authorization)).toEqual([`Bearer ${token}`, 'Bearer another']);
  });
});

describe('the way to the API server', () => {
  it.each([
    [{ KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' }, 'https://10.0.0.1:6443'],
    [{ KUBERNETES_SERVICE_HOST: 'fd00::1' }, 'https://[fd00::1]:443'],
  ])('is what a Pod is told', (environment, url) => expect(accessFromPod(environment).url).toBe(url));

  it('is none outside of a Pod', () => expect(() => accessFromPod({})).toThrow(ClusterError));
});
