/** Tells in a few look-ups whether a path is wanted. */
export type WantedMatcher = (path: string) => boolean;

/**
 * Compiles the patterns of WantedFiles. Matching is case-sensitive. Throws TypeError for a form that is not one of the
 * four, because that is a mistake in a cataloger.
 */
export function compileWanted(patterns: readonly string[]): WantedMatcher {
  const exact = new Set<string>();
  const directories = new Set<string>();
  const baseNames = new Set<string>();
  /** By base name: what the name of its directory must end with. */
  const parentSuffixes = new Map<string, string[]>();
  /** `**` + `/*.jar`: what a base name ends with, by its last character. */
  const nameSuffixes: string[] = [];
  for (const pattern of patterns) {
    const deep = pattern.startsWith('**/');
    const rest = deep ? pattern.slice(3) : pattern;
    const parts = rest.split('/');
    const last = parts.at(-1) as string;
    const stars = rest.split('*').length - 1;
    if (!deep && pattern.startsWith('/') && stars === 0) exact.add(pattern);
    else if (!deep && pattern.startsWith('/') && stars === 1 && last === '*') directories.add(pattern.slice(0, -2));
    else if (deep && parts.length === 1 && stars === 0) baseNames.add(last);
    else if (deep && parts.length === 1 && stars === 1 && last.startsWith('*')) nameSuffixes.push(last.slice(1));
    else if (deep && parts.length === 2 && (stars === 0 || (stars === 1 && rest.startsWith('*')))) {
      const suffixes = parentSuffixes.get(last) ?? [];
      suffixes.push(stars === 0 ? `/${parts[0]}` : (parts[0] as string).slice(1));
      parentSuffixes.set(last, suffixes);
    } else throw new TypeError(`"${pattern}" is not a pattern of wanted files`);
  }
  const lastCharacters = new Uint8Array(65536);
  for (const name of [...baseNames, ...parentSuffixes.keys(), ...nameSuffixes])
    lastCharacters[name.charCodeAt(name.length - 1)] = 1;

  return (path) => {
    if (exact.has(path)) return true;
    const slash = path.lastIndexOf('/');
    if (directories.size > 0 && directories.has(path.slice(0, slash))) return true;
    if (lastCharacters[path.charCodeAt(path.length - 1)] === 0) return false;
    const base = path.slice(slash + 1);
    if (baseNames.has(base)) return true;
    for (const suffix of nameSuffixes) if (base.endsWith(suffix)) return true;
    const suffixes = parentSuffixes.get(base);
    if (suffixes === undefined) return false;
    const parent = path.slice(0, slash);
    return suffixes.some((suffix) => parent.endsWith(suffix));
  };
}

/** The exact paths and the directories among the patterns: where to look without walking. */
export function placesOfWanted(patterns: readonly string[]): {
  files: readonly string[];
  directories: readonly string[];
} {
  const plain = patterns.filter((pattern) => pattern.startsWith('/'));
  return {
    files: plain.filter((pattern) => !pattern.endsWith('/*')),
    directories: plain.filter((pattern) => pattern.endsWith('/*')).map((pattern) => pattern.slice(0, -2)),
  };
}
