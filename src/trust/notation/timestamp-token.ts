import { type Instant, parseInstant } from '../../base/index.ts';
import { type DerValue, derNumber, derOid, derParts, derTag, readDer } from './der.ts';

/** A TimeStampToken, taken apart and not yet believed (RFC 3161 section 2.4.2, RFC 5652 section 5). */
export interface TimestampToken {
  /** TSTInfo as it is signed. */
  readonly info: Uint8Array;
  readonly imprint: { readonly hash: TimestampHash; readonly digest: Uint8Array };
  readonly time: Instant;
  /** How far `time` may be off, either way. */
  readonly accuracy: number;
  /** DER of the certificates that came with it, in no order. */
  readonly certificates: readonly Uint8Array[];
  readonly signer: TokenSigner;
}

export interface TokenSigner {
  readonly issuer: Uint8Array;
  readonly serialNumber: Uint8Array;
  readonly hash: TimestampHash;
  /** As they are signed: encoded as a SET. */
  readonly signedAttributes: Uint8Array;
  /** The one value of each attribute, by object identifier. */
  readonly attributes: ReadonlyMap<string, DerValue>;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
}

export type TimestampHash = 'sha256' | 'sha384' | 'sha512';

/** RFC 5754 section 2. */
const hashes: Readonly<Record<string, TimestampHash>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

const signedData = '1.2.840.113549.1.7.2';
const timestampInfo = '1.2.840.113549.1.9.16.1.4';
/** RFC 3628 section 5.2: whoever follows it is off by one second at most. */
const baselinePolicy = '0.4.0.2023.1.1';

/** A token in DER, signed once over SHA-2 by whom an issuer and a serial number name. Undefined for everything else. */
export function parseTimestampToken(bytes: Uint8Array): TimestampToken | undefined {
  const [type, wrapped, ...more] = derParts(readDer(bytes, derTag.sequence), derTag.sequence) ?? [];
  if (derOid(type) !== signedData || more.length > 0) return undefined;
  const [version, digests, content, ...rest] = derParts(derParts(wrapped, 0xa0)?.[0], derTag.sequence) ?? [];
  const [contentType, octets] = derParts(content, derTag.sequence) ?? [];
  const [info] = derParts(octets, 0xa0) ?? [];
  if (derNumber(version) !== 3 || digests?.tag !== derTag.set || derOid(contentType) !== timestampInfo)
    return undefined;
  const signers = derParts(rest.at(-1), derTag.set);
  const certificates = rest[0]?.tag === 0xa0 ? derParts(rest[0], 0xa0) : [];
  if (info?.tag !== derTag.octetString || signers?.length !== 1 || certificates === undefined) return undefined;
  const signer = readSigner(signers[0]);
  const facts = readInfo(info.content);
  return (
    signer && facts && { ...facts, info: info.content, certificates: certificates.map(({ whole }) => whole), signer }
  );
}

/** RFC 5652 section 5.3. Without signed attributes, the content's type would not be under the signature. */
function readSigner(value: DerValue | undefined): TokenSigner | undefined {
  const [version, sid, digest, signed, algorithm, signature] = derParts(value, derTag.sequence) ?? [];
  const [issuer, serialNumber] = derParts(sid, derTag.sequence) ?? [];
  const hash = hashOf(digest);
  const attributes = readAttributes(signed);
  const signatureAlgorithm = derOid(derParts(algorithm, derTag.sequence)?.[0]);
  if (derNumber(version) !== 1 || issuer?.tag !== derTag.sequence || serialNumber?.tag !== derTag.integer)
    return undefined;
  if (!hash || !signed || !attributes || !signatureAlgorithm || signature?.tag !== derTag.octetString) return undefined;
  const signedAttributes = Buffer.from(signed.whole);
  // RFC 5652 section 5.4: what is signed has the tag of a SET in place of its own.
  signedAttributes[0] = derTag.set;
  return {
    issuer: issuer.whole,
    serialNumber: serialNumber.content,
    hash,
    signedAttributes,
    attributes,
    signatureAlgorithm,
    signature: signature.content,
  };
}

function readAttributes(signed: DerValue | undefined): ReadonlyMap<string, DerValue> | undefined {
  const attributes = new Map<string, DerValue>();
  for (const item of derParts(signed, 0xa0) ?? []) {
    const [type, values] = derParts(item, derTag.sequence) ?? [];
    const oid = derOid(type);
    const [value, ...others] = derParts(values, derTag.set) ?? [];
    if (oid === undefined || value === undefined || others.length > 0 || attributes.has(oid)) return undefined;
    attributes.set(oid, value);
  }
  return attributes;
}

/** TSTInfo. What follows the time is optional, and told apart by its tag. */
function readInfo(bytes: Uint8Array): Pick<TimestampToken, 'imprint' | 'time' | 'accuracy'> | undefined {
  const [version, policy, imprint, serial, time, ...optional] =
    derParts(readDer(bytes, derTag.sequence), derTag.sequence) ?? [];
  const [algorithm, digest] = derParts(imprint, derTag.sequence) ?? [];
  const hash = hashOf(algorithm);
  const policyId = derOid(policy);
  const instant = readTime(time);
  if (derNumber(version) !== 1 || policyId === undefined || serial?.tag !== derTag.integer) return undefined;
  if (hash === undefined || digest?.tag !== derTag.octetString || instant === undefined) return undefined;
  const stated = optional[0]?.tag === derTag.sequence ? readAccuracy(optional[0]) : undefined;
  if (optional[0]?.tag === derTag.sequence && stated === undefined) return undefined;
  const accuracy = stated ?? (policyId === baselinePolicy ? 1000 : 0);
  return { imprint: { hash, digest: digest.content }, time: instant, accuracy };
}

/** In milliseconds, never less than is said. */
function readAccuracy(value: DerValue): number | undefined {
  let accuracy = 0;
  for (const part of derParts(value, derTag.sequence) ?? []) {
    const number = derNumber(part, part.tag);
    const unit = { [derTag.integer]: 1000, 0x80: 1, 0x81: 0.001 }[part.tag];
    if (number === undefined || unit === undefined) return undefined;
    accuracy += number * unit;
  }
  return Math.ceil(accuracy);
}

function hashOf(algorithm: DerValue | undefined): TimestampHash | undefined {
  const oid = derOid(derParts(algorithm, derTag.sequence)?.[0]);
  return oid === undefined ? undefined : hashes[oid];
}

/** GeneralizedTime in UTC to the second, or finer (RFC 3161 section 2.4.2). */
function readTime(value: DerValue | undefined): Instant | undefined {
  if (value?.tag !== derTag.generalizedTime) return undefined;
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(
    Buffer.from(value.content).toString('latin1'),
  );
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = ''] = match;
  return parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`);
}
