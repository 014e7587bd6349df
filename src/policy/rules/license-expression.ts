/** A license expression: an ID, or parts of which all or one must be taken. */
export type LicenseExpression =
  | { readonly id: string }
  | { readonly of: 'and' | 'or'; readonly parts: readonly LicenseExpression[] };

const deepest = 32;

/**
 * An SPDX license expression (SPDX 2.3, annex D): `MIT OR (GPL-2.0-only WITH Classpath-exception-2.0 AND BSD-3-Clause)`,
 * operators in either case. Undefined for what is none. An exception adds a permission, so it stays part of the ID.
 */
export function parseLicense(text: string): LicenseExpression | undefined {
  if (text.length > 2000) return undefined;
  const words = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const operator = (): string => (words[at] ?? '').toUpperCase();

  const chain = (of: 'and' | 'or', next: () => LicenseExpression | undefined): LicenseExpression | undefined => {
    const parts: LicenseExpression[] = [];
    for (;;) {
      const part = next();
      if (!part) return undefined;
      parts.push(part);
      if (operator() !== of.toUpperCase()) break;
      at++;
    }
    return parts.length === 1 ? parts[0] : { of, parts };
  };
  const either = (depth: number): LicenseExpression | undefined =>
    depth > deepest ? undefined : chain('or', () => chain('and', () => single(depth)));
  const single = (depth: number): LicenseExpression | undefined => {
    const word = words[at++];
    if (word === '(') {
      const inner = either(depth + 1);
      return words[at++] === ')' ? inner : undefined;
    }
    if (word === undefined || /^(?:\)|and|or|with)$/i.test(word) || !/^[\w.+:-]+$/.test(word)) return undefined;
    if (operator() !== 'WITH') return { id: word };
    const exception = words[at + 1];
    at += 2;
    return exception !== undefined && /^[\w.+:-]+$/.test(exception) ? { id: `${word} WITH ${exception}` } : undefined;
  };
  const expression = either(0);
  return at === words.length ? expression : undefined;
}

/** Whether the licenses can be chosen so that each that is taken is free to take. */
export function isSatisfied(expression: LicenseExpression, isFree: (id: string) => boolean): boolean {
  if ('id' in expression) return isFree(expression.id);
  const inner = (part: LicenseExpression): boolean => isSatisfied(part, isFree);
  return expression.of === 'and' ? expression.parts.every(inner) : expression.parts.some(inner);
}
