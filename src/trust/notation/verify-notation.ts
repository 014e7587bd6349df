import { type Digest, formatInstant, type Instant } from '../../base/index.ts';
import { type RejectedTrust, rejected, type Signer, type Trust } from '../../model/index.ts';
import { areValidAt, type Certificate, parseCertificate } from './certificate.ts';
import { parseCoseEnvelope } from './cose-envelope.ts';
import { type DistinguishedName, formatName, matchesIdentity, parseIdentity, parseName } from './distinguished-name.ts';
import { parseJwsEnvelope } from './jws-envelope.ts';
import { envelopeLimits, isRejected, type NotationEnvelope } from './notation-envelope.ts';
import type { NotationTrust } from './notation-trust.ts';
import { algorithmOfKey, isSignedBy } from './signature-algorithm.ts';
import { readSignedAttributes, type SignedAttributes } from './signed-attributes.ts';
import { findWrongSubject } from './signed-subject.ts';
import { findTrustStore } from './signing-chain.ts';
import { verifyTimestamp, type WitnessedTime } from './verify-timestamp.ts';

export { type NotationTrust, parseNotationTrust } from './notation-trust.ts';

export interface NotationRequest {
  readonly envelope: Uint8Array;
  /** Of the layer that the envelope is in: which format it must have. */
  readonly mediaType: string;
  /** The artifact as the registry has it. */
  readonly subject: { readonly digest: Digest; readonly size: number; readonly mediaType: string };
  readonly now: Instant;
}

const parsers: Readonly<Record<string, (bytes: Uint8Array) => NotationEnvelope | RejectedTrust>> = {
  'application/jose+json': parseJwsEnvelope,
  'application/cose': parseCoseEnvelope,
};

/** How far the clock of a witness may be ahead of this one. */
const clockSkew = 5 * 60 * 1000;

/**
 * Whether a Notary Project signature is of the artifact, by somebody who is trusted, and still counts: the steps of the
 * trust store and trust policy specification, "Signature Verification", all enforced as at its level `strict`.
 *
 * The envelope is hostile: any bytes end in an answer. Stores and identities are the operator's own. Not looked at is
 * whether a certificate was revoked since (CRL, OCSP): that takes the network, and is up to whoever calls this.
 */
export function verifyNotation(request: NotationRequest, trust: NotationTrust): Trust {
  const { envelope: bytes, mediaType, subject, now } = request;
  const parse = Object.hasOwn(parsers, mediaType) ? parsers[mediaType] : undefined;
  if (parse === undefined) return rejected('unsupported', 'the signature is in an envelope of an unknown media type');
  if (bytes.length > envelopeLimits.bytes)
    return rejected('limit-exceeded', `the envelope is larger than ${envelopeLimits.bytes} bytes`);
  const envelope = parse(bytes);
  if (isRejected(envelope)) return envelope;
  const attributes = readSignedAttributes(envelope);
  if (isRejected(attributes)) return attributes;

  const chain = envelope.certificates.map(parseCertificate).filter((certificate) => certificate !== undefined);
  const [leaf] = chain;
  if (leaf === undefined || chain.length < envelope.certificates.length)
    return rejected('bad-bundle', 'a certificate of the signature cannot be read');
  const wrong = findWrongSignature(envelope, leaf) ?? findWrongSubject(envelope.payload, subject);
  if (wrong !== undefined) return wrong;

  const authority = findTrustStore([leaf, ...chain.slice(1)], attributes.scheme, trust);
  if (typeof authority !== 'string') return authority;
  const subjectName = parseName(leaf.subject);
  if (!isTrustedIdentity(subjectName, trust.identities))
    return rejected('wrong-identity', 'the signer is not among the trusted identities');
  // "Expiry": over as soon as the time is reached.
  if (attributes.expiry !== undefined && attributes.expiry <= now)
    return rejected('outside-validity', `the signature expired at ${formatInstant(attributes.expiry)}`);

  const time = findWitnessedTime(envelope, attributes, trust, now);
  if ('state' in time) return time;
  if (time.to > now + clockSkew) return rejected('outside-validity', 'the signature is from the future');
  if (!areValidAt(chain, time.from) || !areValidAt(chain, time.to))
    return rejected('outside-validity', 'a certificate of the signature was not valid at that time');
  const signer: Signer = {
    scheme: 'notation',
    identity: formatName(subjectName ?? []),
    issuer: formatName(parseName(leaf.issuer) ?? []),
    authority,
    ...(time.isWitnessed && { signedAt: time.to }),
  };
  return { state: 'verified', signers: [signer] };
}

/** The key of the certificate decides by which algorithm ("Algorithm Selection"); the header must name the same. */
function findWrongSignature(envelope: NotationEnvelope, { key }: Certificate): RejectedTrust | undefined {
  const algorithm = algorithmOfKey(key);
  if (algorithm === undefined)
    return rejected('unsupported', 'the key of the signer is of a kind or length that signs no artifacts');
  if (algorithm !== envelope.algorithm)
    return rejected(
      'bad-signature',
      `the key of the signer is for ${algorithm}, the signature is ${envelope.algorithm}`,
    );
  return isSignedBy(key, algorithm, envelope.signed, envelope.signature)
    ? undefined
    : rejected('bad-signature', 'the signature does not belong to the key of its certificate');
}

function isTrustedIdentity(name: DistinguishedName | undefined, identities: readonly string[]): boolean {
  if (identities.includes('*')) return true;
  return identities.some((text) => {
    const identity = parseIdentity(text);
    return name !== undefined && identity !== undefined && matchesIdentity(name, identity);
  });
}

/**
 * When the certificates must have been valid ("Validate Trusted Timestamp"). A timestamp counts where there are
 * authorities to check it against; without one, or without them, only now is certain.
 */
function findWitnessedTime(
  { timestamp, signature }: NotationEnvelope,
  { scheme, signingTime }: SignedAttributes,
  { stores }: NotationTrust,
  now: Instant,
): (WitnessedTime & { readonly isWitnessed: boolean }) | RejectedTrust {
  if (scheme === 'notary.x509.signingAuthority') return { from: signingTime, to: signingTime, isWitnessed: true };
  const authorities = stores.filter(({ type }) => type === 'tsa').flatMap(({ certificates }) => certificates);
  if (timestamp === undefined || authorities.length === 0) return { from: now, to: now, isWitnessed: false };
  const roots = authorities.map(({ raw }) => parseCertificate(raw)).filter((root) => root !== undefined);
  const time = verifyTimestamp(timestamp, signature, roots);
  return isRejected(time) ? time : { ...time, isWitnessed: true };
}
