/** Where to look for a pattern. */
export interface Anchor {
  /** Stands in every match. */
  readonly anchor: string;
  /** How many characters of a match come before it at most. */
  readonly lead: number;
}

/**
 * The matches of a sticky pattern, as `matchAll` would give them, tried only where the anchor stands: a search for a short text
 * is many times faster than one for a pattern. Takes time in proportion to the text where the pattern is bounded.
 */
export function* anchoredMatches(text: string, { anchor, lead }: Anchor, pattern: RegExp): Generator<RegExpExecArray> {
  let end = 0;
  for (let at = text.indexOf(anchor); at >= 0; at = text.indexOf(anchor, Math.max(at + 1, end))) {
    for (let start = Math.max(end, at - lead); start <= at; start++) {
      pattern.lastIndex = start;
      const match = pattern.exec(text);
      if (!match) continue;
      yield match;
      end = start + match[0].length;
      break;
    }
  }
}

/** Whether a sticky pattern that begins with the anchor is anywhere in the text. */
export function hasMatch(text: string, anchor: string, pattern: RegExp): boolean {
  return !anchoredMatches(text, { anchor, lead: 0 }, pattern).next().done;
}
