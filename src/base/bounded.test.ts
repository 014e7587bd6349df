import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundError, decodeUtf8, maxJsonDepth, parseJson, readBounded } from './bounded.ts';

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof BoundError) return error.code;
    throw error;
  }
  return 'none';
}

describe('readBounded', () => {
  it('gives the whole stream up to the limit', async () => {
    expect((await readBounded(chunks('ab', 'cd'), 4, 'it')).toString()).toBe('abcd');
  });

  it('stops as soon as a stream is over, even one that never ends', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(1024);
    }
    await expect(readBounded(endless(), 10_000, 'the manifest')).rejects.toThrow(/the manifest is larger than 10000/);
  });
});

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => {
        const withoutProto = JSON.stringify(
          JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value)),
        );
        expect(JSON.stringify(parseJson(text, 'it'))).toBe(withoutProto);
      }),
    );
  });

  it.each([
    ['nesting', '['.repeat(maxJsonDepth + 1) + ']'.repeat(maxJsonDepth + 1), 'too-deep'],
    ['a million brackets', '['.repeat(1_000_000), 'too-deep'],
    ['a cut document', '{"a":', 'bad-json'],
    ['a second document', '{}{}', 'bad-json'],
  ])('refuses %s', (_what, text, code) => {
    expect(codeOf(() => parseJson(text, 'it'))).toBe(code);
  });

  it('takes brackets in strings for text', () => {
    const text = JSON.stringify(['[{'.repeat(1000), '\\"[[[']);
    expect(parseJson(text, 'it')).toEqual(JSON.parse(text));
  });

  it('drops __proto__ keys', () => {
    const parsed = parseJson('{"__proto__":{"admin":true},"a":1}', 'it') as Record<string, unknown>;
    expect(Object.keys(parsed)).toEqual(['a']);
    expect(parsed.admin).toBeUndefined();
  });

  it('drops __proto__ keys that are written with escapes', () => {
    const parsed = parseJson('{"\\u005f_proto__":{"admin":true},"a":1}', 'it') as Record<string, unknown>;
    expect(Object.keys(parsed)).toEqual(['a']);
  });
});

describe('decodeUtf8', () => {
  it('refuses bytes that are no UTF-8 rather than replacing them', () => {
    expect(codeOf(() => decodeUtf8(Uint8Array.of(0x61, 0xff), 'it'))).toBe('bad-utf8');
  });
});
