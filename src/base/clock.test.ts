import { describe, expect, it } from 'vitest';
import { fixedClock, formatInstant, parseInstant } from './clock.ts';

describe('parseInstant', () => {
  it.each([
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T12:30:00Z', '2026-03-01T12:30:00.000Z'],
    ['2026-03-01T12:30:00.123456789Z', '2026-03-01T12:30:00.123Z'],
    ['2026-03-01T12:30:00+02:00', '2026-03-01T10:30:00.000Z'],
    ['2026-03-01 12:30:00 +0200', '2026-03-01T10:30:00.000Z'],
    ['2024-02-29T23:59:59z', '2024-02-29T23:59:59.000Z'],
  ])('reads %s', (text, iso) => {
    expect(formatInstant(parseInstant(text) ?? Number.NaN)).toBe(iso);
  });

  it.each([
    '',
    'yesterday',
    '2026-13-01',
    '2026-03-01T25:00:00Z',
    '0001-01-01T00:00:00Z',
    '1709251200',
    '2026-3-1',
    '2025-02-30',
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});

describe('fixedClock', () => {
  it('stands where it was set', () => {
    const clock = fixedClock('2026-01-01T00:00:00Z');
    clock.set('2026-01-02T00:00:00Z');
    expect(formatInstant(clock.now())).toBe('2026-01-02T00:00:00.000Z');
  });
});
