import { constants, createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { encode, Tagged } from 'cborg';
import { encodeName, type KeyPair, type MadeCertificate, signatureAlgorithm } from './certificate-maker.ts';
import { der, derInteger, derOctets, derOid, derSequence, derSet } from './der-writer.ts';

/** Makes Notary Project signatures and RFC 3161 timestamps, honest ones and hostile ones. Start at makeJws and makeCose. */

export const payloadType = 'application/vnd.cncf.notary.payload.v1+json';

export interface EnvelopeRequest {
  readonly key: KeyPair;
  /** From the leaf to the root. */
  readonly chain: readonly (MadeCertificate | { readonly der: Uint8Array })[];
  readonly payload: Uint8Array | string;
  /** Changes of the protected header; undefined takes something out. COSE labels are written as decimal numbers. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Changes of the unprotected header. */
  readonly unprotected?: Readonly<Record<string, unknown>>;
  /** Over the signature. */
  readonly timestamp?: (signature: Uint8Array) => Uint8Array;
}

const algorithms: Readonly<Record<string, { readonly jws: string; readonly cose: number; readonly hash: string }>> = {
  2048: { jws: 'PS256', cose: -37, hash: 'sha256' },
  3072: { jws: 'PS384', cose: -38, hash: 'sha384' },
  4096: { jws: 'PS512', cose: -39, hash: 'sha512' },
  prime256v1: { jws: 'ES256', cose: -7, hash: 'sha256' },
  secp384r1: { jws: 'ES384', cose: -35, hash: 'sha384' },
  secp521r1: { jws: 'ES512', cose: -36, hash: 'sha512' },
};

function algorithmOf(key: KeyObject): { readonly jws: string; readonly cose: number; readonly hash: string } {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return algorithms[modulusLength ?? namedCurve ?? ''] ?? { jws: 'PS256', cose: -37, hash: 'sha256' };
}

function signBytes(key: KeyObject, bytes: Uint8Array): Buffer {
  const { hash } = algorithmOf(key);
  return key.asymmetricKeyType === 'rsa'
    ? sign(hash, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
    : sign(hash, bytes, { key, dsaEncoding: 'ieee-p1363' });
}

const signingTime = '2026-01-01T00:00:00Z';

/** The members of a flattened JWS, to be changed and written by the test. */
export function makeJwsParts(request: EnvelopeRequest): Record<string, unknown> {
  const header = JSON.stringify({
    alg: algorithmOf(request.key.privateKey).jws,
    cty: payloadType,
    'io.cncf.notary.signingScheme': 'notary.x509',
    'io.cncf.notary.signingTime': signingTime,
    crit: ['io.cncf.notary.signingScheme'],
    ...request.header,
  });
  return signJws(request, header);
}

/** With a protected header in the test's own words. */
export function signJws(request: EnvelopeRequest, header: string): Record<string, unknown> {
  const protectedText = Buffer.from(header).toString('base64url');
  const payload = Buffer.from(request.payload).toString('base64url');
  const signature = signBytes(request.key.privateKey, Buffer.from(`${protectedText}.${payload}`));
  const timestamp = request.timestamp?.(signature);
  return {
    payload,
    protected: protectedText,
    header: {
      x5c: request.chain.map((certificate) => Buffer.from(certificate.der).toString('base64')),
      'io.cncf.notary.signingAgent': 'test/1.0',
      ...(timestamp && { 'io.cncf.notary.timestampSignature': Buffer.from(timestamp).toString('base64') }),
      ...request.unprotected,
    },
    signature: signature.toString('base64url'),
  };
}

export function makeJws(request: EnvelopeRequest): Buffer {
  return Buffer.from(JSON.stringify(makeJwsParts(request)));
}

/** A point in time as COSE writes it. */
export function epoch(instant: string): Tagged {
  return new Tagged(1, Date.parse(instant) / 1000);
}

export function makeCose(request: EnvelopeRequest): Buffer {
  const header = toHeader({
    1: algorithmOf(request.key.privateKey).cose,
    2: ['io.cncf.notary.signingScheme'],
    3: payloadType,
    'io.cncf.notary.signingScheme': 'notary.x509',
    'io.cncf.notary.signingTime': epoch(signingTime),
    ...request.header,
  });
  return signCose(request, encode(header));
}

/** With a protected header in the test's own bytes. */
export function signCose(request: EnvelopeRequest, header: Uint8Array): Buffer {
  const payload = new Uint8Array(Buffer.from(request.payload));
  const signature = signBytes(request.key.privateKey, encode(['Signature1', header, new Uint8Array(), payload]));
  const timestamp = request.timestamp?.(signature);
  const unprotected = toHeader({
    33: request.chain.map((certificate) => new Uint8Array(certificate.der)),
    ...(timestamp && { 'io.cncf.notary.timestampSignature': new Uint8Array(timestamp) }),
    ...request.unprotected,
  });
  return Buffer.from(encode(new Tagged(18, [header, unprotected, payload, new Uint8Array(signature)])));
}

function toHeader(parts: Readonly<Record<string, unknown>>): Map<unknown, unknown> {
  const given = Object.entries(parts).filter(([, value]) => value !== undefined);
  return new Map(given.map(([key, value]) => [/^-?\d+$/.test(key) ? Number(key) : key, value]));
}

export interface TimestampRequest {
  readonly signature: Uint8Array;
  /** ISO 8601, in whole seconds. */
  readonly time: string;
  readonly signer: MadeCertificate;
  /** Certificates that come with it. */
  readonly certificates: readonly MadeCertificate[];
  /** In seconds; not said where nothing is given. */
  readonly accuracy?: number;
  /** Whom the signing certificate attribute names: the signer where nothing is given, nobody where null. */
  readonly named?: MadeCertificate | null;
  readonly contentType?: string;
}

const sha256 = derSequence(derOid('2.16.840.1.101.3.4.2.1'));
const timestampInfo = '1.2.840.113549.1.9.16.1.4';

/** A TimeStampToken over SHA-256 (RFC 3161 section 2.4.2). */
export function makeTimestamp(request: TimestampRequest): Buffer {
  const { signer, time, accuracy, contentType = timestampInfo, named = signer } = request;
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  const info = derSequence(
    derInteger(1),
    derOid('1.2.3.4'),
    derSequence(sha256, derOctets(digest(request.signature))),
    derInteger(randomBytes(8)),
    der(0x18, Buffer.from(time.replace(/[-:T]/g, ''))),
    ...(accuracy === undefined ? [] : [derSequence(derInteger(accuracy))]),
  );
  const attribute = (oid: string, value: Uint8Array) => derSequence(derOid(oid), derSet(value));
  const attributes = [
    attribute('1.2.840.113549.1.9.3', derOid(contentType)),
    attribute('1.2.840.113549.1.9.4', derOctets(digest(info))),
    ...(named === null
      ? []
      : [attribute('1.2.840.113549.1.9.16.2.47', derSequence(derSequence(derSequence(derOctets(digest(named.der))))))]),
  ];
  const { privateKey } = signer.key;
  const signerInfo = derSequence(
    derInteger(1),
    signerId(signer),
    sha256,
    der(0xa0, ...attributes),
    signatureAlgorithm(privateKey, 'sha256'),
    derOctets(sign('sha256', derSet(...attributes), privateKey)),
  );
  const signedData = derSequence(
    derInteger(3),
    derSet(sha256),
    derSequence(derOid(timestampInfo), der(0xa0, derOctets(info))),
    der(0xa0, ...request.certificates.map((certificate) => certificate.der)),
    derSet(signerInfo),
  );
  return derSequence(derOid('1.2.840.113549.1.7.2'), der(0xa0, signedData));
}

function signerId({ x509 }: MadeCertificate): Buffer {
  // The issuer's name as makeCertificate wrote it: attributes in the same order.
  return derSequence(encodeName(x509.issuer.replaceAll('\n', ', ')), derInteger(Buffer.from(x509.serialNumber, 'hex')));
}
