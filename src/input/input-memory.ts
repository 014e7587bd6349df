import { hash, randomBytes } from 'node:crypto';

/**
 * What looking into values gave, of those that were met before: engines and clusters start the same again and again with one
 * value changed. It knows values by digests under a key of its own, so that nothing that was passed is kept.
 */
export interface InputMemory {
  /** `words`: everything that `look` goes by. What it gives holds nothing of a value. */
  recall<Found>(words: string, look: () => Found): Found;
}

/** In two halves; the older one goes when the younger is full, but for what was met since. */
const mostOfHalf = 4096;

/** For looks with the same patterns: whoever looks by others has a memory of their own. */
export function createInputMemory(): InputMemory {
  const key = randomBytes(32).toString('base64');
  let young = new Map<string, unknown>();
  let old = young;
  return {
    recall<Found>(words: string, look: () => Found): Found {
      const name = hash('sha256', key + words, 'base64');
      const known = young.get(name) ?? old.get(name);
      const found = known ?? look();
      if (young.size >= mostOfHalf) [old, young] = [young, new Map()];
      young.set(name, found);
      return found as Found;
    },
  };
}
