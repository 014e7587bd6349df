import { badVersion } from './version-error.ts';
import { compareDigits, compareText, type Ordering, type VersionOrder } from './version-order.ts';

interface RpmVersion {
  readonly epoch: string;
  readonly version: readonly Token[];
  /** Absent is older than any, as it is where a dependency leaves it out. */
  readonly release: readonly Token[] | undefined;
}

/** `~`, `^`, a run of digits, or a run of letters. */
type Token = string;

/** `~` sorts before the end, `^` right after it, then letters, then digits. */
const kinds = ['tilde', 'end', 'caret', 'letters', 'digits'] as const;

/**
 * Versions of RPM packages, `[EPOCH:]VERSION[-RELEASE]`: accepts what rpmbuild 4.18 does in a dependency (checkSep,
 * checkEpoch and rpmCharCheck in build/), except for an empty text; orders as rpm.vercmp, that is rpmvercmp of each part
 * (lib/rpmver.c, lib/rpmvercmp.c). Characters that part its runs do not count: `1.2` equals `1_2`.
 */
export const rpmOrder: VersionOrder<RpmVersion> = {
  parse(text) {
    const refuse = (reason: string) => badVersion('rpm', text, reason);
    if (text === '') throw refuse('it is empty');
    if (!/^[-0-9A-Za-z._+~^:%{}]+$/.test(text)) throw refuse('only letters, digits and . _ + ~ ^ - : may be in it');
    if (text.includes('..')) throw refuse('it has two dots in a row');
    const colon = text.indexOf(':');
    const hyphen = text.indexOf('-');
    if (colon !== text.lastIndexOf(':')) throw refuse('it has more than one colon');
    if (hyphen !== text.lastIndexOf('-')) throw refuse('it has more than one hyphen');
    const epoch = text.slice(0, Math.max(colon, 0));
    if (!/^[0-9]*$/.test(epoch)) throw refuse('the epoch before the colon is not a number');
    return {
      epoch,
      version: tokensOf(text.slice(colon + 1, hyphen < 0 ? undefined : hyphen)),
      release: hyphen < 0 ? undefined : tokensOf(text.slice(hyphen + 1)),
    };
  },

  compare(a, b) {
    return (
      compareDigits(a.epoch, b.epoch) || compareTokens(a.version, b.version) || compareReleases(a.release, b.release)
    );
  },
};

function tokensOf(text: string): readonly Token[] {
  return text.match(/[~^]|[0-9]+|[A-Za-z]+/g) ?? [];
}

function compareReleases(a: readonly Token[] | undefined, b: readonly Token[] | undefined): Ordering {
  if (!a || !b) return a === b ? 0 : a ? 1 : -1;
  return compareTokens(a, b);
}

function compareTokens(a: readonly Token[], b: readonly Token[]): Ordering {
  for (let i = 0; i < a.length || i < b.length; i++) {
    const order = compareToken(a[i], b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareToken(a: Token | undefined, b: Token | undefined): Ordering {
  const kind = kindOf(a);
  const difference = kinds.indexOf(kind) - kinds.indexOf(kindOf(b));
  if (difference !== 0) return difference < 0 ? -1 : 1;
  return kind === 'digits' ? compareDigits(a as Token, b as Token) : compareText(a ?? '', b ?? '');
}

function kindOf(token: Token | undefined): (typeof kinds)[number] {
  if (token === undefined) return 'end';
  if (token === '~') return 'tilde';
  if (token === '^') return 'caret';
  return /^[0-9]/.test(token) ? 'digits' : 'letters';
}
