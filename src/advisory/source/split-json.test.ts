import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitJson } from './split-json.ts';

async function split(text: string | Uint8Array, limit = 1000, chunkSize = 1 << 20): Promise<string[]> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  const pieces: string[] = [];
  for await (const piece of splitJson(chunks(), limit)) {
    pieces.push(`${piece.line} ${'fault' in piece ? `! ${piece.fault}` : piece.text.toString().trim()}`);
  }
  return pieces;
}

const cases: [string, string, string[]][] = [
  ['nothing', '', []],
  ['blank lines', '\n \r\n', []],
  ['one value', '{"a":1}', ['1 {"a":1}']],
  ['lines', '{"a":1}\n\n{"b":[2]}\r\n', ['1 {"a":1}', '3 {"b":[2]}']],
  ['lines after a byte order mark', '\ufeff{"a":1}\n{"b":2}', ['1 {"a":1}', '2 {"b":2}']],
  ['a value on many lines', '{\n "a": {\n"b": 1}\n}\n', ['1 {\n"a": {\n"b": 1}\n}']],
  ['a line that is broken', '{"a":1}\n{"a":\n{"b":2}', ['1 {"a":1}', '2 {"a":', '3 {"b":2}']],
  ['a first line that is broken', '{"a":"x\n{"b":2}\n{"c":3}', ['1 {"a":"x', '2 {"b":2}', '3 {"c":3}']],
  ['words', 'a\nb', ['1 a', '2 b']],
  ['a list', '[{"a":1},\n {"b":"]\\"}"} , 3, "x,]"]\n', ['1 {"a":1}', '2 {"b":"]\\"}"}', '2 3', '2 "x,]"']],
  ['an empty list', ' [ ]', []],
  ['a list in lists', '[[1,2],[]]', ['1 [1,2]', '1 []']],
  ['a list that is cut off', '[{"a":1},{"b"', ['1 {"a":1}', '1 ! it is cut off']],
  ['a list and more', '[1]\n{}{}', ['1 1', '2 ! something follows the list']],
  [
    'a long line',
    `{"a":1}\n{"${'b'.repeat(2000)}":1}\n{"c":1}`,
    ['1 {"a":1}', '2 ! it is larger than 1000 bytes', '3 {"c":1}'],
  ],
  ['a long element', `[1,"${'b'.repeat(2000)}",3]`, ['1 1', '1 ! it is larger than 1000 bytes', '1 3']],
  ['a long value on many lines', `{\n${'"a":1,\n'.repeat(500)}`, ['1 ! it is larger than 1000 bytes']],
];

describe('a stream of JSON', () => {
  it.each(cases)('with %s is cut into its values, however it is chunked', async (_, text, expected) => {
    for (const chunkSize of [1 << 20, 7, 1]) expect(await split(text, 1000, chunkSize)).toEqual(expected);
  });

  it('gives the values that went in, as lines and as a list', async () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1 }), fc.integer({ min: 1, max: 64 }), async (items, size) => {
        const texts = items.map((item) => JSON.stringify(item));
        const plain = (pieces: string[]) => pieces.map((piece) => piece.slice(piece.indexOf(' ') + 1));
        expect(plain(await split(texts.join('\n'), 1e6, size))).toEqual(texts);
        expect(plain(await split(JSON.stringify(items), 1e6, size))).toEqual(texts);
        const indented = plain(await split(JSON.stringify(items, null, 2), 1e6, size));
        expect(indented.map((text) => JSON.stringify(JSON.parse(text)))).toEqual(texts);
      }),
    );
  });

  it('comes to an end for any bytes', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: fc.constantFrom(...'[]{}",:\\\n a1'), maxLength: 80 }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (any) => {
        expect(Array.isArray(await split(any, 50, 9))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
