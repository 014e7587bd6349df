import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { review } from '../../../test/fakes/admission-reviews.ts';
import { LaunchError, parseStrictJson } from '../../launch/index.ts';
import { parseReviewJson } from './parse-review-json.ts';

const limits = { maxBytes: 10_000, maxDepth: 16 };

/** What a parser makes of a text: the value, or that it refuses. */
function outcome(parse: () => unknown): unknown {
  try {
    return JSON.stringify(parse());
  } catch (error) {
    if (error instanceof LaunchError) return error.message;
    throw error;
  }
}

const both = (text: string) => [
  outcome(() => parseReviewJson(Buffer.from(text), limits)),
  outcome(() => parseStrictJson(Buffer.from(text), { ...limits, foldKeys: false })),
];

describe('a review as JSON', () => {
  it.each([
    ['a review', JSON.stringify(review())],
    ['white space', JSON.stringify(review(), null, 2)],
    ['a key twice', '{"a":1,"a":2}'],
    ['a key twice, one of them escaped', '{"a":1,"\\u0061":2}'],
    ['a key twice, with white space', '{"a" : 1, "a"\n:2}'],
    ['a key twice, and a text that looks like a key less', '{"a":1,"a":"\\\\\\":"}'],
    ['a key twice, and a text that ends in a backslash', '{"a":"\\\\","a":1}'],
    ['a text with a quote and a colon', '{"a":"\\":\\":"}'],
    ['text alone', '":"'],
    ['a text that begins with a colon', '{"a":":8080","b":"x :"}'],
    ['a key twice, and a text that begins with a colon', '{"a":1,"a":":8080"}'],
    ['a key that is a number', '{"1":1,"0":2,"1":3}'],
    ['__proto__', '{"__proto__":{"a":1}}'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['half a pair', '{"a":"\\ud800"}'],
    ['a number that no double holds', '{"a":9007199254740993}'],
    ['a number that is too large', '{"a":1e400}'],
    ['a number alone that no double holds', '9007199254740993'],
    ['a list of numbers', '[1,-1.5,1e400]'],
    ['a fraction of many digits', '{"a":0.12345678901234567890123}'],
    ['two values', '{}{}'],
    ['nothing', ''],
    ['too deep', `${'['.repeat(17)}${']'.repeat(17)}`],
    ['as deep as may be', `${'['.repeat(16)}${']'.repeat(16)}`],
    ['a byte order mark', '\ufeff{}'],
    ['too large', `"${'a'.repeat(10_000)}"`],
  ])('with %s comes out as from the strict parser', (_title, text) => {
    const [ours, strict] = both(text);
    expect(ours).toBe(strict);
  });

  it('that is no UTF-8 is refused', () => {
    expect(() => parseReviewJson(Buffer.from([0x22, 0xff, 0x22]), limits)).toThrow(LaunchError);
  });

  it('comes out as from the strict parser, whatever it is', () => {
    const text = fc.array(
      fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', '"a"', '"a":', '1', ' ', '\\"', 'null'),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(text, (parts) => {
        const [ours, strict] = both(parts.join(''));
        expect(ours).toBe(strict);
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.json(), (json) => {
        const [ours, strict] = both(json);
        expect(ours).toBe(strict);
      }),
    );
  });
});
