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

export function intersectSpans<Point extends number | bigint>(a: Spans<Point>, b: Spans<Point>): Spans<Point> {
  const shared: Span<Point>[] = [];
  let i = 0;
  let j = 0;
  for (let left = a[i], right = b[j]; left !== undefined && right !== undefined; left = a[i], right = b[j]) {
    const from = left.from > right.from ? left.from : right.from;
    const end = left.end < right.end ? left.end : right.end;
    if (from < end) shared.push({ from, end });
    if (left.end < right.end) i += 1;
    else j += 1;
  }
  return shared;
}

/** What is in `a` and not in `b`. */
export function subtractSpans<Point extends number | bigint>(a: Spans<Point>, b: Spans<Point>): Spans<Point> {
  const rest: Span<Point>[] = [];
  let j = 0;
  for (const { from, end } of a) {
    let at = from;
    for (let hole = b[j]; hole !== undefined && hole.from < end; hole = b[j]) {
      if (hole.from > at) rest.push({ from: at, end: hole.from });
      if (hole.end > at) at = hole.end;
      if (hole.end >= end) break;
      j += 1;
    }
    if (at < end) rest.push({ from: at, end });
  }
  return rest;
}

export function equalSpans<Point extends number | bigint>(a: Spans<Point>, b: Spans<Point>): boolean {
  return a.length === b.length && a.every((span, index) => span.from === b[index]?.from && span.end === b[index]?.end);
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
