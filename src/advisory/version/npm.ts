import type { SemVer } from 'semver';
import { lazyLibrary } from '../../base/index.ts';
import { badVersion } from './version-error.ts';
import type { VersionOrder } from './version-order.ts';

const semver = lazyLibrary<typeof import('semver')>('semver');

/**
 * Versions of npm packages: Semantic Versioning 2.0 as node-semver reads it when strict, which allows a leading `v` and
 * surrounding white space. Build metadata does not count.
 */
export const npmOrder: VersionOrder<SemVer> = {
  parse(text) {
    try {
      return new (semver().SemVer)(text);
    } catch (error) {
      if (error instanceof TypeError) throw badVersion('npm', text, reasonFor(text));
      throw error;
    }
  },
  compare: (a, b) => a.compare(b),
};

function reasonFor(text: string): string {
  const core = /^v?(\d+)\.(\d+)\.(\d+)(.*)$/s.exec(text.trim());
  if (text.trim() === '') return 'it is empty';
  if (!core) return 'it does not start with three numbers, MAJOR.MINOR.PATCH';
  const numbers = core.slice(1, 4);
  if (numbers.some((number) => /^0\d/.test(number))) return 'a number has a leading zero';
  if (numbers.some((number) => Number(number) > Number.MAX_SAFE_INTEGER)) return 'a number is too large';
  return 'what follows the three numbers is neither -PRERELEASE nor +BUILD of identifiers parted by dots';
}
