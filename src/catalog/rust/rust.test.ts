import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elfWithSection } from '../../../test/fakes/elf-builder.ts';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { wantedFiles } from '../index.ts';
import { readElfSection } from './elf-section.ts';
import { parseAuditData } from './parse-audit-data.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  const contents = memoryContents(files, { marks: wantedFiles().marks });
  return compileBillOfMaterials(contents, { kind: 'host', host: 'test' }, new AbortController().signal);
}

function compress(value: unknown): Buffer {
  return deflateSync(JSON.stringify(value));
}

const audit = compress({
  packages: [
    { name: 'adler', version: '1.0.2', source: 'crates.io' },
    { name: 'cc', version: '1.0.79', source: 'crates.io', kind: 'build' },
    { name: 'forked', version: '0.3.0-rc.1', source: 'git', dependencies: [0] },
    { name: 'shop', version: '0.1.0', source: 'local', root: true, dependencies: [0, 2] },
  ],
  format: 1,
});

describe('readElfSection', () => {
  it.each([true, false])('finds a section by its name (64 bits: %s)', (wide) => {
    expect(readElfSection(elfWithSection('.dep-v0', Buffer.from('here'), wide), '.dep-v0')).toEqual(
      Buffer.from('here'),
    );
    expect(readElfSection(elfWithSection('.dep-v1', Buffer.from('here'), wide), '.dep-v0')).toBeUndefined();
  });

  it('takes any bytes', () => {
    const file = elfWithSection('.dep-v0', audit);
    fc.assert(
      fc.property(fc.nat(file.length), fc.nat(file.length - 1), fc.uint8Array({ maxLength: 9 }), (cut, at, odd) => {
        const changed = Buffer.from(file);
        changed.set(odd.subarray(0, file.length - at), at);
        void readElfSection(changed, '.dep-v0');
        void readElfSection(changed.subarray(0, cut), '.dep-v0');
      }),
    );
  });
});

describe('parseAuditData', () => {
  it.each([
    ['no zlib', Buffer.from('hello'), /not compressed/],
    ['a bomb', deflateSync(Buffer.alloc(20 * 1024 * 1024)), /more than 16777216 bytes/],
    ['no JSON', deflateSync('{'), /not valid JSON/],
    ['no list', compress({}), /no list/],
  ])('refuses %s', (_what, bytes, reason) => {
    expect(parseAuditData(bytes)).toEqual({ reason: expect.stringMatching(reason) });
  });

  it('passes over entries that are no crates', () => {
    const packages = [
      { name: '../x', version: '1.0.0' },
      { name: 'a', version: '1' },
      7,
      { name: 'b', version: '1.0.0' },
    ];
    expect(parseAuditData(compress({ packages }))).toEqual({
      crates: [{ name: 'b', version: '1.0.0', isFromGit: false }],
      bad: ['package 1 has no valid name', 'package a has no valid version', 'package 3 has no valid name'],
    });
  });
});

describe('rust', () => {
  it('reads crates that are in programs, and says what it cannot read', async () => {
    const { components, problems } = await bom({
      '/usr/bin/shop': elfWithSection('.dep-v0', audit),
      '/usr/bin/broken': elfWithSection('.dep-v0', Buffer.from('hello')),
      '/usr/bin/scanner': Buffer.from(`\x7fELF${'\0'.repeat(100)}looks for \0.dep-v0\0 itself`, 'latin1'),
    });
    expect(components.map(({ purl, evidence }) => [purl, evidence?.confidence])).toEqual([
      ['pkg:cargo/adler@1.0.2', undefined],
      ['pkg:cargo/forked@0.3.0-rc.1', 'likely'],
    ]);
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'catalog/rust/bad-audit-data /usr/bin/broken',
    ]);
  });
});
