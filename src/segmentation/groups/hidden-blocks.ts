import { type AddressSet, hasNoAddress, intersectAddresses, type Span, type Spans } from '../../base/index.ts';
import type { DenyList } from '../../model/index.ts';

/** Whether a set, not empty, lies in another that may be large: in logarithmic time for each of its spans. */
export function coveredBy(set: AddressSet, other: AddressSet): boolean {
  return (
    !hasNoAddress(set) &&
    set.v4.every((span) => spanWithin(other.v4, span)) &&
    set.v6.every((span) => spanWithin(other.v6, span))
  );
}

/** Names of the lists that have some of a set. */
export function listsThatTouch(set: AddressSet, lists: readonly DenyList[]): readonly string[] {
  return lists.filter(({ addresses }) => !hasNoAddress(intersectAddresses(set, addresses))).map(({ name }) => name);
}

/** Spans never touch the next: one that lies in a set of them lies in one of them. */
function spanWithin<Point extends number | bigint>(spans: Spans<Point>, { from, end }: Span<Point>): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const span = spans[middle];
    if (!span) return false;
    if (span.end <= from) low = middle + 1;
    else if (span.from > from) high = middle;
    else return end <= span.end;
  }
  return false;
}
