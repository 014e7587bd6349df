import { comparePrerelease, identifiers, parsePrerelease } from './semantic.ts';
import { badVersion } from './version-error.ts';
import { compareDigits, type VersionOrder } from './version-order.ts';

interface CargoVersion {
  readonly core: readonly [major: string, minor: string, patch: string];
  /** Empty for a release. */
  readonly prerelease: readonly string[];
}

const number = '(0|[1-9][0-9]*)';
const grammar = new RegExp(`^${number}\\.${number}\\.${number}(?:-(${identifiers}))?(?:\\+${identifiers})?$`);
const largest = 2n ** 64n - 1n;

/**
 * Versions of Rust crates: Semantic Versioning 2.0 as the crate semver 1.0 reads it, without a leading `v`, each number at
 * most 2^64-1. Ordered by precedence (Version::cmp_precedence), in which build metadata does not count.
 */
export const cargoOrder: VersionOrder<CargoVersion> = {
  parse(text) {
    const match = grammar.exec(text);
    if (!match) throw badVersion('cargo', text, reasonFor(text));
    const [, major = '', minor = '', patch = ''] = match;
    const core = [major, minor, patch] as const;
    if (core.some((part) => BigInt(part) > largest)) throw badVersion('cargo', text, 'a number is too large');
    const prerelease = parsePrerelease(match[4]);
    if (!prerelease) throw badVersion('cargo', text, 'a number of its pre-release has a leading zero');
    return { core, prerelease };
  },

  compare(a, b) {
    for (let i = 0; i < 3; i++) {
      const order = compareDigits(a.core[i] as string, b.core[i] as string);
      if (order !== 0) return order;
    }
    return comparePrerelease(a.prerelease, b.prerelease);
  },
};

function reasonFor(text: string): string {
  if (text === '') return 'it is empty';
  if (/(?:^|\.)0[0-9]/.test(text.replace(/[-+].*$/s, ''))) return 'a number has a leading zero';
  return 'it is not MAJOR.MINOR.PATCH, with -PRERELEASE and +BUILD where there are any';
}
