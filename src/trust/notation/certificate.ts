import { type KeyObject, X509Certificate } from 'node:crypto';
import { type DerValue, derBits, derBoolean, derNumber, derOid, derParts, derTag, readDer } from './der.ts';

/** What of an X.509 certificate decides whether it may sign (RFC 5280 section 4.1). */
export interface Certificate {
  readonly x509: X509Certificate;
  readonly key: KeyObject;
  /** Names and serial number as they are encoded: compared byte for byte, never as text. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly serialNumber: Uint8Array;
  /** With its parameters; the same inside and outside of what is signed. */
  readonly signatureAlgorithm: DerValue;
  readonly basicConstraints?: { readonly critical: boolean; readonly ca: boolean; readonly pathLength?: number };
  readonly keyUsage?: { readonly critical: boolean; readonly bits: ReadonlySet<number> };
  readonly extendedKeyUsage?: { readonly critical: boolean; readonly purposes: readonly string[] };
}

/** A certificate and nothing behind it, or undefined. PEM, which node:crypto takes as well, is none. */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
  const parts = derParts(readDer(der, derTag.sequence), derTag.sequence);
  const signed = derParts(parts?.[0], derTag.sequence);
  if (parts?.length !== 3 || signed === undefined) return undefined;
  // Version 1 writes no version, and has no extensions: it cannot meet what is asked of any certificate here.
  if (signed[0]?.tag !== 0xa0) return undefined;
  const [, serialNumber, innerAlgorithm, issuer, , subject] = signed;
  const [, signatureAlgorithm] = parts;
  if (!serialNumber || !innerAlgorithm || !issuer || !subject || !signatureAlgorithm) return undefined;
  if (Buffer.compare(innerAlgorithm.whole, signatureAlgorithm.whole) !== 0) return undefined;
  const extensions = readExtensions(signed.find(({ tag }) => tag === 0xa3));
  const opened = open(der);
  if (extensions === undefined || opened === undefined) return undefined;
  return {
    ...opened,
    ...extensions,
    issuer: issuer.whole,
    subject: subject.whole,
    serialNumber: serialNumber.content,
    signatureAlgorithm,
  };
}

/** node:crypto throws for what OpenSSL does not read, and for keys only once they are asked for. */
function open(der: Uint8Array): Pick<Certificate, 'x509' | 'key'> | undefined {
  try {
    const x509 = new X509Certificate(der);
    return { x509, key: x509.publicKey };
  } catch {
    return undefined;
  }
}

type Extensions = Pick<Certificate, 'basicConstraints' | 'keyUsage' | 'extendedKeyUsage'>;

/**
 * The three extensions that the specification honors; every other must not be evaluated, critical or not
 * (Notary Project signature specification, "Certificate Requirements", "Other requirements").
 */
function readExtensions(field: DerValue | undefined): Extensions | undefined {
  if (field === undefined) return {};
  const list = derParts(derParts(field, 0xa3)?.[0], derTag.sequence);
  if (list === undefined) return undefined;
  const seen = new Set<string>();
  let extensions: Extensions = {};
  for (const item of list) {
    const parts = derParts(item, derTag.sequence);
    const oid = derOid(parts?.[0]);
    const value = parts?.at(-1);
    if (parts === undefined || oid === undefined || value?.tag !== derTag.octetString || seen.has(oid))
      return undefined;
    seen.add(oid);
    const critical = parts.length === 3 ? derBoolean(parts[1]) : false;
    if (critical === undefined || parts.length > 3) return undefined;
    const read = readers[oid];
    if (read === undefined) continue;
    const found = read(value.content, critical);
    if (found === undefined) return undefined;
    extensions = { ...extensions, ...found };
  }
  return extensions;
}

const readers: Readonly<Record<string, (value: Uint8Array, critical: boolean) => Extensions | undefined>> = {
  '2.5.29.19'(value, critical) {
    const parts = derParts(readDer(value, derTag.sequence), derTag.sequence);
    if (parts === undefined || parts.length > 2) return undefined;
    const ca = parts[0]?.tag === derTag.boolean ? derBoolean(parts[0]) : false;
    const limit = parts.find(({ tag }) => tag === derTag.integer);
    const pathLength = derNumber(limit);
    if (ca === undefined || parts.length !== Number(parts[0]?.tag === derTag.boolean) + Number(limit !== undefined))
      return undefined;
    if (limit === undefined) return { basicConstraints: { critical, ca } };
    return pathLength === undefined ? undefined : { basicConstraints: { critical, ca, pathLength } };
  },
  '2.5.29.15'(value, critical) {
    const bits = derBits(readDer(value, derTag.bitString));
    return bits && { keyUsage: { critical, bits } };
  },
  '2.5.29.37'(value, critical) {
    const purposes = derParts(readDer(value, derTag.sequence), derTag.sequence)?.map(derOid);
    if (purposes === undefined || purposes.length === 0) return undefined;
    const known = purposes.filter((purpose) => purpose !== undefined);
    return known.length === purposes.length ? { extendedKeyUsage: { critical, purposes: known } } : undefined;
  },
};

/** Whether the instant lies within the validity of every one of them. A date that cannot be read is never valid. */
export function areValidAt(chain: readonly Certificate[], instant: number): boolean {
  return chain.every(({ x509 }) => x509.validFromDate.getTime() <= instant && instant <= x509.validToDate.getTime());
}
