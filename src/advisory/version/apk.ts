import { badVersion } from './version-error.ts';
import { compareDigits, compareText, type Ordering, type VersionOrder } from './version-order.ts';

type Token =
  | { readonly kind: 'first' | 'digits' | 'letter' | 'suffix-number' | 'hash' | 'revision'; readonly value: string }
  | { readonly kind: 'suffix'; readonly value: Suffix };

type Suffix = (typeof suffixes)[number];

/** In their order; those before `release` make a version older than the one without a suffix. */
const suffixes = ['alpha', 'beta', 'pre', 'rc', 'release', 'cvs', 'svn', 'git', 'hg', 'p'] as const;

/** Where one version goes on and the other does not, or goes on otherwise: the earlier in this list is the newer. */
const kinds = ['first', 'digits', 'letter', 'suffix', 'suffix-number', 'hash', 'revision', 'end'] as const;

const grammar =
  /^(?<first>[0-9]+)(?<digits>(?:\.[0-9]+)*)(?<letter>[a-z]?)(?<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)(?:~(?<hash>[0-9a-f]+))?(?:-r(?<revision>[0-9]+))?$/;

/**
 * Versions of Alpine packages: digits{.digits}{letter}{_suffix{digits}}{~hash}{-rdigits}, as `apk version --check` of
 * apk-tools 3 accepts them and `apk version -t` orders them (src/version.c).
 */
export const apkOrder: VersionOrder<readonly Token[]> = {
  parse(text) {
    const groups = grammar.exec(text)?.groups;
    if (!groups) throw badVersion('apk', text, reasonFor(text));
    const tokens: Token[] = [{ kind: 'first', value: groups.first as string }];
    for (const value of (groups.digits as string).split('.').slice(1)) tokens.push({ kind: 'digits', value });
    if (groups.letter) tokens.push({ kind: 'letter', value: groups.letter });
    for (const part of (groups.suffixes as string).split('_').slice(1)) {
      const [name, count] = part.split(/(?<=[a-z])(?=[0-9])/);
      tokens.push({ kind: 'suffix', value: name as Suffix });
      if (count !== undefined) tokens.push({ kind: 'suffix-number', value: count });
    }
    if (groups.hash !== undefined) tokens.push({ kind: 'hash', value: groups.hash });
    if (groups.revision !== undefined) tokens.push({ kind: 'revision', value: groups.revision });
    return tokens;
  },

  compare(a, b) {
    for (let i = 0; i < a.length || i < b.length; i++) {
      const x = a[i];
      const y = b[i];
      const order = x && y && x.kind === y.kind ? compareSame(x, y) : compareDifferent(x, y);
      if (order !== 0) return order;
    }
    return 0;
  },
};

function compareSame(a: Token, b: Token): Ordering {
  switch (a.kind) {
    case 'suffix':
      return Math.sign(suffixes.indexOf(a.value) - suffixes.indexOf(b.value as Suffix)) as Ordering;
    case 'digits':
      // A leading zero makes it a fraction: 1.05 is older than 1.1.
      return a.value.startsWith('0') || b.value.startsWith('0')
        ? compareText(a.value, b.value)
        : compareDigits(a.value, b.value);
    case 'letter':
    case 'hash':
      return compareText(a.value, b.value);
    default:
      return compareDigits(a.value, b.value);
  }
}

function compareDifferent(a: Token | undefined, b: Token | undefined): Ordering {
  if (isPrerelease(a)) return -1;
  if (isPrerelease(b)) return 1;
  return kinds.indexOf(a?.kind ?? 'end') > kinds.indexOf(b?.kind ?? 'end') ? -1 : 1;
}

function isPrerelease(token: Token | undefined): boolean {
  return token?.kind === 'suffix' && suffixes.indexOf(token.value) < suffixes.indexOf('release');
}

function reasonFor(text: string): string {
  if (text === '') return 'it is empty';
  if (!/^[0-9]/.test(text)) return 'it does not start with a digit';
  const suffix = /_([a-z]*)/.exec(text)?.[1];
  if (suffix !== undefined && !(suffixes as readonly string[]).includes(suffix))
    return `"_${suffix}" is no suffix of apk`;
  return 'it is not digits{.digits}{letter}{_suffix{digits}}{~hash}{-rdigits}';
}
