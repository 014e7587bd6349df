import { comparePrerelease, identifiers, parsePrerelease } from './semantic.ts';
import { badVersion } from './version-error.ts';
import { compareDigits, type VersionOrder } from './version-order.ts';

interface GoVersion {
  readonly core: readonly [major: string, minor: string, patch: string];
  /** Empty for a release. */
  readonly prerelease: readonly string[];
}

const number = '(0|[1-9][0-9]*)';
const module = new RegExp(
  `^v?${number}(?:\\.${number}(?:\\.${number}(?:-(${identifiers}))?(?:\\+${identifiers})?)?)?$`,
);
const toolchain = new RegExp(`^go${number}(?:\\.${number}(?:\\.${number})?(?:([a-z]+)${number}?)?)?(?:-.*)?$`);

/**
 * Versions of Go modules: golang.org/x/mod/semver, with the leading `v` optional as in advisories; `v1` and `v1.2` are
 * short for `v1.0.0` and `v1.2.0`, and what follows `+` (`+incompatible`) does not count.
 *
 * Versions of the toolchain and its standard library, `go1.21rc2`, in the order of the package go/version, and beside
 * the semantic versions by which the Go vulnerability database writes them (`go1.21rc2` is `1.21.0-rc.2`).
 */
export const golangOrder: VersionOrder<GoVersion> = {
  parse: (text) => (text.startsWith('go') ? parseToolchain(text) : parseModule(text)),

  compare(a, b) {
    for (let i = 0; i < 3; i++) {
      const order = compareDigits(a.core[i] as string, b.core[i] as string);
      if (order !== 0) return order;
    }
    return comparePrerelease(a.prerelease, b.prerelease);
  },
};

function parseModule(text: string): GoVersion {
  const match = module.exec(text);
  if (!match) {
    if (text === '') throw badVersion('golang', text, 'it is empty');
    throw badVersion('golang', text, 'it is not vMAJOR.MINOR.PATCH, with -PRERELEASE and +BUILD where there are any');
  }
  const [, major = '', minor = '0', patch = '0'] = match;
  const prerelease = parsePrerelease(match[4]);
  if (!prerelease) throw badVersion('golang', text, 'a number of its pre-release has a leading zero');
  return { core: [major, minor, patch], prerelease };
}

/**
 * The order of go/version in terms of pre-releases: the language version `go1.21` (from 1.21 on) comes before all of
 * them, then `go1.21rc1`, then `go1.21.0rc1` (`~` is above every letter), then `go1.21.0`.
 */
function parseToolchain(text: string): GoVersion {
  const match = toolchain.exec(text);
  if (!match) throw badVersion('golang', text, 'it is not goMAJOR.MINOR.PATCH or goMAJOR.MINORrcN');
  const [, major = '', minor, patch, kind, count] = match;
  const core = [major, minor ?? '0', patch ?? '0'] as const;
  if (kind === undefined) {
    const isLanguage = minor !== undefined && patch === undefined && compareDigits(minor, '21') >= 0;
    return { core, prerelease: isLanguage ? ['0'] : [] };
  }
  return { core, prerelease: [patch === undefined ? kind : `~${kind}`, ...(count === undefined ? [] : [count])] };
}
