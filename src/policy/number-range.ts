/** `1000` or `1000-65535`, both ends in it; undefined for anything else, and for a range that ends before it begins. */
export function parseNumberRange(text: string): { readonly from: number; readonly to: number } | undefined {
  const [, first = '', last = first] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(text) ?? [];
  if (first === '') return undefined;
  const [from, to] = [Number(first), Number(last)];
  return from <= to ? { from, to } : undefined;
}

export function isInRanges(ranges: readonly string[], value: number): boolean {
  return ranges.some((text) => {
    const range = parseNumberRange(text);
    return range !== undefined && value >= range.from && value <= range.to;
  });
}
