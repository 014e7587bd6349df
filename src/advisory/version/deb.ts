import { badVersion } from './version-error.ts';
import { compareDigits, type Ordering, type VersionOrder } from './version-order.ts';

interface DebVersion {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

const largestEpoch = 2 ** 31 - 1;
const surroundingBlanks = /^[ \t]+|[ \t]+$/g;

/**
 * Versions of Debian packages: deb-version(7). Accepts what `dpkg --validate-version` accepts (dpkg 1.21, parseversion in
 * lib/dpkg/parsehelp.c), which includes surrounding blanks and, by way of strtol, what it skips before the epoch; orders as
 * `dpkg --compare-versions` does (lib/dpkg/version.c).
 */
export const debOrder: VersionOrder<DebVersion> = {
  parse(text) {
    const refuse = (reason: string) => badVersion('deb', text, reason);
    const version = text.replace(surroundingBlanks, '');
    if (version === '') throw refuse('it is empty');
    if (/[ \t]/.test(version)) throw refuse('it has a space within');
    const colon = version.indexOf(':');
    const epoch = colon < 0 ? 0 : parseEpoch(version.slice(0, colon), refuse);
    const rest = version.slice(colon + 1);
    if (rest === '') throw refuse('nothing follows the epoch');
    const hyphen = rest.lastIndexOf('-');
    const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
    const revision = hyphen < 0 ? '' : rest.slice(hyphen + 1);
    if (hyphen >= 0 && revision === '') throw refuse('the revision after the last hyphen is empty');
    if (upstream === '') throw refuse('nothing precedes the revision');
    if (!/^[0-9]/.test(upstream)) throw refuse('it does not start with a digit');
    if (!/^[-0-9A-Za-z.+~:]+$/.test(upstream)) throw refuse('only letters, digits and . + - ~ : may be in it');
    if (!/^[0-9A-Za-z.+~]*$/.test(revision)) throw refuse('only letters, digits and . + ~ may be in its revision');
    return { epoch, upstream, revision };
  },

  compare(a, b) {
    if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
    return compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision);
  },
};

function parseEpoch(text: string, refuse: (reason: string) => Error): number {
  const [, sign, digits] = /^[\n\v\f\r]*([+-]?)([0-9]+)$/.exec(text) ?? [];
  if (digits === undefined) throw refuse('the epoch before the colon is not a number');
  const epoch = Number(digits);
  if (sign === '-' && epoch > 0) throw refuse('the epoch is negative');
  if (epoch > largestEpoch) throw refuse(`the epoch is larger than ${largestEpoch}`);
  return epoch;
}

/** Stretches of non-digits and of digits in turn; an absent part is empty, so that `1.0` equals `1.0-0`. */
function compareParts(a: string, b: string): Ordering {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) return difference < 0 ? -1 : 1;
      i++;
      j++;
    }
    const startA = i;
    const startB = j;
    while (isDigit(a, i)) i++;
    while (isDigit(b, j)) j++;
    const order = compareDigits(a.slice(startA, i), b.slice(startB, j));
    if (order !== 0) return order;
  }
  return 0;
}

/** `~` sorts before the end, the end and digits before letters, letters before the rest. */
function weight(text: string, at: number): number {
  if (at >= text.length || isDigit(text, at)) return 0;
  const code = text.charCodeAt(at);
  if (code === 126) return -1;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? code : code + 256;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}
