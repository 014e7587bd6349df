import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DownloadOptions, downloadFile } from './download.ts';
import { feedLimits } from './feed-limits.ts';
import { findChecksum, verifyDownload } from './verify-download.ts';

const body = 'abcdefghij'.repeat(1000);
const sha256 = createHash('sha256').update(body).digest('hex');
const { signal } = new AbortController();

let server: Server;
let answer: RequestListener;
let requests: IncomingMessage['headers'][];
let directory: string;
let url: URL;
beforeEach(async () => {
  requests = [];
  directory = mkdtempSync(join(tmpdir(), 'pw-download-'));
  server = createServer((request, response) => {
    requests.push(request.headers);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/all.json`);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

const limits = { ...feedLimits, retryWait: 1, stallTime: 500, attempts: 3 };
const download = (more: Partial<DownloadOptions> = {}) => downloadFile(url, { directory, limits, signal, ...more });

/** A server that hangs up after `cut` bytes of the first answer, and knows ranges. */
function cutOff(cut: number, etag = '"v1"', laterEtag = etag): RequestListener {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const now = requests.length === 1 ? etag : laterEtag;
    const part = from > 0 && request.headers['if-range'] === now ? body.slice(from) : body;
    const headers = { etag: now, 'content-length': String(part.length) };
    if (part === body) response.writeHead(200, headers);
    else response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` });
    if (requests.length === 1) response.write(part.slice(0, cut), () => setTimeout(() => response.destroy(), 50));
    else response.end(part);
  };
}

describe('a download', () => {
  it('is whole, with its digest and what the server calls it', async () => {
    answer = (_, response) => response.writeHead(200, { etag: 'W/"1"', 'last-modified': 'then' }).end(body);
    const file = await download();
    expect(file).toMatchObject({ sha256, validators: { etag: 'W/"1"', lastModified: 'then' } });
    expect(readFileSync((file as { path: string }).path, 'utf8')).toBe(body);
  });

  it('is none where the server has what is known', async () => {
    answer = (_, response) => response.writeHead(304).end();
    expect(await download({ known: { etag: '"1"', lastModified: 'then' } })).toBe('unchanged');
    expect(requests[0]).toMatchObject({ 'if-none-match': '"1"', 'if-modified-since': 'then' });
  });

  it('goes on where it broke off', async () => {
    answer = cutOff(4000);
    expect(await download()).toMatchObject({ sha256 });
    expect(requests).toHaveLength(2);
    expect(requests[1]).toMatchObject({ range: 'bytes=4000-', 'if-range': '"v1"' });
  });

  it('goes on where another process was killed', async () => {
    answer = cutOff(4000);
    await expect(download({ limits: { ...limits, attempts: 1 } })).rejects.toMatchObject({ code: 'unreachable' });
    expect(await download()).toMatchObject({ sha256 });
    expect(requests[1]?.range).toBe('bytes=4000-');
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it.each([
    ['another content by now', '"v1"', '"v2"'],
    ['no strong name for it', 'W/"v1"', 'W/"v1"'],
  ])('starts anew where the server has %s', async (_what, etag, later) => {
    answer = cutOff(4000, etag, later);
    expect(await download()).toMatchObject({ sha256 });
  });

  it('does not take a part that it did not ask for', async () => {
    answer = (request, response) => {
      if (requests.length === 1) return cutOff(4000)(request, response);
      response.writeHead(206, { etag: '"v1"', 'content-range': 'bytes 10-20/30' }).end('x'.repeat(11));
    };
    await expect(download({ limits: { ...limits, attempts: 2 } })).rejects.toMatchObject({
      message: expect.stringContaining('another part'),
    });
    answer = (_, response) => response.end(body);
    expect(await download()).toMatchObject({ sha256 });
  });

  it('is tried again after 429 and 5xx, and not after 403', async () => {
    answer = (_, response) => {
      if (requests.length === 1) response.writeHead(429, { 'retry-after': '0' }).end();
      else if (requests.length === 2) response.writeHead(503).end();
      else response.end(body);
    };
    expect(await download()).toMatchObject({ sha256 });
    requests = [];
    answer = (_, response) => response.writeHead(403).end();
    await expect(download()).rejects.toMatchObject({ code: 'refused' });
    expect(requests).toHaveLength(1);
  });

  it('without an end is cut at the bound', async () => {
    answer = (_, response) => {
      const more = () => void (response.destroyed || response.write('x'.repeat(65_536), more));
      more();
    };
    const small = { ...limits, sourceBytes: 1_000_000 };
    await expect(download({ limits: small })).rejects.toMatchObject({ code: 'too-large' });
    expect(requests).toHaveLength(1);
  });

  it('by two at once does not mix', async () => {
    answer = (_, response) => response.writeHead(200, { etag: '"v1"' }).end(body);
    const both = await Promise.all([download(), download()]);
    expect(both).toMatchObject([{ sha256 }, { sha256 }]);
    expect(existsSync((both[0] as { path: string }).path)).toBe(true);
  });
});

describe('verification', () => {
  const file = () => {
    const path = join(directory, 'file');
    writeFileSync(path, body);
    return { path, sha256, validators: {} };
  };
  const verify = (verification: Parameters<typeof verifyDownload>[2]) =>
    verifyDownload(file(), url, verification, limits, signal);

  it('is by a digest, or a list of digests that is fetched', async () => {
    await verify({ checksum: `sha256:${sha256.toUpperCase()}` });
    await expect(verify({ checksum: `sha256:${'0'.repeat(64)}` })).rejects.toMatchObject({ code: 'not-verified' });
    answer = (_, response) => response.end(`${'0'.repeat(64)}  other.json\n${sha256} *dir/all.json\n`);
    await verify({ checksum: url.href });
    answer = (_, response) => response.end(`${sha256}  other.json\n`);
    await expect(verify({ checksum: url.href })).rejects.toMatchObject({ code: 'not-verified' });
    answer = (_, response) => response.writeHead(500).end();
    await expect(verify({ checksum: url.href })).rejects.toMatchObject({ code: 'not-verified' });
  });

  it.each([
    ['ed25519', generateKeyPairSync('ed25519'), null],
    ['ec', generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256'],
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256'],
  ] as const)('is by a signature of %s over the whole', async (_type, { privateKey, publicKey }, digest) => {
    const key = join(directory, 'key.pem');
    writeFileSync(key, publicKey.export({ type: 'spki', format: 'pem' }));
    const signature = sign(digest, Buffer.from(body), privateKey);
    answer = (_, response) => response.end(signature.toString('base64'));
    await verify({ signature: url.href, key });
    answer = (_, response) => response.end(sign(digest, Buffer.from(`${body}x`), privateKey));
    await expect(verify({ signature: url.href, key })).rejects.toMatchObject({ code: 'not-verified' });
    await expect(verify({ signature: url.href, key: join(directory, 'none') })).rejects.toMatchObject({
      code: 'not-verified',
    });
  });

  it('finds no checksum in what is no list', () => {
    expect(findChecksum('<html>not here</html>', url)).toBeUndefined();
    expect(findChecksum(`${sha256}\n`, url)).toBe(sha256);
  });
});
