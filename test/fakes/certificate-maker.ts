import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import {
  der,
  derBitString,
  derBits,
  derBoolean,
  derInteger,
  derNull,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derText,
  derTime,
} from './der-writer.ts';

/**
 * Makes X.509 certificates of version 3, honest ones and hostile ones: nothing is checked, and what is not asked for is
 * not there. Start at makeCertificate; makeChain has what most tests need.
 */

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export type KeyKind = 'p256' | 'p384' | 'p521' | 'ed25519' | 'rsa1024' | 'rsa2048' | 'rsa3072' | 'rsa4096';

const curves: Readonly<Record<string, string>> = { p256: 'P-256', p384: 'P-384', p521: 'P-521' };

export function makeKey(kind: KeyKind = 'p256'): KeyPair {
  if (kind === 'ed25519') return generateKeyPairSync('ed25519');
  const namedCurve = curves[kind];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve });
  return generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(3)) });
}

/** `CN=a, O=b`, most general first; a value may hold what follows a backslash. Or a Name that is already encoded. */
export type Subject = string | Uint8Array;

export interface CertificateRequest {
  readonly subject: Subject;
  /** Its own where nothing is given. */
  readonly issuer?: Subject;
  readonly key: KeyPair;
  /** Who signs: its own key where nothing is given. */
  readonly signer?: KeyPair;
  /** Now and ten years later where nothing is given. */
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Basic constraints, critical; none where nothing is given. */
  readonly ca?: boolean;
  readonly pathLength?: number;
  /** Numbers of bits, critical. */
  readonly keyUsage?: readonly number[];
  /** Object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  readonly isExtendedKeyUsageCritical?: boolean;
  readonly subjectAltNames?: readonly SubjectAltName[];
  /** Put behind those above as they are. */
  readonly extensions?: readonly Extension[];
  readonly serialNumber?: Uint8Array;
  readonly hash?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
}

export type SubjectAltName = { readonly email: string } | { readonly uri: string } | { readonly dns: string };

export interface Extension {
  readonly oid: string;
  readonly critical?: boolean;
  /** What the octet string holds. */
  readonly value: Uint8Array;
}

/** The bits of a key usage (RFC 5280 section 4.2.1.3). */
export const keyUsage = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, crlSign: 6 } as const;

/** Purposes of an extended key usage (RFC 5280 section 4.2.1.12). */
export const purpose = {
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

export interface MadeCertificate {
  readonly x509: X509Certificate;
  readonly der: Buffer;
  readonly key: KeyPair;
  readonly subject: Subject;
}

export function makeCertificate(request: CertificateRequest): MadeCertificate {
  const { subject, key, signer = key, issuer = subject, hash = 'sha256' } = request;
  const { notBefore = new Date(), notAfter = new Date(notBefore.getTime() + 10 * 365 * 86_400_000) } = request;
  const algorithm = signatureAlgorithm(signer.privateKey, hash);
  const extensions = extensionsOf(request);
  const signed = derSequence(
    der(0xa0, derInteger(2)),
    derInteger(request.serialNumber ?? Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    encodeName(issuer),
    derSequence(derTime(notBefore), derTime(notAfter)),
    encodeName(subject),
    key.publicKey.export({ format: 'der', type: 'spki' }),
    ...(extensions.length > 0 ? [der(0xa3, derSequence(...extensions))] : []),
  );
  const isHashed = signer.privateKey.asymmetricKeyType !== 'ed25519';
  const signature = sign(isHashed ? hash : null, signed, signer.privateKey);
  const encoded = derSequence(signed, algorithm, derBitString(signature));
  return { x509: new X509Certificate(encoded), der: encoded, key, subject };
}

const authorityUsage = [keyUsage.keyCertSign, keyUsage.crlSign];

/** A root of its own; changes as the test wants them. */
export function makeRoot(changes: Partial<CertificateRequest> = {}): MadeCertificate {
  const subject = changes.subject ?? 'C=US, ST=WA, O=Example, CN=Example Root';
  return makeCertificate({ key: makeKey(), ca: true, keyUsage: authorityUsage, ...changes, subject });
}

/** An authority below another. */
export function makeAuthority(by: MadeCertificate, changes: Partial<CertificateRequest> = {}): MadeCertificate {
  return makeRoot({ subject: 'C=US, ST=WA, O=Example, CN=Example Issuing', ...issuedBy(by), ...changes });
}

/** A certificate that signs, without a purpose unless the changes say one. */
export function makeLeaf(by: MadeCertificate, changes: Partial<CertificateRequest> = {}): MadeCertificate {
  const subject = changes.subject ?? 'C=US, ST=WA, O=Example, CN=Example Signer';
  return makeCertificate({
    key: makeKey(),
    keyUsage: [keyUsage.digitalSignature],
    ...issuedBy(by),
    ...changes,
    subject,
  });
}

function issuedBy(by: MadeCertificate): Pick<CertificateRequest, 'issuer' | 'signer'> {
  return { issuer: by.subject, signer: by.key };
}

export function toPem(certificate: MadeCertificate): string {
  return certificate.x509.toString();
}

const attributeTypes: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
};

export function encodeName(name: Subject): Buffer {
  if (typeof name !== 'string') return Buffer.from(name);
  const attributes = [...name.matchAll(/\s*([\w.]+)=((?:\\.|[^,\\])*)(?:,|$)/g)];
  return derSequence(
    ...attributes.map(([, type = '', value = '']) =>
      derSet(derSequence(derOid(attributeTypes[type] ?? type), derText(value.replace(/\\(.)/g, '$1')))),
    ),
  );
}

const rsaAlgorithms: Readonly<Record<string, string>> = {
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};
const ecAlgorithms: Readonly<Record<string, string>> = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};

/** The AlgorithmIdentifier of what that key signs. */
export function signatureAlgorithm(key: KeyObject, hash: string): Buffer {
  if (key.asymmetricKeyType === 'ed25519') return derSequence(derOid('1.3.101.112'));
  return key.asymmetricKeyType === 'rsa'
    ? derSequence(derOid(rsaAlgorithms[hash] ?? ''), derNull)
    : derSequence(derOid(ecAlgorithms[hash] ?? ''));
}

function extensionsOf(request: CertificateRequest): readonly Buffer[] {
  const list: Extension[] = [];
  const { ca, pathLength, subjectAltNames } = request;
  if (ca !== undefined || pathLength !== undefined) {
    const parts = [
      ca ? derBoolean(true) : Buffer.alloc(0),
      pathLength === undefined ? Buffer.alloc(0) : derInteger(pathLength),
    ];
    list.push({ oid: '2.5.29.19', critical: true, value: derSequence(...parts) });
  }
  if (request.keyUsage) list.push({ oid: '2.5.29.15', critical: true, value: derBits(request.keyUsage) });
  if (request.extendedKeyUsage) {
    const value = derSequence(...request.extendedKeyUsage.map(derOid));
    list.push({ oid: '2.5.29.37', critical: request.isExtendedKeyUsageCritical ?? false, value });
  }
  if (subjectAltNames) list.push({ oid: '2.5.29.17', value: derSequence(...subjectAltNames.map(encodeAltName)) });
  return [...list, ...(request.extensions ?? [])].map(({ oid, critical, value }) =>
    derSequence(derOid(oid), ...(critical ? [derBoolean(true)] : []), derOctets(value)),
  );
}

function encodeAltName(name: SubjectAltName): Buffer {
  if ('email' in name) return der(0x81, Buffer.from(name.email));
  return 'dns' in name ? der(0x82, Buffer.from(name.dns)) : der(0x86, Buffer.from(name.uri));
}
