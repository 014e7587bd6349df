import { unsharedParts } from './unshared-parts.ts';

/**
 * Gives a function that says which texts at least so many of a list have. It takes the time of what is not in the list that it was
 * asked about before; the answer is of the list alone. What is in a list is in it once, and always has the same texts.
 */
export function createTextFinder<Item>(
  least: number,
  textsOf: (item: Item) => readonly string[],
): (items: readonly Item[]) => ReadonlySet<string> {
  let last: readonly Item[] = [];
  const counts = new Map<string, number>();
  let common: ReadonlySet<string> = new Set();

  function count(text: string, more: number): void {
    const now = (counts.get(text) ?? 0) + more;
    if (now === 0) counts.delete(text);
    else counts.set(text, now);
    if (now >= least === common.has(text)) return;
    // Who asked before keeps the answer.
    common = new Set(now >= least ? [...common, text] : [...common].filter((other) => other !== text));
  }

  return (items) => {
    const { gone, fresh } = unsharedParts(last, items);
    last = items;
    for (const item of gone) for (const text of textsOf(item)) count(text, -1);
    for (const item of fresh) for (const text of textsOf(item)) count(text, 1);
    return common;
  };
}
