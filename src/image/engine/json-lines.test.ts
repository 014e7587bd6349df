import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundError } from '../../base/index.ts';
import { readJsonLines } from './json-lines.ts';

async function* chunks(...parts: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* parts;
}

async function read(limit: number, ...parts: readonly Uint8Array[]): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of readJsonLines(chunks(...parts), limit, 'a test')) values.push(value);
  return values;
}

describe('JSON in lines', () => {
  it('is read whatever the chunks', async () => {
    // A key named __proto__ is dropped on purpose.
    const value = fc.jsonValue({ maxDepth: 3 }).filter((each) => !JSON.stringify(each).includes('__proto__'));
    const values = fc.array(value, { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 1, max: 40 }), async (items, size) => {
        const bytes = Buffer.from(items.map((item) => `${JSON.stringify(item)}\n`).join(''));
        const parts: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
        expect(JSON.stringify(await read(10_000, ...parts))).toBe(JSON.stringify(items));
      }),
    );
  });

  it('skips empty lines and an unfinished last one', async () => {
    expect(await read(100, Buffer.from('{"a":1}\r\n\n[2]\n{"a":'))).toEqual([{ a: 1 }, [2]]);
  });

  const bad: readonly (readonly [string, Uint8Array])[] = [
    ['a line without end', Buffer.alloc(2000, 32)],
    ['no JSON', Buffer.from('hello\n')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 10])],
    ['a line that nests without end', Buffer.from(`${'['.repeat(500)}\n`)],
  ];
  for (const [title, bytes] of bad) {
    it(`refuses ${title}`, async () => {
      await expect(read(1000, bytes)).rejects.toBeInstanceOf(BoundError);
    });
  }
});
