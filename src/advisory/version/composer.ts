import { badVersion } from './version-error.ts';
import { compareDigits, type Ordering, type VersionOrder } from './version-order.ts';

/** Runs of digits and of letters. */
type Token = string;

const surroundingBlanks = /^[ \t\n\r\0\v]+|[ \t\n\r\0\v]+$/g;
const modifier = '[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)([0-9]*(?:[.-][0-9]+)*))?([.-]?dev)?$';
const numbered = new RegExp(`^v?([0-9]{1,5})(\\.[0-9]+)?(\\.[0-9]+)?(\\.[0-9]+)?${modifier}`, 'i');
const dated = new RegExp(`^v?([0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3})?)${modifier}`, 'i');
const numberedBranch = /^v?([0-9]+)(\.(?:[0-9]+|[x*]))?(\.(?:[0-9]+|[x*]))?(\.(?:[0-9]+|[x*]))?[ \t]*[.-]?dev$/i;

const fullWords: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', p: 'patch', pl: 'patch', rc: 'RC' };

/** The place of `x` in the branch `1.x-dev`, which so is newer than every release `1.…`. */
const branchNumber = '9999999';

/**
 * Versions of PHP packages: read as VersionParser::normalize of composer/semver 3.3 does, ordered as PHP's version_compare
 * orders what comes of it. Branches (`dev-main`) stand in no order there, and are refused here; `1.x-dev` is none of them.
 */
export const composerOrder: VersionOrder<readonly Token[]> = {
  parse(text) {
    const normalized = normalize(text.replace(surroundingBlanks, ''));
    if (normalized === undefined) throw badVersion('composer', text, reasonFor(text));
    return normalized.match(/[0-9]+|[A-Za-z]+/g) ?? [];
  },

  compare(a, b) {
    for (let i = 0; i < a.length || i < b.length; i++) {
      const order = compareTokens(a[i], b[i]);
      if (order !== 0) return order;
    }
    return 0;
  },
};

function normalize(text: string): string | undefined {
  const version = text
    .replace(/^([^,\s]+) +as +[^,\s]+$/, '$1')
    .replace(/@(?:stable|rc|beta|alpha|dev)$/i, '')
    .replace(/^([^,\s+]+)\+\S+$/, '$1');
  const classical = numbered.exec(version);
  if (classical) {
    const [, major = '', minor = '.0', patch = '.0', fourth = '.0', ...suffix] = classical;
    return `${major}${minor}${patch}${fourth}${modifierOf(suffix)}`;
  }
  const date = dated.exec(version);
  if (date) return `${(date[1] as string).replace(/[^0-9]/g, '.')}${modifierOf(date.slice(2))}`;
  const branch = numberedBranch.exec(version);
  if (!branch) return undefined;
  const parts = branch.slice(1, 5).map((part = '.x') => part.replace(/[x*]/i, branchNumber));
  return `${parts.join('')}-dev`;
}

function modifierOf([word, count = '', dev]: readonly (string | undefined)[]): string {
  if (word === 'stable') return '';
  const known = word?.toLowerCase() ?? '';
  const stability = word
    ? `-${Object.hasOwn(fullWords, known) ? fullWords[known] : known}${count.replace(/^[.-]+/, '')}`
    : '';
  return `${stability}${dev ? '-dev' : ''}`;
}

/** Any word but these comes before all of them: what Composer leaves of `1.0-STABLE` is older than `1.0-dev`. */
const places: Readonly<Record<string, number>> = { dev: 0, alpha: 1, beta: 2, RC: 3, patch: 5 };
const placeOfNumber = 4;

function compareTokens(a: Token | undefined, b: Token | undefined): Ordering {
  if (a !== undefined && b !== undefined && isNumber(a) && isNumber(b)) return compareDigits(bounded(a), bounded(b));
  if (a === undefined && isNumber(b as Token)) return -1;
  if (b === undefined && isNumber(a as Token)) return 1;
  return Math.sign(placeOf(a) - placeOf(b)) as Ordering;
}

/** The end of a version stands where a number does. */
function placeOf(token: Token | undefined): number {
  if (token === undefined || isNumber(token)) return placeOfNumber;
  return places[token] ?? -1;
}

/** PHP's numbers end there; all that are larger are equal. */
function bounded(digits: string): string {
  const largest = '9223372036854775807';
  return compareDigits(digits, largest) > 0 ? largest : digits;
}

function isNumber(token: Token): boolean {
  return /^[0-9]/.test(token);
}

function reasonFor(text: string): string {
  if (text.trim() === '') return 'it is empty';
  if (/^\s*(?:dev-|(?:master|trunk|default)\s*$)/i.test(text)) return 'it is a branch, which stands in no order';
  return 'it is not one to four numbers or a date, with a stability (-beta2, -RC1, -dev) where there is one';
}
