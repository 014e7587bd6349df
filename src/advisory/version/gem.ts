import { badVersion } from './version-error.ts';
import { compareDigits, compareText, type Ordering, type VersionOrder } from './version-order.ts';

/** Runs of digits and of letters. */
type Segment = string;

const grammar = /^[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/**
 * Versions of Ruby gems: Gem::Version of RubyGems 3.3, with white space around them, and an empty text for `0`. A hyphen
 * stands for `.pre.`; letters make a version older than the one without them. The platform (`1.15.0-java`) is no part of
 * a version: here it would make a pre-release.
 */
export const gemOrder: VersionOrder<readonly Segment[]> = {
  parse(text) {
    const version = text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
    if (version !== '' && !grammar.test(version)) {
      const reason = /^[0-9]/.test(version)
        ? 'it is not digits, then parts of letters and digits after dots'
        : 'it does not start with a digit';
      throw badVersion('gem', text, reason);
    }
    const segments = version.replaceAll('-', '.pre.').match(/[0-9]+|[A-Za-z]+/g) ?? [];
    const firstWord = segments.findIndex((segment) => !isNumber(segment));
    const numbers = firstWord < 0 ? segments : segments.slice(0, firstWord);
    return [...withoutTrailingZeros(numbers), ...withoutTrailingZeros(segments.slice(numbers.length))];
  },

  compare(a, b) {
    for (let i = 0; i < a.length || i < b.length; i++) {
      const order = compareSegments(a[i] ?? '0', b[i] ?? '0');
      if (order !== 0) return order;
    }
    return 0;
  },
};

function compareSegments(a: Segment, b: Segment): Ordering {
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? 1 : -1;
  return isNumber(a) ? compareDigits(a, b) : compareText(a, b);
}

function withoutTrailingZeros(segments: readonly Segment[]): readonly Segment[] {
  const last = segments.findLastIndex((segment) => !/^0+$/.test(segment));
  return segments.slice(0, last + 1);
}

function isNumber(segment: Segment): boolean {
  return /^[0-9]/.test(segment);
}
