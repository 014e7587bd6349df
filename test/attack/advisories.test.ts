import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AdvisoryError,
  compareVersions,
  matchComponent,
  parseVersionRange,
  readFeed,
  VersionError,
  versionInRange,
} from '../../src/advisory/index.ts';
import { type Advisory, ecosystems } from '../../src/model/index.ts';
import { buildZip } from '../fakes/zip-builder.ts';

const mebibyte = 1024 * 1024;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portwarden-attack-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function read(location: string, limits: object = {}) {
  const reading = await readFeed(location, { limits });
  const advisories: Advisory[] = [];
  const rejected: string[] = [];
  for await (const batch of reading.batches()) {
    advisories.push(...batch.advisories);
    rejected.push(...batch.rejected);
  }
  return { ids: advisories.map(({ id }) => id), advisories, rejected, ...reading.summary() };
}

function osv(id: string, fields: object = {}): string {
  const affected = [
    { package: { ecosystem: 'npm', name: 'foo' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] },
  ];
  return JSON.stringify({ id, modified: '2024-01-02T00:00:00Z', affected, ...fields });
}

/** How much larger the process became at its largest, in bytes. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  try {
    await work();
  } finally {
    clearInterval(watch);
  }
  return Math.max(most, process.memoryUsage().rss) - before;
}

describe('a hostile feed', () => {
  it('with a line of 100 MB loses that line, and no more memory than a few', async () => {
    const path = join(folder, 'a.jsonl');
    const filler = 'x'.repeat(mebibyte);
    function* parts() {
      yield `${osv('A-1')}\n{"id":"A-2","details":"`;
      for (let i = 0; i < 100; i++) yield filler;
      yield `"}\n${osv('A-3')}\n`;
    }
    await pipeline(Readable.from(parts()), createWriteStream(path));
    const grown = await growth(async () => {
      const feed = await read(path);
      expect(feed.ids).toEqual(['A-1', 'A-3']);
      expect(feed.rejected).toEqual([`${path}:2: it is larger than 33554432 bytes`]);
    });
    expect(grown).toBeLessThan(250 * mebibyte);
  });

  it.each([
    ['gzip', () => createGzip()],
    ['zstd', () => createZstdCompress()],
  ])('that is a %s bomb is refused before it is unpacked', async (_, pack) => {
    const path = join(folder, 'bomb');
    const zeros = Buffer.alloc(mebibyte, 0x20);
    function* parts() {
      yield `${osv('A-1')}\n`;
      for (let i = 0; i < 600; i++) yield zeros;
    }
    await pipeline(Readable.from(parts()), pack(), createWriteStream(path));
    const grown = await growth(async () => {
      await expect(read(path, { unpackedBytes: 256 * mebibyte })).rejects.toMatchObject({ code: 'too-large' });
    });
    expect(grown).toBeLessThan(300 * mebibyte);
  });

  it('that is an archive of lies and bombs costs the entries that lie', async () => {
    const bomb = Buffer.alloc(64 * mebibyte, 0x20);
    const path = await put(
      'all.zip',
      buildZip([
        { name: 'A-1.json', bytes: osv('A-1') },
        { name: 'bomb.json', bytes: bomb },
        { name: 'modest-bomb.json', bytes: bomb, claims: { size: 10 } },
        { name: 'other.json', bytes: osv('A-2'), claims: { crc: 1 } },
        { name: 'A-3.json', bytes: osv('A-3') },
      ]),
    );
    const feed = await read(path);
    expect(feed.ids).toEqual(['A-1', 'A-3']);
    expect(feed.rejectedCount).toBe(3);
    expect(feed.rejected.join('\n')).toMatch(/!bomb.json.*larger than[^]*!modest-bomb.json[^]*!other.json.*checksum/);
  });

  it.each(['../escape.json', '/etc/escape.json', 'a/../../escape.json', 'C:/escape.json', '..\\escape.json'])(
    'that is an archive with the name %s is refused, and writes nothing',
    async (name) => {
      const path = await put('all.zip', buildZip([{ name, bytes: osv('A-1') }]));
      await expect(read(path)).rejects.toMatchObject({ code: expect.stringMatching(/bad-feed/) });
      expect(await readdir(folder)).toEqual(['all.zip']);
    },
  );

  it('that is a directory which contains itself, or goes too deep, comes to an end', async () => {
    await mkdir(join(folder, 'd'));
    await symlink('..', join(folder, 'd', 'up'));
    await symlink('.', join(folder, 'd', 'again.json'));
    await writeFile(join(folder, 'd', 'A-1.json'), osv('A-1'));
    const deep = join(folder, 'd', ...Array.from({ length: 60 }, () => 'x'));
    await mkdir(deep, { recursive: true });
    await writeFile(join(deep, 'A-2.json'), osv('A-2'));
    const feed = await read(folder);
    expect(feed.ids).toEqual(['A-1']);
    expect(feed.rejected.some((reason) => reason.includes('deeper than 32 directories'))).toBe(true);
  });

  it('with JSON nested a million deep says so', async () => {
    const deep = `{"id":"A-1","affected":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`;
    const feed = await read(await put('a.jsonl', `${osv('A-0')}\n${deep}\n${osv('A-2')}\n`));
    expect(feed.ids).toEqual(['A-0', 'A-2']);
    expect(feed.rejected[0]).toMatch(/nests deeper than/);
  });

  it('with keys that reach for prototypes reaches none', async () => {
    const affected = `[{"package":{"ecosystem":"__proto__","name":"constructor"}},{"package":{"ecosystem":"npm","name":"__proto__"},"versions":["1.0.0"]}]`;
    const record = `{"id":"A-1","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"affected":${affected},"database_specific":{"severity":"constructor"}}`;
    const tracker = `{"__proto__":{"CVE-2024-1":{"releases":{"sid":{"status":"open"}}}},"constructor":{"CVE-2024-2":{"releases":{"toString":{"status":"open"},"sid":{"status":"open","urgency":"valueOf"}}}}}`;
    const feed = await read(await put('a.json', record));
    expect(feed.advisories).toMatchObject([{ id: 'A-1', severity: 'unknown', affected: [{ name: '__proto__' }] }]);
    expect((await read(await put('t.json', tracker))).ids).toEqual(['CVE-2024-2']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('cannot talk to a terminal, a log or a browser through its reasons, names and links', async () => {
    const escape = '\u001b[2J\r\n\u2028';
    const records = [
      osv(`A-${escape}`),
      osv('A-1', { affected: [{ package: { ecosystem: 'npm', name: escape } }] }),
      osv('A-2', {
        references: [
          { type: 'WEB', url: 'javascript:alert(1)' },
          { type: 'WEB', url: 'https://x/"><script>' },
        ],
      }),
    ];
    const feed = await read(await put('a.jsonl', records.join('\n')));
    expect(feed.rejectedCount).toBe(2);
    for (const reason of feed.rejected) expect(reason).not.toMatch(/[\p{Cc}\p{Zl}]/u);
    expect(feed.advisories).toMatchObject([{ id: 'A-2', references: [] }]);
  });

  it('cannot bury an advisory under an older state, or look fresh by a date to come', async () => {
    const newer = osv('A-1', { summary: 'newer' });
    const older = osv('A-1', { modified: '2020-01-01T00:00:00Z', affected: [], summary: 'older' });
    const revived = osv('A-1', { modified: '2020-01-01T00:00:00Z', summary: 'older' });
    const future = osv('A-2', { modified: '2999-01-01T00:00:00Z' });
    const feed = await read(await put('a.jsonl', [newer, older, revived, future].join('\n')));
    expect(feed.advisories.map(({ summary }) => summary)).not.toContain('older');
    expect(feed.dataAsOf).toBe(Date.parse('2024-01-02T00:00:00Z'));
  });

  it('of any bytes, plain or packed, is read or refused', async () => {
    const seeds = [
      `${osv('A-1')}\n${osv('A-2')}`,
      `[${osv('A-1')}]`,
      '{"bash":{"CVE-2024-1":{"releases":{"sid":{"status":"open","urgency":"low"}}}}}',
      '{"distroversion":"v3.19","packages":[{"pkg":{"name":"bash","secfixes":{"5-r0":["CVE-2024-1"]}}}]}',
    ].flatMap((text) => [
      Buffer.from(text),
      gzipSync(text),
      zstdCompressSync(text),
      buildZip([{ name: 'a.json', bytes: text }]),
    ]);
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...seeds), damage, fc.option(fc.nat()), async (seed, places, cut) => {
        const bytes = Buffer.from(seed);
        for (const [at, byte] of places) bytes[at % bytes.length] = byte;
        const path = await put('any', cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
        try {
          await read(path);
        } catch (error) {
          expect(error).toBeInstanceOf(AdvisoryError);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('hostile versions', () => {
  it.each([
    ['digits', '1'.repeat(100_000)],
    ['dots', '1.'.repeat(50_000)],
    ['tildes', `1${'~'.repeat(100_000)}`],
    ['suffixes', `1${'_p1'.repeat(30_000)}`],
    ['separators', `1.0a${'-'.repeat(100_000)}`],
    ['spaces', `${' '.repeat(100_000)}1`],
    ['identifiers', `1.0.0-${'a.'.repeat(50_000)}`],
  ])('of 100,000 %s are refused at once', (_, text) => {
    for (const ecosystem of ecosystems) {
      expect(() => compareVersions(ecosystem, text, '1.0.0')).toThrow(/longer than 256/);
      expect(() => versionInRange(ecosystem, '1.0.0', parseVersionRange(`<${text}`))).toThrow(VersionError);
    }
  });

  it('of 256 characters are answered, whatever they are made of', () => {
    for (const ecosystem of ecosystems) {
      for (const unit of ['1', '1.', '0', 'a', 'a-', '-1', '_p', '~', ' ', '1a', '.dev', 'post', '+a.']) {
        const text = `1${unit.repeat(255)}`.slice(0, 256);
        for (const any of [text, `${text.slice(0, 255)}!`]) {
          try {
            expect(compareVersions(ecosystem, any, any)).toBe(0);
          } catch (error) {
            expect(error).toBeInstanceOf(VersionError);
          }
        }
      }
    }
  });

  it('in advisories leave the component undetermined, never clean', () => {
    const component = { purl: 'pkg:npm/foo@1.0.0', ecosystem: 'npm', name: 'foo', version: '1.0.0' } as const;
    const range = fc.record(
      { introduced: fc.string(), fixed: fc.string(), lastAffected: fc.string() },
      { requiredKeys: ['introduced'] },
    );
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 3 }), (ranges) => {
        const affected = [{ ecosystem: 'npm', name: 'foo', versions: [], ranges }] as const;
        const advisory = {
          id: 'A-1',
          aliases: [],
          summary: '',
          severity: 'high',
          cvss: [],
          references: [],
          affected,
        } as const;
        const { matches, undetermined } = matchComponent(component, [advisory]);
        const readable = ranges.every((one) =>
          Object.entries(one).every(([key, text]) => isNpm(text) || (key === 'introduced' && text === '0')),
        );
        if (!readable) expect(matches.length + undetermined.length).toBe(1);
      }),
      { numRuns: 2000 },
    );
  });
});

function isNpm(text: string): boolean {
  try {
    return compareVersions('npm', text, text) === 0;
  } catch {
    return false;
  }
}
