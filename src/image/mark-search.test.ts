import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MarkSearch } from './mark-search.ts';

const marks = [
  { id: 'ab', bytes: Buffer.from('ab'), keep: 6 },
  { id: 'aab', bytes: Buffer.from('aab'), keep: 4 },
];

function search(file: Buffer, cuts: readonly number[]) {
  const marksFound = new MarkSearch(marks);
  marksFound.start('/bin/x');
  const edges = [0, ...cuts.map((cut) => cut % (file.length + 1)).sort((a, b) => a - b), file.length];
  for (let i = 1; i < edges.length; i++) if (!marksFound.push(file, edges[i - 1] as number, edges[i] as number)) break;
  return marksFound
    .finish()
    .map(({ mark, offset, bytes }) => ({ mark, offset, text: Buffer.from(bytes).toString('latin1') }))
    .sort((a, b) => a.offset - b.offset || a.mark.localeCompare(b.mark));
}

function expected(file: Buffer) {
  return marks
    .flatMap(({ id, bytes, keep }) => {
      const found = [];
      for (let at = file.indexOf(bytes); at >= 0; at = file.indexOf(bytes, at + 1))
        found.push({ mark: id, offset: at, text: file.toString('latin1', at, at + keep) });
      return found;
    })
    .sort((a, b) => a.offset - b.offset || a.mark.localeCompare(b.mark));
}

describe('MarkSearch', () => {
  it('finds each mark once wherever the file is cut', () => {
    const body = fc
      .array(fc.constantFrom('a', 'b', 'c'), { maxLength: 24 })
      .map((letters) => Buffer.from(`\x7fELF${letters.join('')}`, 'latin1'));
    fc.assert(
      fc.property(body, fc.array(fc.nat(40), { maxLength: 6 }), (file, cuts) => {
        expect(search(file, cuts)).toEqual(expected(file));
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves what is no ELF file after its first bytes', () => {
    const found = new MarkSearch(marks);
    found.start('/bin/x');
    expect(found.push(Buffer.from('\x7fEL', 'latin1'), 0, 3)).toBe(true);
    expect(found.push(Buffer.from('X aab'), 0, 5)).toBe(false);
    expect(found.finish()).toEqual([]);
  });

  it('looks for marks of certain programs in these only', () => {
    const named = new MarkSearch([...marks, { id: 'b', bytes: Buffer.from('b'), keep: 1, names: ['python3', 'node'] }]);
    const found = (path: string) => {
      named.start(path);
      named.push(Buffer.from('\x7fELFab', 'latin1'), 0, 6);
      return named.finish().map(({ mark }) => mark);
    };
    expect(found('/usr/bin/python3.11')).toEqual(['ab', 'b']);
    expect(found('/python3/x')).toEqual(['ab']);
    expect(found('node')).toEqual(['ab', 'b']);
  });

  it('does not let hits of one mark crowd out another', () => {
    const hits = search(Buffer.from(`\x7fELF${'ab'.repeat(1000)}aab`, 'latin1'), []);
    expect(hits.filter(({ mark }) => mark === 'aab')).toHaveLength(1);
  });

  it('keeps a bounded number of hits', () => {
    expect(search(Buffer.from(`\x7fELF${'ab'.repeat(1000)}`, 'latin1'), [])).toHaveLength(16);
  });
});
