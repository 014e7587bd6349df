import { describe, expect, it } from 'vitest';
import { parseTimeout } from './parse-timeout.ts';

describe('the time for a review', () => {
  it.each([
    ['timeout=10s', 9000],
    ['timeout=30s', 29_000],
    ['timeout=1s', 500],
    ['timeout=500ms', 250],
    ['timeout=1m0s', 29_000],
    ['a=b&timeout=5s', 4000],
    ['', 9000],
    ['timeout=', 9000],
    ['timeout=0s', 9000],
    ['timeout=-5s', 9000],
    ['timeout=10', 9000],
    ['timeout=99999999h', 9000],
    ['timeout=99999h', 29_000],
    [`timeout=${'1s'.repeat(5000)}`, 29_000],
  ])('of "%.20s" is %s', (query, milliseconds) => expect(parseTimeout(query)).toBe(milliseconds));
});
