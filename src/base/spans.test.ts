import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalSpans, intersectSpans, type Spans, spansInclude, spansOf, subtractSpans, unionSpans } from './spans.ts';

const end = 40;
const loose = fc.array(
  fc.tuple(fc.nat(end), fc.nat(end)).map(([from, to]) => ({ from, end: to })),
  { maxLength: 8 },
);
const sets = loose.map((spans) => spansOf(spans));

const points = (spans: Spans<number>) =>
  new Set(Array.from({ length: end + 1 }, (_, point) => point).filter((point) => spansInclude(spans, point)));

/** Which spans are right follows from their points alone: there is one way to write each set. */
function expectSet(spans: Spans<number>, holds: (point: number) => boolean): void {
  for (let point = 0; point <= end; point += 1) expect(spansInclude(spans, point), `${point}`).toBe(holds(point));
  for (const [index, span] of spans.entries()) {
    expect(span.from).toBeLessThan(span.end);
    expect(spans[index + 1]?.from ?? Number.POSITIVE_INFINITY).toBeGreaterThan(span.end);
  }
}

describe('spans', () => {
  it('join whatever overlaps or touches', () => {
    expect(
      spansOf([
        { from: 5, end: 7 },
        { from: 1, end: 3 },
        { from: 3, end: 4 },
        { from: 6, end: 6 },
        { from: 6, end: 9 },
      ]),
    ).toEqual([
      { from: 1, end: 4 },
      { from: 5, end: 9 },
    ]);
    fc.assert(
      fc.property(loose, (spans) => {
        expectSet(spansOf(spans), (point) => spans.some((span) => point >= span.from && point < span.end));
      }),
    );
  });

  it('form an algebra of sets', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const [inA, inB] = [points(a), points(b)];
        expectSet(unionSpans(a, b), (point) => inA.has(point) || inB.has(point));
        expectSet(intersectSpans(a, b), (point) => inA.has(point) && inB.has(point));
        expectSet(subtractSpans(a, b), (point) => inA.has(point) && !inB.has(point));
        expect(equalSpans(a, b)).toBe(inA.size === inB.size && [...inA].every((point) => inB.has(point)));
      }),
    );
  });

  it('are cut by much longer ones as by any', () => {
    const long = fc
      .array(fc.nat(300), { minLength: 60, maxLength: 120 })
      .map((starts) => spansOf(starts.map((from) => ({ from, end: from + 1 }))));
    const short = fc
      .array(fc.tuple(fc.nat(300), fc.nat(60)), { maxLength: 2 })
      .map((spans) => spansOf(spans.map(([from, size]) => ({ from, end: from + size }))));
    const all = Array.from({ length: 362 }, (_, point) => point);
    fc.assert(
      fc.property(short, long, (a, b) => {
        const [inA, inB] = [a, b].map((spans) => all.map((point) => spansInclude(spans, point)));
        const pointSets = [
          [intersectSpans(a, b), (point: number) => inA?.[point] && inB?.[point]],
          [intersectSpans(b, a), (point: number) => inA?.[point] && inB?.[point]],
          [subtractSpans(a, b), (point: number) => inA?.[point] && !inB?.[point]],
          [subtractSpans(b, a), (point: number) => inB?.[point] && !inA?.[point]],
        ] as const;
        for (const [spans, holds] of pointSets) {
          expect(all.filter((point) => spansInclude(spans, point))).toEqual(all.filter(holds));
          expect(spansOf(spans)).toEqual(spans);
        }
      }),
    );
  });
});
