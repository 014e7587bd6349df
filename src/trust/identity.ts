import { TrustError } from './trust-error.ts';

/**
 * Who must have signed. Texts are exact, letter for letter; only what is called a pattern is one: `*` stands for any
 * characters but `/`, `**` for any at all, and everything else for itself, from the first to the last character.
 */
export interface ExpectedIdentity {
  readonly subject?: string;
  readonly subjectPattern?: string;
  readonly issuer?: string;
  readonly issuerPattern?: string;
}

const maxPatternLength = 1024;

/** Whether the two names are those that are expected. An expectation that names nothing holds for nobody. */
export function identityMatches(expected: ExpectedIdentity, subject: string, issuer: string | undefined): boolean {
  const { subject: exactSubject, subjectPattern, issuer: exactIssuer, issuerPattern } = expected;
  if (exactSubject === undefined && subjectPattern === undefined) return false;
  if (exactIssuer === undefined && issuerPattern === undefined) return false;
  if (exactSubject !== undefined && exactSubject !== subject) return false;
  if (exactIssuer !== undefined && exactIssuer !== issuer) return false;
  if (subjectPattern !== undefined && !compileIdentityPattern(subjectPattern).test(subject)) return false;
  return issuerPattern === undefined || (issuer !== undefined && compileIdentityPattern(issuerPattern).test(issuer));
}

/**
 * A pattern that cannot take long and cannot match too much: no part of it is a regular expression. Throws TrustError
 * `bad-identity` where it would match everything, which is never meant.
 */
export function compileIdentityPattern(pattern: string): { test(text: string): boolean } {
  if (pattern.length > maxPatternLength || !/[^*\s]/.test(pattern)) {
    throw new TrustError('bad-identity', `"${pattern.slice(0, 80)}" is no pattern of an identity`, {
      remedy:
        'Write the whole identity, with * for what may vary: https://github.com/acme/*/.github/workflows/release.yml@**',
    });
  }
  const parts = pattern.match(/\*\*|\*|[^*]+/g) ?? [];
  return { test: (text) => matchParts(parts, text) };
}

/** Dynamic programming over positions: quadratic at worst, whatever the pattern. */
function matchParts(parts: readonly string[], text: string): boolean {
  let ends = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    for (const start of ends) {
      if (part === '**') for (let end = start; end <= text.length; end++) next.add(end);
      else if (part === '*') {
        next.add(start);
        for (let end = start; end < text.length && text[end] !== '/'; end++) next.add(end + 1);
      } else if (text.startsWith(part, start)) next.add(start + part.length);
    }
    ends = next;
  }
  return ends.has(text.length);
}

export function describeIdentity({ subject, subjectPattern, issuer, issuerPattern }: ExpectedIdentity): string {
  return `${subject ?? subjectPattern ?? 'nobody'} by ${issuer ?? issuerPattern ?? 'no issuer'}`;
}
