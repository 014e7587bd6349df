/**
 * Tells who wants a path, for those patterns of WantedFiles that have a star, in a few comparisons: it is asked once
 * for every file of an image. Throws TypeError for a form that is none of theirs: a mistake in a cataloger.
 */
export function compileWantedIndex<Owner>(
  wanted: readonly { readonly pattern: string; readonly owner: Owner }[],
): (path: string) => readonly Owner[] {
  const directories: Ending<Owner>[] = [];
  const byName = new Map<string, Ending<Owner>[]>();
  const byEnding: Ending<Owner>[] = [];
  /** The last two characters of every name and ending: few files have such. */
  const lastCharacters = new Set<number>();
  for (const { pattern, owner } of wanted) {
    const [, deep, first, last] = /^(\*\*)?(?:\/([^/]*))?\/([^/]*)$/.exec(pattern) ?? [];
    if (pattern.startsWith('/') && pattern.endsWith('/*') && isPlain(pattern.slice(0, -1)))
      directories.push({ text: pattern.slice(0, -1), owner });
    else if (deep && last && isPlain(last) && first === undefined) push(byName, last, { text: '', owner });
    else if (deep && last && isPlain(last) && first !== undefined && isPlain(first.replace(/^\*/, '')))
      push(byName, last, { text: first.startsWith('*') ? first.slice(1) : `/${first}`, owner });
    else if (deep && first === undefined && last && /^\*[^*]{2,}$/.test(last))
      byEnding.push({ text: last.slice(1), owner });
    else throw new TypeError(`"${pattern}" is not a pattern of wanted files`);
  }
  for (const name of byName.keys()) lastCharacters.add(lastTwo(`/${name}`));
  for (const { text } of byEnding) lastCharacters.add(lastTwo(text));

  return (path) => {
    const isCandidate = lastCharacters.has(lastTwo(path));
    if (!isCandidate && !directories.some(({ text }) => path.startsWith(text))) return none;
    const owners = new Set<Owner>();
    const slash = path.lastIndexOf('/');
    for (const { text, owner } of directories)
      if (path.startsWith(text) && slash === text.length - 1) owners.add(owner);
    for (const { text, owner } of byName.get(path.slice(slash + 1)) ?? [])
      if (path.endsWith(text, slash)) owners.add(owner);
    for (const { text, owner } of byEnding)
      if (path.endsWith(text) && path.length - text.length > slash) owners.add(owner);
    return [...owners];
  };
}

interface Ending<Owner> {
  readonly text: string;
  readonly owner: Owner;
}

const none: readonly never[] = [];

function lastTwo(text: string): number {
  return text.charCodeAt(text.length - 2) * 0x10000 + text.charCodeAt(text.length - 1);
}

function isPlain(text: string): boolean {
  return text.length > 0 && !text.includes('*');
}

function push<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const items = map.get(key);
  if (items) items.push(item);
  else map.set(key, [item]);
}
