import { comparePrerelease, identifiers, parsePrerelease } from './semantic.ts';
import { badVersion } from './version-error.ts';
import { compareText, type Ordering, type VersionOrder } from './version-order.ts';

interface NugetVersion {
  readonly numbers: readonly [major: number, minor: number, patch: number, revision: number];
  /** In lower case; empty for a release. */
  readonly prerelease: readonly string[];
}

const grammar = new RegExp(`^([0-9.\\s]+)(?:-(${identifiers}))?(?:\\+${identifiers})?$`);
const largest = 2 ** 31 - 1;

/**
 * Versions of NuGet packages, as NuGetVersion of NuGet.Versioning 6 reads and VersionComparer.Default orders them: one to
 * four numbers, which may have leading zeros and blanks around them, then pre-release and build of Semantic Versioning
 * 2.0. Letter case and build metadata do not count. A number of the pre-release that is larger than 2^31-1 is a word.
 */
export const nugetOrder: VersionOrder<NugetVersion> = {
  parse(text) {
    const refuse = (reason: string) => badVersion('nuget', text, reason);
    const trimmed = text.trim();
    if (trimmed === '') throw refuse('it is empty');
    const match = grammar.exec(trimmed);
    if (!match) throw refuse('it is not one to four numbers, with -PRERELEASE and +BUILD where there are any');
    const parts = (match[1] as string).split('.').map((part) => part.trim());
    if (parts.length > 4) throw refuse('it has more than four numbers');
    if (!parts.every((part) => /^[0-9]+$/.test(part))) throw refuse('a number is missing, or broken by a blank');
    const [major = 0, minor = 0, patch = 0, revision = 0] = parts.map(Number);
    const numbers = [major, minor, patch, revision] as const;
    if (numbers.some((number) => number > largest)) throw refuse(`a number is larger than ${largest}`);
    const prerelease = parsePrerelease(match[2]?.toLowerCase());
    if (!prerelease) throw refuse('a number of its pre-release has a leading zero');
    return { numbers, prerelease };
  },

  compare(a, b) {
    for (let i = 0; i < 4; i++) {
      const difference = (a.numbers[i] as number) - (b.numbers[i] as number);
      if (difference !== 0) return difference < 0 ? -1 : 1;
    }
    return comparePrerelease(a.prerelease, b.prerelease, compareLabels);
  },
};

function compareLabels(a: string, b: string): Ordering {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) return Math.sign(x - y) as Ordering;
  if (x !== undefined || y !== undefined) return x !== undefined ? -1 : 1;
  return compareText(a, b);
}

/** What .NET takes for a 32-bit number, which a hyphen makes negative. */
function numberOf(label: string): number | undefined {
  if (!/^-?[0-9]+$/.test(label)) return undefined;
  const number = Number(label);
  return number > largest || number < -largest - 1 ? undefined : number;
}
