export interface PackageUrlParts {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
}

/**
 * The canonical package URL (ECMA-427, "Character encoding"): everything but letters, digits, `.-_~` and the colon is
 * percent-encoded, qualifiers are sorted and those without a value left out. The caller has put the name into the
 * canonical form of its type. Written here because packageurl-js 2.0.1 leaves plus signs and parentheses as they are,
 * and a component is told apart by this very text.
 */
export function formatPackageUrl(parts: PackageUrlParts): string {
  const namespace = parts.namespace ? `${parts.namespace.split('/').map(encode).join('/')}/` : '';
  const version = parts.version ? `@${encode(parts.version)}` : '';
  const qualifiers = Object.entries(parts.qualifiers ?? {})
    .filter((pair): pair is [string, string] => Boolean(pair[1]))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`);
  const query = qualifiers.length > 0 ? `?${qualifiers.join('&')}` : '';
  return `pkg:${parts.type}/${namespace}${encode(parts.name)}${version}${query}`;
}

function encode(text: string): string {
  if (/^[A-Za-z0-9.\-_~:]*$/.test(text)) return text;
  // A lone surrogate has no UTF-8, and encodeURIComponent throws on it.
  return encodeURIComponent(text.toWellFormed())
    .replace(/%3A/g, ':')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
