import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildZip } from '../../test/fakes/zip-builder.ts';
import type { Advisory } from '../model/index.ts';
import { type ReadFeedOptions, readFeed } from './read-feed.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portwarden-feed-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

async function read(location: string, options: ReadFeedOptions = {}) {
  const reading = await readFeed(location, options);
  const advisories: Advisory[] = [];
  const rejected: string[] = [];
  for await (const batch of reading.batches()) {
    advisories.push(...batch.advisories);
    rejected.push(...batch.rejected.map((reason) => reason.replaceAll(folder, '')));
  }
  return { format: reading.format, ids: advisories.map(({ id }) => id), advisories, rejected, ...reading.summary() };
}

function osv(id: string, fields: object = {}): string {
  const affected = [
    { package: { ecosystem: 'npm', name: 'foo' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] },
  ];
  return JSON.stringify({ id, modified: '2024-01-02T00:00:00Z', affected, ...fields });
}

const lines = `${osv('A-1')}\n${osv('A-2')}\n`;
const list = `[${osv('A-1')},\n${osv('A-2')}]`;
const pretty = JSON.stringify(JSON.parse(osv('A-1')), null, 2);

describe('a feed in a file', () => {
  it.each<[string, string | Uint8Array, string[]]>([
    ['a.jsonl', lines, ['A-1', 'A-2']],
    ['a.json', list, ['A-1', 'A-2']],
    ['a.json', pretty, ['A-1']],
    ['misnamed.txt', lines, ['A-1', 'A-2']],
    ['a.gz', gzipSync(lines), ['A-1', 'A-2']],
    ['a.zst', zstdCompressSync(lines), ['A-1', 'A-2']],
    ['twice.gz', gzipSync(zstdCompressSync(list)), ['A-1', 'A-2']],
    ['parts.gz', Buffer.concat([gzipSync(osv('A-1')), gzipSync(`\n${osv('A-2')}`)]), ['A-1', 'A-2']],
    ['parts.zst', Buffer.concat([zstdCompressSync(osv('A-1')), zstdCompressSync(`\n${osv('A-2')}`)]), ['A-1', 'A-2']],
    [
      'all.zip',
      buildZip([
        { name: 'x/A-2.json', bytes: osv('A-2') },
        { name: 'A-1.json', bytes: pretty },
        { name: 'README.md', bytes: 'no' },
        { name: 'more.jsonl', bytes: `${osv('A-3')}\n${osv('A-4')}` },
      ]),
      ['A-2', 'A-1', 'A-3', 'A-4'],
    ],
  ])('%s is read by its content', async (name, bytes, ids) => {
    const feed = await read(await put(name, bytes));
    expect(feed).toMatchObject({ format: 'osv', ids, rejected: [], rejectedCount: 0, coverage: ['npm'] });
    expect(feed.dataAsOf).toBe(Date.parse('2024-01-02T00:00:00Z'));
  });

  it('of the Debian tracker or Alpine secdb is told apart', async () => {
    const states = { bookworm: { status: 'open', urgency: 'low' } };
    const tracker = JSON.stringify({ bash: { 'CVE-2024-1': { releases: states } } });
    expect(await read(await put('debian', tracker))).toMatchObject({
      format: 'debian-tracker',
      ids: ['CVE-2024-1'],
      coverage: ['deb:debian:12'],
    });
    const secdb = (distroversion: string) =>
      JSON.stringify({ distroversion, packages: [{ pkg: { name: 'bash', secfixes: { '5-r0': ['CVE-2024-1'] } } }] });
    expect(await read(await put('alpine', `${secdb('v3.19')}\n${secdb('edge')}\n`))).toMatchObject({
      format: 'alpine-secdb',
      ids: ['CVE-2024-1'],
      coverage: ['apk:alpine:edge', 'apk:alpine:v3.19'],
    });
  });

  it('is not dated where its records tell no time, and never from the future', async () => {
    const path = await put('a.jsonl', osv('A-1', { modified: '0001-01-01T00:00:00Z' }));
    expect(await read(path)).not.toHaveProperty('dataAsOf');
    const ahead = await put('b.jsonl', `${lines}${osv('A-3', { modified: '2999-01-01T00:00:00Z' })}`);
    expect((await read(ahead, { at: Date.parse('2024-06-01') })).dataAsOf).toBe(Date.parse('2024-01-02'));
  });

  it('says of each record that it refuses where it stands and why, and reads the others', async () => {
    const broken = `${osv('A-1')}\n{"id":"A-2",\n${osv('A-3', { affected: 1 })}\nnonsense\n${osv('A-4')}\n{"id":"A-`;
    expect(await read(await put('a.jsonl', broken))).toMatchObject({
      ids: ['A-1', 'A-4'],
      rejectedCount: 4,
      rejected: [
        '/a.jsonl:2: the record is not valid JSON',
        '/a.jsonl:3: A-3: "affected" is not a list',
        '/a.jsonl:4: the record is not valid JSON',
        '/a.jsonl:6: the record is not valid JSON',
      ],
    });
  });

  it('counts what is not supported yet', async () => {
    const hex = { affected: [{ package: { ecosystem: 'Hex', name: 'a' } }] };
    const feed = await read(await put('a.jsonl', `${lines}${osv('A-3', hex)}\n${osv('A-4', hex)}`));
    expect(feed).toMatchObject({ ids: ['A-1', 'A-2'], rejectedCount: 0 });
    expect([...feed.skipped]).toEqual([['ecosystem Hex is not supported', 2]]);
  });

  it('has the newer of two states of one advisory', async () => {
    const older = osv('A-1', { modified: '2023-01-01T00:00:00Z', summary: 'old' });
    const newer = osv('A-1', { summary: 'new' });
    const feed = await read(await put('a.jsonl', [newer, older, newer].join('\n')));
    expect(feed.advisories.map(({ summary }) => summary)).toEqual(['new', 'new']);
    expect(feed.advisoryCount).toBe(1);
    expect(feed.rejected).toEqual(['A-1: it is there already in a newer state']);
  });

  it('comes in batches, with its progress', async () => {
    const path = await put('a.jsonl', Array.from({ length: 1201 }, (_, index) => osv(`A-${index}`)).join('\n'));
    const progress: number[] = [];
    const reading = await readFeed(path, { onProgress: ({ records }) => progress.push(records) });
    const sizes: number[] = [];
    for await (const batch of reading.batches()) sizes.push(batch.advisories.length);
    expect(sizes).toEqual([500, 500, 201]);
    expect(progress).toEqual([500, 1000, 1201]);
  });
});

describe('a feed in a directory', () => {
  it('is read file by file, in order, without following links', async () => {
    await put('d/b/A-2.json', osv('A-2'));
    await put('d/a/A-1.json.gz', gzipSync(osv('A-1')));
    await put('d/c.zip', buildZip([{ name: 'A-3.json', bytes: osv('A-3') }]));
    await put('d/README.md', 'no');
    await put('d/.git/x.json', osv('A-9'));
    await put('d/d.json', '{"distroversion":"v3.19","packages":[]}');
    await symlink(join(folder, 'd'), join(folder, 'd', 'loop'));
    await symlink('/etc/passwd', join(folder, 'd', 'e.json'));
    expect(await read(join(folder, 'd'))).toMatchObject({
      ids: ['A-1', 'A-2', 'A-3'],
      rejected: [
        '/d/d.json: it is in the format alpine-secdb, and the feed in osv',
        '/d/e.json: it is not a plain file',
      ],
    });
  });
});

describe('what is no feed', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'unknown-format'],
    ['html', '<html>', 'unknown-format'],
    ['other', '{"name":"x"}', 'unknown-format'],
    ['cut.gz', gzipSync(lines).subarray(0, 40), 'bad-feed'],
    ['cut.zst', zstdCompressSync(lines).subarray(0, 40), 'bad-feed'],
    ['flipped.gz', flip(gzipSync(lines), 30), 'bad-feed'],
    ['thrice.gz', gzipSync(gzipSync(gzipSync(lines))), 'bad-feed'],
    ['zip.gz', gzipSync(buildZip([{ name: 'A-1.json', bytes: osv('A-1') }])), 'bad-feed'],
    ['cut.zip', buildZip([{ name: 'A-1.json', bytes: osv('A-1') }]).subarray(0, 100), 'bad-feed'],
    ['empty.zip', buildZip([]), 'unknown-format'],
    ['all-bad.jsonl', '{"id":"A-1","affected":1}\n{"id":"A-2","affected":2}', 'bad-feed'],
    ['cut-tracker.json', '{"bash":{"CVE-2024-1":{"releases":{', 'bad-feed'],
    ['cut-tracker.json', '{"bash":{"CVE-2024-1":{"releases":{"sid":{"status":"open"}}}},', 'bad-feed'],
    ['cut-list.json', `[{"id":"A-1","affected":`, 'bad-feed'],
    ['cut-list.json', `${list.slice(0, -1)}`, 'bad-feed'],
  ])('%s is a typed error', async (name, bytes, code) => {
    const path = await put(name, bytes);
    await expect(read(path)).rejects.toMatchObject({
      name: 'AdvisoryError',
      code,
      message: expect.stringContaining(path),
    });
  });

  it('is a path that is not there, or is not a file', async () => {
    await expect(read(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(read('/dev/zero')).rejects.toMatchObject({ code: 'bad-location' });
    await expect(read(folder)).rejects.toMatchObject({ code: 'unknown-format' });
  });

  it('is what is larger than it may be', async () => {
    const path = await put('a.jsonl.gz', gzipSync(lines));
    await expect(read(path, { limits: { unpackedBytes: 100 } })).rejects.toMatchObject({ code: 'too-large' });
    const tracker = await put('t', `{"bash":{"CVE-2024-1":{"releases":{}},"${'x'.repeat(500)}":{}}}`);
    await expect(read(tracker, { limits: { gatheredBytes: 100 } })).rejects.toMatchObject({ code: 'too-large' });
  });

  it('is what is stopped', async () => {
    const path = await put('a.jsonl', lines);
    const stop = new AbortController();
    const reading = await readFeed(path, { signal: stop.signal });
    stop.abort();
    await expect(reading.batches()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a feed from a server', () => {
  let server: Server;
  let answer: RequestListener;
  let base: string;
  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is read, packed or not, after redirects', async () => {
    answer = (request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/a.jsonl' }).end();
      else {
        const headers = { 'content-encoding': 'gzip', 'last-modified': 'Tue, 02 Jan 2024 03:04:05 GMT' };
        response
          .writeHead(200, headers)
          .end(gzipSync(zstdCompressSync(osv('A-1', { modified: undefined, summary: '' }))));
      }
    };
    const feed = await read(`${base}/moved`);
    expect(feed.ids).toEqual(['A-1']);
    expect(feed).not.toHaveProperty('dataAsOf');
  });

  it('may be an archive', async () => {
    answer = (_, response) => response.end(buildZip([{ name: 'A-1.json', bytes: osv('A-1') }]));
    expect((await read(`${base}/all.zip`)).ids).toEqual(['A-1']);
  });

  it.each<[string, RequestListener, string]>([
    ['is not there', (_, response) => response.writeHead(404).end(), 'not-found'],
    ['fails', (_, response) => response.writeHead(503).end(), 'unreachable'],
    ['redirects for ever', (_, response) => response.writeHead(302, { location: '/x' }).end(), 'refused'],
    ['redirects to nowhere', (_, response) => response.writeHead(302, { location: 'http://' }).end(), 'refused'],
    [
      'redirects to where others listen in',
      (_, response) => response.writeHead(302, { location: 'http://example.org/' }).end(),
      'refused',
    ],
    [
      'hangs up',
      (_, response) =>
        response.writeHead(200, { 'content-length': '1000' }).write('{"id":"A-1",', () => response.destroy()),
      'unreachable',
    ],
    ['never answers', () => {}, 'too-slow'],
    ['stalls', (_, response) => response.writeHead(200).write('{"id":"A-1",'), 'too-slow'],
    ['is too large', (_, response) => response.end('x'.repeat(5000)), 'too-large'],
    ['lies on its size', (_, response) => response.writeHead(200, { 'content-length': '99999999' }).end(), 'too-large'],
  ])('that %s is a typed error', async (_, listener, code) => {
    answer = listener;
    const limits = { stallTime: 300, connectTime: 300, sourceBytes: 4000, attempts: 2, retryWait: 1 };
    await expect(read(base, { limits })).rejects.toMatchObject({ name: 'AdvisoryError', code });
  });

  it('that nobody runs is a typed error', async () => {
    await new Promise((resolve) => server.close(resolve));
    await expect(read(base, { limits: { attempts: 1 } })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(base),
    });
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 0xff;
  return copy;
}
