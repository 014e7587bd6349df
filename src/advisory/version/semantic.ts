import { compareDigits, compareText, type Ordering } from './version-order.ts';

/** Identifiers of a pre-release, or of a build, as Semantic Versioning 2.0 writes them: for use in a pattern. */
export const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';

/** The identifiers of a pre-release, none where it is absent; undefined where a number among them has a leading zero. */
export function parsePrerelease(text: string | undefined): readonly string[] | undefined {
  const parts = text?.split('.') ?? [];
  return parts.some((part) => /^0[0-9]+$/.test(part)) ? undefined : parts;
}

/** Semantic Versioning 2.0, section 11: a release, which has none, comes after its pre-releases. */
export function comparePrerelease(
  a: readonly string[],
  b: readonly string[],
  compare: (x: string, y: string) => Ordering = compareIdentifiers,
): Ordering {
  if (a.length === 0 || b.length === 0) return a.length === b.length ? 0 : a.length === 0 ? 1 : -1;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compare(a[i] as string, b[i] as string);
    if (order !== 0) return order;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

function compareIdentifiers(a: string, b: string): Ordering {
  const numericA = /^[0-9]+$/.test(a);
  const numericB = /^[0-9]+$/.test(b);
  if (numericA && numericB) return compareDigits(a, b);
  if (numericA !== numericB) return numericA ? -1 : 1;
  return compareText(a, b);
}
