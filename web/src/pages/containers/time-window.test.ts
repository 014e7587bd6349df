import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenWindow, type Interval, marksOf, runningOverTime, shareOf, windowOf } from './time-window.ts';

const day = 86_400_000;
const now = Date.parse('2026-11-24T12:00:00Z');
const at = (daysAgo: number): string => new Date(now - daysAgo * day).toISOString();
const interval = (started: number, ended: number | null): Interval => ({
  started: at(started),
  ended: ended === null ? null : at(ended),
});

describe('windowOf', () => {
  it.each([
    [[], 1],
    [[0.2], 1],
    [[2.5], 3],
    [[89, 3], 90],
    [[4000], 4000],
  ])('of starts %j days ago is %d days long and ends now', (starts, days) => {
    const window = windowOf(
      starts.map((start) => interval(start, null)),
      now,
    );
    expect(window.to).toBe(now);
    expect((window.to - window.from) / day).toBeCloseTo(days);
  });
});

describe('runningOverTime', () => {
  const window = { from: now - 10 * day, to: now };

  it('counts what runs at each step', () => {
    const running = runningOverTime([interval(10, null), interval(8, 4), interval(5, 1)], window, 11);
    expect([...running]).toEqual([1, 1, 2, 2, 2, 3, 2, 2, 2, 1, 1]);
  });

  it('leaves out what ended before and what starts after', () => {
    expect([...runningOverTime([interval(30, 20), interval(-5, null)], window, 3)]).toEqual([0, 0, 0]);
  });

  it('agrees with asking each interval at each step', () => {
    const intervals = fc.array(
      fc
        .tuple(fc.integer({ min: -20, max: 200 }), fc.option(fc.integer({ min: 0, max: 100 })))
        .map(([start, length]) => ({ start: start / 10, end: length === null ? null : (start - length) / 10 })),
    );
    fc.assert(
      fc.property(intervals, (list) => {
        const steps = 101;
        const counted = runningOverTime(
          list.map(({ start, end }) => interval(start, end)),
          window,
          steps,
        );
        for (let step = 0; step < steps; step += 1) {
          const daysAgo = Math.round((10 - step / 10) * 10) / 10;
          const expected = list.filter(({ start, end }) => start >= daysAgo && (end === null || end < daysAgo)).length;
          expect(counted[step]).toBe(expected);
        }
      }),
    );
  });
});

describe('shareOf', () => {
  it('keeps within the window', () => {
    const window = { from: 100, to: 200 };
    expect([0, 100, 150, 200, 999].map((instant) => shareOf(instant, window))).toEqual([0, 0, 0.5, 1, 1]);
  });
});

describe('chosenWindow', () => {
  const all = { from: now - 90 * day, to: now };
  it.each([
    ['day', undefined, 1],
    ['week', now - 2 * day, 7],
    ['month', undefined, 30],
    ['all', undefined, 90],
    // What is looked at must be in sight.
    ['week', now - 20 * day, 90],
  ] as const)('of a %s, looking at %s, is %d days long', (length, at, days) => {
    const window = chosenWindow(all, length, at);
    expect((window.to - window.from) / day).toBe(days);
  });

  it('is never longer than what is known', () => {
    const short = { from: now - 3 * day, to: now };
    expect(chosenWindow(short, 'month', undefined)).toEqual(short);
  });
});

describe('marksOf', () => {
  it.each([1, 3, 7, 14, 30, 90, 365, 1825])('marks a window of %d days with few midnights', (days) => {
    const marks = marksOf({ from: now - days * day, to: now });
    expect(marks.length).toBeGreaterThan(0);
    expect(marks.length).toBeLessThanOrEqual(9);
    for (const mark of marks) expect(mark % (days > 2 ? day : day / 8)).toBe(0);
  });
});
