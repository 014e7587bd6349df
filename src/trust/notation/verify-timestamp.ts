import { createHash, type KeyObject, verify } from 'node:crypto';
import type { Instant } from '../../base/index.ts';
import { type RejectedTrust, rejected } from '../../model/index.ts';
import { areValidAt, type Certificate, parseCertificate } from './certificate.ts';
import { isIssuedBy, lackOfAuthority, lackOfTimestampingLeaf } from './certificate-requirements.ts';
import { derOid, derParts, derTag, sameBytes } from './der.ts';
import { envelopeLimits } from './notation-envelope.ts';
import { parseTimestampToken, type TimestampToken } from './timestamp-token.ts';

/** The signature existed at some instant between the two. */
export interface WitnessedTime {
  readonly from: Instant;
  readonly to: Instant;
}

const attribute = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;
const timestampInfo = '1.2.840.113549.1.9.16.1.4';
const sha256 = '2.16.840.1.101.3.4.2.1';

/**
 * When a timestamp authority of the roots has seen the signature (trust store and trust policy specification,
 * "Validate Trusted Timestamp"). The certificates of the authority are judged at the time that it states, since a
 * timestamp is to outlive them. PKCS #1 v1.5 is accepted of authorities: public ones sign with nothing else.
 */
export function verifyTimestamp(
  bytes: Uint8Array,
  signature: Uint8Array,
  roots: readonly Certificate[],
): WitnessedTime | RejectedTrust {
  const token = parseTimestampToken(bytes);
  if (token === undefined) return bad('the timestamp is malformed, or signed with what is not accepted');
  if (token.certificates.length > envelopeLimits.certificates)
    return rejected('limit-exceeded', `the timestamp has more than ${envelopeLimits.certificates} certificates`);
  const imprint = createHash(token.imprint.hash).update(signature).digest();
  if (!sameBytes(imprint, token.imprint.digest)) return bad('the timestamp is of another signature');

  const certificates = token.certificates.map(parseCertificate).filter((each) => each !== undefined);
  if (certificates.length < token.certificates.length) return bad('a certificate of the timestamp cannot be read');
  const { issuer, serialNumber } = token.signer;
  const leaf = [...certificates, ...roots].find(
    (each) => sameBytes(each.issuer, issuer) && sameBytes(each.serialNumber, serialNumber),
  );
  if (leaf === undefined) return bad('the certificate of the timestamp is not there');
  const lack = lackOfTimestampingLeaf(leaf);
  if (lack !== undefined) return bad(`the certificate of the timestamp ${lack}`);
  if (!isSignedBy(token, leaf)) return bad('the timestamp is not signed by its certificate');

  const chain = findChain(leaf, certificates, roots);
  if (chain === undefined) return bad('the timestamp is of no authority of the trust stores');
  if (!areValidAt(chain, token.time)) return bad('the authority of the timestamp was not valid at its time');
  return { from: token.time - token.accuracy, to: token.time + token.accuracy };
}

function bad(message: string): RejectedTrust {
  return rejected('bad-timestamp', message);
}

/** RFC 5652 section 5.4 and RFC 5816: what is signed is this information, by this certificate. */
function isSignedBy({ info, signer }: TimestampToken, leaf: Certificate): boolean {
  const { attributes, hash } = signer;
  const digest = attributes.get(attribute.messageDigest);
  if (derOid(attributes.get(attribute.contentType)) !== timestampInfo || digest?.tag !== derTag.octetString)
    return false;
  if (!sameBytes(digest.content, createHash(hash).update(info).digest())) return false;
  if (!namesCertificate(attributes, leaf.x509.raw)) return false;
  const kind = signatureKinds[signer.signatureAlgorithm];
  if (kind === undefined || kind.type !== leaf.key.asymmetricKeyType || (kind.hash ?? hash) !== hash) return false;
  return isSignature(hash, signer.signedAttributes, leaf.key, signer.signature);
}

/** RFC 8017 appendix A.2.4 and RFC 5758 section 3.2; plain rsaEncryption leaves the hash to the signer's. */
const signatureKinds: Readonly<Record<string, { readonly type: 'rsa' | 'ec'; readonly hash?: string }>> = {
  '1.2.840.113549.1.1.1': { type: 'rsa' },
  '1.2.840.113549.1.1.11': { type: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { type: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { type: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { type: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { type: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { type: 'ec', hash: 'sha512' },
};

function isSignature(hash: string, bytes: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  try {
    return verify(hash, bytes, key, signature);
  } catch {
    // As in signature-algorithm.ts.
    return false;
  }
}

/** ESSCertID (RFC 2634 section 5.4.1) is over SHA-1, ESSCertIDv2 (RFC 5035 section 4) over SHA-256 unless it says. */
function namesCertificate(attributes: TimestampToken['signer']['attributes'], certificate: Uint8Array): boolean {
  const first = attributes.get(attribute.signingCertificate);
  const second = attributes.get(attribute.signingCertificateV2);
  if (first === undefined && second === undefined) return false;
  const firstHolds =
    first === undefined || holdsHash(certificateId(first), createHash('sha1').update(certificate).digest());
  if (second === undefined || !firstHolds) return firstHolds;
  const id = certificateId(second);
  const named = id?.[0]?.tag === derTag.sequence ? derOid(derParts(id[0], derTag.sequence)?.[0]) : sha256;
  const hash = { [sha256]: 'sha256', '2.16.840.1.101.3.4.2.2': 'sha384', '2.16.840.1.101.3.4.2.3': 'sha512' }[
    named ?? ''
  ];
  return hash !== undefined && holdsHash(id, createHash(hash).update(certificate).digest());
}

/** The first is of the signer; others would be of its authorities. */
function certificateId(value: Parameters<typeof derParts>[0]): ReturnType<typeof derParts> {
  const list = derParts(derParts(value, derTag.sequence)?.[0], derTag.sequence);
  return derParts(list?.[0], derTag.sequence);
}

function holdsHash(id: ReturnType<typeof derParts>, digest: Uint8Array): boolean {
  const hash = id?.find(({ tag }) => tag === derTag.octetString);
  return hash !== undefined && sameBytes(hash.content, digest);
}

/**
 * From the leaf to a root of the stores. Every certificate is tried once, so that certificates which issued each other
 * cost no more than others.
 */
function findChain(
  leaf: Certificate,
  certificates: readonly Certificate[],
  roots: readonly Certificate[],
): readonly Certificate[] | undefined {
  const own = roots.find((root) => sameBytes(root.x509.raw, leaf.x509.raw));
  if (own !== undefined) return [own];
  const tried = new Set<Certificate>([leaf]);
  const extend = (chain: readonly [Certificate, ...Certificate[]]): readonly Certificate[] | undefined => {
    const top = chain.at(-1) ?? leaf;
    const issues = (each: Certificate) =>
      lackOfAuthority(each, chain.length - 1) === undefined && isIssuedBy(top, each);
    const root = roots.find(issues);
    if (root !== undefined) return [...chain, root];
    for (const each of certificates) {
      if (tried.has(each) || !issues(each)) continue;
      tried.add(each);
      const found = extend([...chain, each]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return extend([leaf]);
}
