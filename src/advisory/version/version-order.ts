/** -1, 0 or 1 as the first version is older than, equal to or newer than the second. */
export type Ordering = -1 | 0 | 1;

/** How one ecosystem reads and orders versions, exactly as its own tool does. */
export interface VersionOrder<Parsed> {
  /** Throws VersionError `bad-version`, with the reason; never repairs what the tool would refuse. */
  parse(text: string): Parsed;
  compare(a: Parsed, b: Parsed): Ordering;
}

/** Longer than any real version; node-semver refuses longer ones too. */
export const maxVersionLength = 256;

/** Runs of ASCII digits as numbers of any size; leading zeros do not count. */
export function compareDigits(a: string, b: string): Ordering {
  const x = withoutLeadingZeros(a);
  const y = withoutLeadingZeros(b);
  return x.length === y.length ? compareText(x, y) : x.length < y.length ? -1 : 1;
}

/** By code unit, which for ASCII is what memcmp does; a prefix comes first. */
export function compareText(a: string, b: string): Ordering {
  return a < b ? -1 : a > b ? 1 : 0;
}

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (start < digits.length && digits.charCodeAt(start) === 48) start++;
  return start === 0 ? digits : digits.slice(start);
}
