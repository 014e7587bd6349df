import type { Certificate } from './certificate.ts';
import { type DerValue, derOid, derParts, derTag, sameBytes } from './der.ts';

/**
 * What is asked of certificates, whoever issued them (Notary Project signature specification, "Certificate
 * Requirements"). Each function says in half a sentence what a certificate lacks, or undefined.
 */

const usage = { digitalSignature: 0, keyCertSign: 5 } as const;

/** keyEncipherment, dataEncipherment, keyAgreement, keyCertSign, cRLSign, encipherOnly, decipherOnly. */
const usagesOfNoLeaf = [2, 3, 4, 5, 6, 7, 8];

const purpose = {
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

const purposesOfNoSigner: readonly string[] = [
  purpose.any,
  purpose.serverAuth,
  purpose.clientAuth,
  purpose.emailProtection,
  purpose.timeStamping,
];

/** "Leaf Certificates", for signing. Code signing is allowed for, not asked for. */
export function lackOfSigningLeaf(certificate: Certificate): string | undefined {
  const wrong = certificate.extendedKeyUsage?.purposes.some((each) => purposesOfNoSigner.includes(each));
  return lackOfLeaf(certificate) ?? (wrong ? 'has an extended key usage that is not for signing code' : undefined);
}

/** "Leaf Certificates", for timestamps; RFC 3161 section 2.3 asks for that one purpose, marked critical. */
export function lackOfTimestampingLeaf(certificate: Certificate): string | undefined {
  const { critical, purposes = [] } = certificate.extendedKeyUsage ?? {};
  const right = critical && purposes.length === 1 && purposes[0] === purpose.timeStamping;
  return lackOfLeaf(certificate) ?? (right ? undefined : 'is not for timestamps and for nothing else');
}

function lackOfLeaf({ basicConstraints, keyUsage, key, signatureAlgorithm }: Certificate): string | undefined {
  if (basicConstraints?.ca) return 'is of an authority, not of a signer';
  if (!keyUsage?.critical) return 'has no critical key usage';
  if (!keyUsage.bits.has(usage.digitalSignature)) return 'is not for digital signatures';
  if (usagesOfNoLeaf.some((bit) => keyUsage.bits.has(bit))) return 'has a key usage besides signing';
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const isLong =
    key.asymmetricKeyType === 'rsa'
      ? modulusLength !== undefined && modulusLength >= 2048
      : key.asymmetricKeyType === 'ec' && ['prime256v1', 'secp384r1', 'secp521r1'].includes(namedCurve ?? '');
  if (!isLong) return 'has a key of a kind or length that does not sign';
  return hasSoundSignature(signatureAlgorithm) ? undefined : 'is signed with an algorithm that is not accepted';
}

/** "Root and Intermediate CA Certificates". `below`: how many certificates of authorities the chain has below it. */
export function lackOfAuthority(certificate: Certificate, below: number): string | undefined {
  const { basicConstraints, keyUsage, signatureAlgorithm } = certificate;
  if (!basicConstraints?.critical || !basicConstraints.ca) return 'is not of an authority';
  if ((basicConstraints.pathLength ?? below) < below) return 'does not allow for so many authorities below it';
  if (!keyUsage?.critical || !keyUsage.bits.has(usage.keyCertSign)) return 'is not for signing certificates';
  return hasSoundSignature(signatureAlgorithm) ? undefined : 'is signed with an algorithm that is not accepted';
}

/** Signatures over SHA-2, and EdDSA: SHA-1 is forbidden, and what is older goes without saying. */
const soundAlgorithms: readonly string[] = [
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.3.101.112',
  '1.3.101.113',
];
const rsaPss = '1.2.840.113549.1.1.10';
const soundHashes: readonly string[] = ['2.16.840.1.101.3.4.2.1', '2.16.840.1.101.3.4.2.2', '2.16.840.1.101.3.4.2.3'];

function hasSoundSignature(algorithm: DerValue): boolean {
  const [oid, parameters] = derParts(algorithm, derTag.sequence) ?? [];
  const name = derOid(oid);
  if (name !== rsaPss) return name !== undefined && soundAlgorithms.includes(name);
  // RFC 4055 section 3.1: a hash that is not named is SHA-1.
  const hash = derParts(parameters, derTag.sequence)?.find(({ tag }) => tag === 0xa0);
  const hashName = derOid(derParts(derParts(hash, 0xa0)?.[0], derTag.sequence)?.[0]);
  return hashName !== undefined && soundHashes.includes(hashName);
}

/** Whether the one issued the other: by name, byte for byte, and by signature. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!sameBytes(certificate.issuer, issuer.subject)) return false;
  try {
    return certificate.x509.verify(issuer.key);
  } catch {
    // A key that cannot check a signature of that kind did not make it.
    return false;
  }
}
