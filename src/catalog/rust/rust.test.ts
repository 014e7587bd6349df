import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { wantedFiles } from '../index.ts';
import { readElfSection } from './elf-section.ts';
import { parseAuditData } from './parse-audit-data.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  const contents = memoryContents(files, { marks: wantedFiles().marks });
  return compileBillOfMaterials(contents, { kind: 'host', host: 'test' }, new AbortController().signal);
}

/** An ELF file with one section and the table of names, as a linker lays them out. */
function elfWith(name: string, bytes: Uint8Array, wide = true): Buffer {
  const [headerSize, entrySize] = wide ? [64, 64] : [64, 40];
  const names = Buffer.from(`\0.shstrtab\0${name}\0`, 'latin1');
  const tableAt = headerSize + bytes.length + names.length;
  const file = Buffer.alloc(tableAt + 3 * entrySize);
  file.write('\x7fELF', 'latin1');
  file[4] = wide ? 2 : 1;
  file[5] = 1;
  const word = (value: number, at: number) =>
    wide ? file.writeBigUInt64LE(BigInt(value), at) : file.writeUInt32LE(value, at);
  word(tableAt, wide ? 40 : 32);
  file.writeUInt16LE(entrySize, wide ? 58 : 46);
  file.writeUInt16LE(3, wide ? 60 : 48);
  file.writeUInt16LE(1, wide ? 62 : 50);
  file.set(bytes, headerSize);
  file.set(names, headerSize + bytes.length);
  const sections = [
    [1, headerSize + bytes.length, names.length],
    [11, headerSize, bytes.length],
  ] as const;
  for (const [index, [nameAt, start, size]] of sections.entries()) {
    const at = tableAt + (index + 1) * entrySize;
    file.writeUInt32LE(nameAt, at);
    file.writeUInt32LE(1, at + 4);
    word(start, at + (wide ? 24 : 16));
    word(size, at + (wide ? 32 : 20));
  }
  return file;
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
    expect(readElfSection(elfWith('.dep-v0', Buffer.from('here'), wide), '.dep-v0')).toEqual(Buffer.from('here'));
    expect(readElfSection(elfWith('.dep-v1', Buffer.from('here'), wide), '.dep-v0')).toBeUndefined();
  });

  it('takes any bytes', () => {
    const file = elfWith('.dep-v0', audit);
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
      '/usr/bin/shop': elfWith('.dep-v0', audit),
      '/usr/bin/broken': elfWith('.dep-v0', Buffer.from('hello')),
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
