/** What lies from `from` up to and without `end`. */
export interface Span<Point extends number | bigint> {
  readonly from: Point;
  readonly end: Point;
}

/** A set of points as spans: none empty, ascending, none that touches the next. Equal sets have equal spans. */
export type Spans<Point extends number | bigint> = readonly Span<Point>[];

/** The set of all points that lie in any of the spans, which may be empty, overlap and stand in any order. */
export function spansOf<Point extends number | bigint>(spans: Iterable<Span<Point>>): Spans<Point> {
  const sorted = [...spans]
    .filter(({ from, end }) => from < end)
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const joined: Span<Point>[] = [];
  for (const span of sorted) {
    const last = joined.at(-1);
    if (last === undefined || span.from > last.end) joined.push(span);
    else if (span.end > last.end) joined[joined.length - 1] = { from: last.from, end: span.end };
  }
  return joined;
}

export function unionSpans<Point extends number | bigint>(a: Spans<Point>, b: Spans<Point>): Spans<Point> {
  if (a.length === 0) return b;
  return b.length === 0 ? a : spansOf([...a, ...b]);
}

/** In the time of the shorter set where the other is much longer. */
export function intersectSpans<Point extends number | bigint>(a: Spans<Point>, b: Spans<Point>): Spans<Point> {
  if (a.length > b.length) return intersectSpans(b, a);
  const isShort = a.length * 16 < b.length;
  const shared: Span<Point>[] = [];
  let j = 0;
  for (const span of a) {
    if (isShort) j = firstEndingAfter(b, span.from, j);
    for (let other = b[j]; other !== undefined && other.from < span.end; other = b[++j]) {
      const from = span.from > other.from ? span.from : other.from;
      const end = span.end < other.end ? span.end : other.end;
      // A span that lies in the other whole is kept as it is: sets share it.
      if (from < end) shared.push(isSpan(other, from, end) ? other : isSpan(span, from, end) ? span : { from, end });
      if (other.end > span.end) break;
    }
  }
  return shared;
}

/** What is in `a` and not in `b`. In the time of `a` and of the result where `b` is much longer. */
export function subtractSpans<Point extends number | bigint>(a: Spans<Point>, b: Spans<Point>): Spans<Point> {
  if (a.length === 0 || b.length === 0) return a;
  const isShort = a.length * 16 < b.length;
  const rest: Span<Point>[] = [];
  let j = 0;
  for (const span of a) {
    let at = span.from;
    if (isShort) j = firstEndingAfter(b, at, j);
    for (let hole = b[j]; hole !== undefined && hole.from < span.end; hole = b[j]) {
      if (hole.from > at) rest.push({ from: at, end: hole.from });
      if (hole.end > at) at = hole.end;
      if (hole.end >= span.end) break;
      j += 1;
    }
    if (at < span.end) rest.push(at === span.from ? span : { from: at, end: span.end });
  }
  return rest;
}

function isSpan<Point extends number | bigint>(span: Span<Point>, from: Point, end: Point): boolean {
  return span.from === from && span.end === end;
}

/** Index of the first span, from `low` on, that ends after the point. */
function firstEndingAfter<Point extends number | bigint>(spans: Spans<Point>, point: Point, low: number): number {
  let first = low;
  let end = spans.length;
  while (first < end) {
    const middle = (first + end) >>> 1;
    const span = spans[middle];
    if (span !== undefined && span.end > point) end = middle;
    else first = middle + 1;
  }
  return first;
}

export function equalSpans<Point extends number | bigint>(a: Spans<Point>, b: Spans<Point>): boolean {
  return a.length === b.length && a.every((span, index) => span.from === b[index]?.from && span.end === b[index]?.end);
}

/** Whether a span lies in the set: in one of its spans, since these never touch. In logarithmic time. */
export function spansCover<Point extends number | bigint>(spans: Spans<Point>, { from, end }: Span<Point>): boolean {
  const span = spans[firstEndingAfter(spans, from, 0)];
  return span !== undefined && span.from <= from && end <= span.end;
}

/** In logarithmic time. */
export function spansInclude<Point extends number | bigint>(spans: Spans<Point>, point: Point): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const span = spans[middle];
    if (span === undefined) return false;
    if (point < span.from) high = middle;
    else if (point >= span.end) low = middle + 1;
    else return true;
  }
  return false;
}
