export interface GoModule {
  readonly path: string;
  /** `v1.2.3`, or `(devel)` where nobody gave it a version. */
  readonly version: string;
  readonly main: boolean;
}

/** For a module that was built from a working tree. No advisory can be compared with it. */
export const develVersion = '(devel)';

const pathPattern = /^[A-Za-z0-9][A-Za-z0-9._~/+-]{0,511}$/;
const versionPattern = /^(?:\(devel\)|v[0-9][0-9A-Za-z.+~_-]{0,255})$/;

/**
 * The modules of a build (Go source, runtime/debug, BuildInfo.String: `mod` and `dep` lines of path, version and sum,
 * each perhaps followed by `=>` with what replaced it). A module that was replaced by a directory has no version that
 * anybody knows. Total.
 */
export function parseModuleLines(text: string): { modules: readonly GoModule[]; badLines: readonly string[] } {
  const modules: GoModule[] = [];
  const badLines: string[] = [];
  let last: GoModule | undefined;
  for (const line of text.split('\n')) {
    const [word, path = '', version = ''] = line.split('\t');
    if (word === '=>') {
      const replaced = last && replace(last, path, version);
      if (replaced) modules[modules.length - 1] = replaced;
      else badLines.push(line);
    } else if (word === 'mod' || word === 'dep') {
      last = undefined;
      const known = version === '' ? develVersion : version;
      if (!pathPattern.test(path) || !versionPattern.test(known)) badLines.push(line);
      else {
        last = { path, version: known, main: word === 'mod' };
        modules.push(last);
      }
    }
  }
  return { modules, badLines };
}

function replace(module: GoModule, path: string, version: string): GoModule | undefined {
  if (/^\.{0,2}\//.test(path) || path === '.' || path === '..') return { ...module, version: develVersion };
  const known = version === '' ? develVersion : version;
  if (!pathPattern.test(path) || !versionPattern.test(known)) return undefined;
  return { ...module, path, version: known };
}

/**
 * The version of the toolchain, and so of the standard library, as the Go vulnerability database writes it: `go1.22.3`
 * is `1.22.3`, `go1.20` is `1.20.0`, `go1.21rc2` is `1.21.0-rc.2`. What vendors append does not count; a development
 * version has no place in the order and is `(devel)`.
 */
export function standardLibraryVersion(goVersion: string): string {
  const match = /^go(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?:(rc|beta)(\d{1,6}))?(?![\d.])/.exec(goVersion);
  if (!match) return develVersion;
  const [, major, minor, patch = '0', kind, number] = match;
  return `${major}.${minor}.${patch}${kind ? `-${kind}.${number}` : ''}`;
}
