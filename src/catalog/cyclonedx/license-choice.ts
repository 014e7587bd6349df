import { lazyLibrary } from '../../base/index.ts';

const spdx = lazyLibrary<typeof import('@cyclonedx/cyclonedx-library/SPDX')>('@cyclonedx/cyclonedx-library/SPDX');

/** What CycloneDX 1.6 takes for `licenses`: one SPDX expression, or any number of IDs and names. */
export type LicenseChoice =
  | readonly [{ readonly expression: string }]
  | readonly { readonly license: { readonly id: string } | { readonly name: string } }[];

/** Licenses as packages state them, as SPDX where they are; Debian's `GPL-2+` and other own words stay names. */
export function licenseChoice(licenses: readonly string[]): LicenseChoice {
  const [only] = licenses;
  if (licenses.length === 1 && only !== undefined && only.includes(' ') && isSpdxExpression(only))
    return [{ expression: only }];
  const known = licenses.map((text) => spdxIdOf(text) ?? text);
  return [...new Set(known)].map((text) => ({
    license: spdx().isSupportedSpdxId(text) ? { id: text } : { name: text },
  }));
}

/**
 * The ID of the SPDX license list that a text is, in whatever case. The library's own look-up gives members of objects for
 * texts such as `__proto__`.
 */
export function spdxIdOf(text: string): string | undefined {
  if (spdx().isSupportedSpdxId(text)) return text;
  const id: unknown = spdx().fixupSpdxId(text);
  return typeof id === 'string' ? id : undefined;
}

const deepest = 50;

/** SPDX license expressions (SPDX 2.3, annex D) over known license and exception IDs. Total; nesting is bounded. */
export function isSpdxExpression(text: string): boolean {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;

  function operand(depth: number): boolean {
    if (tokens[at] === '(') {
      if (depth > deepest) return false;
      at++;
      return expression(depth + 1) && tokens[at++] === ')';
    }
    if (!isLicense(tokens[at++] ?? '')) return false;
    if (tokens[at] !== 'WITH') return true;
    at++;
    return spdx().isSupportedSpdxId(tokens[at++] ?? '');
  }
  function expression(depth: number): boolean {
    if (!operand(depth)) return false;
    while (tokens[at] === 'AND' || tokens[at] === 'OR') {
      at++;
      if (!operand(depth)) return false;
    }
    return true;
  }
  return expression(0) && at === tokens.length;
}

function isLicense(token: string): boolean {
  const withoutPlus = token.replace(/\+$/, '');
  return (
    spdx().isSupportedSpdxId(token) ||
    spdx().isSupportedSpdxId(withoutPlus) ||
    /^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/.test(token)
  );
}
