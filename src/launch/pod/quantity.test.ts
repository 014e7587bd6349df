import { describe, expect, it } from 'vitest';
import { ceilQuantity, parseQuantity, quantityToNumber } from './quantity.ts';

describe('parseQuantity', () => {
  it.each([
    ['100m', 0.1, 1n],
    ['1.5Gi', 1_610_612_736, 1_610_612_736n],
    ['1e3', 1000, 1000n],
    ['1E3', 1000, 1000n],
    ['2E', 2e18, 2_000_000_000_000_000_000n],
    ['0.1', 0.1, 1n],
    ['.5', 0.5, 1n],
    ['5.', 5, 5n],
    ['128974848', 128_974_848, 128_974_848n],
    ['123Mi', 128_974_848, 128_974_848n],
    ['9007199254740993', 9_007_199_254_740_992, 9_007_199_254_740_993n],
    ['1n', 1e-9, 1n],
    ['12e-1', 1.2, 2n],
    ['-1500m', -1.5, -1n],
    ['0', 0, 0n],
    ['1Ei', 2 ** 60, 1n << 60n],
  ])('%s', (text, number, ceiling) => {
    const quantity = parseQuantity(text);
    expect(quantity && quantityToNumber(quantity)).toBe(number);
    expect(quantity && ceilQuantity(quantity)).toBe(ceiling);
  });

  it.each([
    '',
    '.',
    'm',
    '1 Gi',
    '1gi',
    '1mi',
    '0x10',
    '1e',
    '1e100',
    '1e3Ki',
    '--1',
    '1,5',
    '１',
    `${'1'.repeat(61)}`,
    'constructor',
    '1__',
  ])('%j is none', (text) => expect(parseQuantity(text)).toBeUndefined());
});
