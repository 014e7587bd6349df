import type { X509Certificate } from 'node:crypto';
import { parseCertificate } from './certificate.ts';
import { isIssuedBy } from './certificate-requirements.ts';
import { sameBytes } from './der.ts';
import { parseIdentity } from './distinguished-name.ts';

export type TrustStoreType = 'ca' | 'signingAuthority' | 'tsa';

/** Whom to believe (Notary Project trust store and trust policy specification, "Trust Store", "Trusted Identities"). */
export interface NotationTrust {
  /** Root certificates, by named store. What counts is the type that the signing scheme asks for. */
  readonly stores: readonly {
    readonly name: string;
    readonly type: TrustStoreType;
    readonly certificates: readonly X509Certificate[];
  }[];
  /** `*`, or names such as `x509.subject: C=US, ST=WA, O=example`: who has all of these attributes is trusted. */
  readonly identities: readonly string[];
}

/** Trust as somebody configured it, or what is wrong with it: a mistake must not end in trusting nobody, silently. */
export function parseNotationTrust(
  stores: readonly { readonly name: string; readonly type: TrustStoreType; readonly certificates: string }[],
  identities: readonly string[],
): NotationTrust | { readonly reason: string } {
  const parsed: NotationTrust['stores'][number][] = [];
  for (const { name, type, certificates: pem } of stores) {
    const certificates = parsePem(pem);
    if (typeof certificates === 'string') return { reason: `trust store ${type}:${name}: ${certificates}` };
    if (parsed.some((other) => other.name === name && other.type === type))
      return { reason: `trust store ${type}:${name} is there twice` };
    parsed.push({ name, type, certificates });
  }
  if (parsed.every(({ type }) => type === 'tsa'))
    return { reason: 'a trust store of type ca or signingAuthority is required' };
  const reason = findBadIdentity(identities);
  return reason === undefined ? { stores: parsed, identities } : { reason };
}

function parsePem(pem: string): readonly X509Certificate[] | string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const begun = pem.split('-----BEGIN ').length - 1;
  if (blocks.length === 0 || blocks.length !== begun) return 'expected certificates in PEM and nothing else';
  const certificates: X509Certificate[] = [];
  for (const block of blocks) {
    const certificate = parseCertificate(Buffer.from(block.replace(/-----[A-Z ]+-----/g, ''), 'base64'));
    if (certificate === undefined) return `certificate ${certificates.length + 1} cannot be read`;
    // An intermediate would pin what its authority rotates; the specification advises against it, and it would trust
    // less than whoever put it there believes.
    if (!sameBytes(certificate.subject, certificate.issuer) || !isIssuedBy(certificate, certificate))
      return `certificate ${certificates.length + 1} is not a root`;
    certificates.push(certificate.x509);
  }
  return certificates;
}

/** "Trusted Identities Constraints". Two overlap where whoever has the one has the other: the narrower says nothing. */
function findBadIdentity(identities: readonly string[]): string | undefined {
  if (identities.length === 0) return 'a trusted identity is required';
  if (identities.includes('*')) return identities.length === 1 ? undefined : 'the identity * must stand alone';
  const names: ReadonlyMap<string, string>[] = [];
  for (const identity of identities) {
    const name = parseIdentity(identity);
    if (name === undefined)
      return `not an identity, expected x509.subject: with at least C, ST and O, each attribute once: ${identity}`;
    if (names.some((other) => includes(name, other) || includes(other, name)))
      return `the identity overlaps with another: ${identity}`;
    names.push(name);
  }
  return undefined;
}

function includes(name: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return [...other].every(([type, value]) => name.get(type) === value);
}
