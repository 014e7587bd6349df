import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTar, headerBlock, paxHeader, type TarEntry } from '../../test/fakes/image-builder.ts';
import { TarFormatError, type TarHeader } from './tar-header.ts';
import { TarWalker } from './tar-walker.ts';

interface Seen {
  name: string;
  link: string;
  type: string;
  size: number;
  content: string;
}

/** Walks a stream cut into pieces of `step` bytes and tells what came by. */
function walk(tar: Buffer, step = tar.length): { seen: Seen[]; error?: string } {
  const seen: Seen[] = [];
  const walker = new TarWalker({
    entry(header: TarHeader) {
      const type = String.fromCharCode(header.type);
      seen.push({ name: header.name, link: header.linkName, type, size: header.realSize, content: '' });
      return true;
    },
    data(bytes, start, end) {
      (seen.at(-1) as Seen).content += bytes.toString('latin1', start, end);
      return true;
    },
    dataEnd() {},
  });
  try {
    for (let at = 0; at < tar.length; at += Math.max(1, step)) walker.push(tar.subarray(at, at + Math.max(1, step)));
    walker.end();
    return { seen };
  } catch (error) {
    if (!(error instanceof TarFormatError)) throw error;
    return { seen, error: error.message };
  }
}

const gnuLong = (name: string, type: 'L' | 'K') => {
  const body = Buffer.alloc(Math.ceil((name.length + 1) / 512) * 512);
  body.write(name);
  return {
    raw: Buffer.concat([headerBlock('././@LongLink', '', { type, size: name.length + 1, magic: 'gnu' }), body]),
  };
};
const base256 = (value: number) => {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(value), 4);
  bytes[0] = 0x80;
  return bytes;
};
const long = `${'d'.repeat(90)}/${'e'.repeat(90)}`;

describe('TarWalker', () => {
  it.each<[string, TarEntry[], Partial<Seen>[]]>([
    ['a file', [{ file: 'a', content: 'hello' }], [{ name: 'a', type: '0', size: 5, content: 'hello' }]],
    [
      'an empty file and a directory',
      [{ file: 'a' }, { dir: 'd' }],
      [
        { name: 'a', size: 0 },
        { name: 'd/', type: '5' },
      ],
    ],
    [
      'links',
      [
        { symlink: 's', to: '../x' },
        { hardlink: 'h', to: 'a' },
      ],
      [
        { name: 's', link: '../x' },
        { name: 'h', link: 'a', type: '1' },
      ],
    ],
    ['a ustar prefix', [{ file: 'name', as: { prefix: 'some/dir' } }], [{ name: 'some/dir/name' }]],
    ['no prefix in a GNU header', [{ file: 'name', as: { prefix: 'x', magic: 'gnu' } }], [{ name: 'name' }]],
    ['an old v7 directory', [{ file: 'd/', as: { type: '\0', magic: 'v7' } }], [{ name: 'd/', type: '5' }]],
    ['a contiguous file', [{ file: 'a', content: 'x', as: { type: '7' } }], [{ name: 'a', type: '0', content: 'x' }]],
    ['a pax path', [{ file: long, content: 'x' }], [{ name: long, content: 'x' }]],
    [
      'a pax size',
      [{ file: 'a', content: 'hello', as: { size: 0, pax: { size: '5' } } }],
      [{ size: 5, content: 'hello' }],
    ],
    ['a pax link path', [{ symlink: 's', to: long }], [{ link: long }]],
    [
      'a GNU long name',
      [gnuLong(long, 'L'), { file: 'cut', content: 'x' }, { file: 'b' }],
      [{ name: long, content: 'x' }, { name: 'b' }],
    ],
    ['a GNU long link', [gnuLong(long, 'K'), { symlink: 's', to: 'cut' }], [{ name: 's', link: long }]],
    ['a base-256 size', [{ file: 'a', content: 'hello', as: { size: base256(5) } }], [{ size: 5, content: 'hello' }]],
    [
      'a link with a size, which has no data',
      [{ hardlink: 'h', to: 'a', as: { size: 700 } }, { file: 'b' }],
      [{ name: 'h', size: 0 }, { name: 'b' }],
    ],
    [
      'a harmless global header',
      [{ raw: Buffer.concat(paxHeader({ comment: 'x' }, 'g')) }, { file: 'a' }],
      [{ name: 'a' }],
    ],
  ])('reads %s', (_, entries, expected) => {
    const { seen, error } = walk(buildTar(entries));
    expect(error).toBeUndefined();
    expect(seen).toMatchObject(expected);
    expect(seen).toHaveLength(expected.length);
  });

  it('keeps names apart that are not UTF-8', () => {
    const name = (byte: number) => ({ raw: withName(Buffer.from([0x61, byte])) });
    const { seen } = walk(buildTar([name(0xff), name(0xfe), { file: 'ő' }]));
    expect(seen.map((entry) => entry.name)).toEqual(['a\\xff', 'a\\xfe', 'ő']);
  });

  it('tells the real size of sparse files and finds the next entry behind their maps', () => {
    const header = headerBlock('sparse', '', { type: 'S', size: 512, magic: 'gnu' });
    header[482] = 1;
    header.write('00000100000\0', 483, 'latin1');
    const { seen, error } = walk(
      buildTar([
        { raw: resum(header) },
        { raw: Buffer.alloc(512) },
        { raw: Buffer.alloc(512, 'x') },
        { file: 'next', content: 'y' },
      ]),
    );
    expect(error).toBeUndefined();
    expect(seen).toMatchObject([
      { name: 'sparse', size: 0o100000 },
      { name: 'next', content: 'y' },
    ]);
  });

  it.each<[string, Buffer]>([
    ['a wrong checksum', buildTar([{ file: 'a', as: { badChecksum: true } }])],
    ['a negative size', buildTar([{ file: 'a', as: { size: Buffer.alloc(12, 0xff) } }])],
    [
      'a size over 2^53',
      buildTar([{ file: 'a', as: { size: Buffer.from([0x80, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255]) } }]),
    ],
    ['a stream cut in data', buildTar([{ file: 'a', content: 'x'.repeat(2000) }]).subarray(0, 1200)],
    ['a stream cut in a header', buildTar([{ file: 'a' }]).subarray(0, 100)],
    [
      'a pax header with nothing after it',
      buildTar([{ raw: Buffer.concat(paxHeader({ path: 'x' })) }], { open: true }),
    ],
    ['a pax record whose length lies', buildTar([{ raw: rawPax('99 path=x\n') }, { file: 'a' }])],
    ['a pax record without a length', buildTar([{ raw: rawPax('path=x\n') }, { file: 'a' }])],
    ['a pax path with a NUL', buildTar([{ file: 'a', as: { pax: { path: 'x\0y' } } }])],
    ['a negative pax size', buildTar([{ file: 'a', as: { pax: { size: '-1' } } }])],
    ['a global header that renames', buildTar([{ raw: Buffer.concat(paxHeader({ path: 'x' }, 'g')) }, { file: 'a' }])],
    ['an extended header of 2 GB', buildTar([{ raw: headerBlock('x', '', { type: 'x', size: 2 ** 31 }) }])],
    ['a lone zero block', buildTar([{ raw: Buffer.alloc(512) }, { file: 'a' }])],
    ['text', Buffer.from('not a tar stream at all'.repeat(50))],
  ])('refuses %s', (_, tar) => {
    expect(walk(tar).error).toBeTruthy();
  });

  it('takes an archive without the zero blocks, and stops at them', () => {
    expect(walk(buildTar([{ file: 'a' }], { open: true })).error).toBeUndefined();
    const after = Buffer.concat([buildTar([{ file: 'a' }]), Buffer.from('anything')]);
    expect(walk(after)).toMatchObject({ seen: [{ name: 'a' }] });
  });

  it('sees the same however the stream is cut', () => {
    const tar = buildTar([
      { file: long, content: 'x'.repeat(3000) },
      { dir: 'd' },
      gnuLong(long, 'L'),
      { file: 'b', content: 'y' },
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (step) => {
        expect(walk(tar, step)).toEqual(walk(tar));
      }),
      { numRuns: 60 },
    );
  });

  it('never fails but by TarFormatError, whatever the bytes', () => {
    const tar = buildTar([
      { file: long, content: 'x'.repeat(700) },
      gnuLong(long, 'K'),
      { symlink: 'd', to: 'e' },
      { file: 'b' },
    ]);
    const flips = fc.array(fc.tuple(fc.nat(tar.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(flips, fc.boolean(), fc.integer({ min: 1, max: 2000 }), (changes, repair, step) => {
        const bytes = Buffer.from(tar);
        for (const [at, value] of changes) bytes[at] = value;
        if (repair) for (const [at] of changes) resum(bytes.subarray(at - (at % 512), at - (at % 512) + 512));
        const { seen } = walk(bytes, step);
        expect(seen.length).toBeLessThan(10);
      }),
      { numRuns: 300 },
    );
  });
});

function withName(name: Buffer): Buffer {
  const header = headerBlock('', '', {});
  header.set(name);
  return resum(header);
}

function resum(header: Buffer): Buffer {
  header.write('        ', 148, 8, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return header;
}

function rawPax(records: string): Buffer {
  const body = Buffer.alloc(512);
  body.write(records);
  return Buffer.concat([headerBlock('pax', '', { type: 'x', size: records.length }), body]);
}
