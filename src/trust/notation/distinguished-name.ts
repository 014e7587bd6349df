import { derOid, derParts, derTag, readDer } from './der.ts';

/** Attributes of a distinguished name in its order. Types are upper-case words, or numbers in dots where none is known. */
export type DistinguishedName = readonly { readonly type: string; readonly value: string }[];

/** RFC 4514 section 3, and those that people write. */
const attributeTypes: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.17': 'POSTALCODE',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'EMAILADDRESS',
};

/** An encoded Name (RFC 5280 section 4.1.2.4), or undefined where it is none or holds text that cannot be read. */
export function parseName(der: Uint8Array): DistinguishedName | undefined {
  const sets = derParts(readDer(der, derTag.sequence), derTag.sequence);
  if (sets === undefined) return undefined;
  const name: { type: string; value: string }[] = [];
  for (const set of sets) {
    const attributes = derParts(set, derTag.set);
    if (attributes === undefined || attributes.length === 0) return undefined;
    for (const attribute of attributes) {
      const parts = derParts(attribute, derTag.sequence);
      const oid = derOid(parts?.[0]);
      const text = parts?.[1] && readText(parts[1].tag, parts[1].content);
      if (oid === undefined || text === undefined || parts?.length !== 2) return undefined;
      name.push({ type: attributeTypes[oid] ?? oid, value: text });
    }
  }
  return name;
}

/** UTF8String, PrintableString, IA5String, BMPString: what a name of this century is written in. */
function readText(tag: number, content: Uint8Array): string | undefined {
  const charset = tag === 0x1e ? 'utf-16be' : [0x0c, 0x13, 0x16].includes(tag) ? 'utf-8' : undefined;
  if (charset === undefined) return undefined;
  try {
    // A byte order mark is a letter of the name like any other.
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** As an identity of a trust policy is written, so that it can be put into one. */
export function formatName(name: DistinguishedName): string {
  return name.map(({ type, value }) => `${type}=${escapeValue(value)}`).join(', ');
}

function escapeValue(value: string): string {
  return (
    value
      .replace(/[\\,;+"]/g, '\\$&')
      .replace(/^ | $/g, '\\$&')
      // What a terminal or a log would take for an order is written as its bytes.
      .replace(/\p{C}/gu, (letter) => Buffer.from(letter).toString('hex').replace(/../g, '\\$&'))
  );
}

/**
 * The name behind `x509.subject:` of a trusted identity, as attributes by type; or undefined. Country, state and
 * organization are required, no attribute may occur twice, and a value with more than one attribute (`+`) is not
 * provided for (trust store and trust policy specification, "Trusted Identities Constraints").
 */
export function parseIdentity(text: string): ReadonlyMap<string, string> | undefined {
  const prefix = 'x509.subject:';
  if (!text.startsWith(prefix)) return undefined;
  const identity = new Map<string, string>();
  const attribute =
    /\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=\s*((?:\\(?:[\da-fA-F]{2}|[^\da-fA-F])|[^\\,;+"])*)(,|$)/y;
  const rest = text.slice(prefix.length);
  let at = 0;
  while (at < rest.length) {
    attribute.lastIndex = at;
    const match = attribute.exec(rest);
    if (match === null) return undefined;
    at = attribute.lastIndex;
    const [, word = '', raw = '', end] = match;
    if (end === ',' && at === rest.length) return undefined;
    const value = unescapeValue(raw);
    const type = word.toUpperCase() === 'S' ? 'ST' : word.toUpperCase();
    if (value === undefined || value === '' || identity.has(type)) return undefined;
    identity.set(type, value);
  }
  return ['C', 'ST', 'O'].every((type) => identity.has(type)) ? identity : undefined;
}

function unescapeValue(raw: string): string | undefined {
  // Spaces around a value do not belong to it, unless one is escaped.
  const trimmed = raw.replace(/(?<!\\) +$/, '').replace(/^ +/, '');
  const bytes: Buffer[] = [];
  for (const [piece] of trimmed.matchAll(/\\[\da-fA-F]{2}|\\?[^]/gu))
    bytes.push(
      /^\\[\da-fA-F]{2}$/.test(piece)
        ? Buffer.from(piece.slice(1), 'hex')
        : Buffer.from(piece.replace(/^\\(?=[^])/, '')),
    );
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes));
  } catch {
    return undefined;
  }
}

/** Whether the name has every attribute of the identity, once, with the same value to the letter. */
export function matchesIdentity(name: DistinguishedName, identity: ReadonlyMap<string, string>): boolean {
  return [...identity].every(([type, value]) => {
    const found = name.filter((attribute) => attribute.type === type);
    return found.length === 1 && found[0]?.value === value;
  });
}
