import { describe, expect, it } from 'vitest';
import { parseSize } from './size.ts';

describe('a size', () => {
  it.each([
    ['0', 0],
    ['1024', 1024],
    ['10 B', 10],
    ['500MiB', 500 * 2 ** 20],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['2 TiB', 2 * 2 ** 40],
  ])('is %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', 'MiB', '-1', '1e9', '1,5GiB', '5MB', '5mib', '999999999999999TiB', '0x10', ' 1', '1 GiB '])(
    'is not "%s"',
    (text) => expect(parseSize(text)).toBeUndefined(),
  );
});
