/**
 * What two lists do not share, by identity; in the order in which it stands. Takes no more than a walk over what they begin and
 * end with where they differ in one place. What is in a list is in it once.
 */
export function unsharedParts<Part>(
  before: readonly Part[],
  after: readonly Part[],
): { readonly gone: readonly Part[]; readonly fresh: readonly Part[] } {
  if (before === after) return { gone: [], fresh: [] };
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const [old, now] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  if (old.length === 0 || now.length === 0) return { gone: old, fresh: now };
  const [inOld, inNow] = [new Set(old), new Set(now)];
  return { gone: old.filter((part) => !inNow.has(part)), fresh: now.filter((part) => !inOld.has(part)) };
}
