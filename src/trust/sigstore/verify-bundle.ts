import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { SignedEntity, TrustMaterial } from '@sigstore/verify';
import { type Digest, digestOf, type Instant, lazyLibrary, messageOf } from '../../base/index.ts';
import { type RejectedTrust, rejected, type Signer, type Trust } from '../../model/index.ts';
import { describeIdentity, type ExpectedIdentity, identityMatches } from '../identity.ts';
import { keySigned, keyValidAt, type VerificationKey } from '../verification-key.ts';
import { checkLogEntries } from './check-log-entries.ts';
import { parseBundle } from './parse-bundle.ts';
import { isAbout, parseStatement, type Statement } from './statement.ts';
import type { SigstoreRoot } from './trusted-root.ts';
import { codeOf } from './verifier-code.ts';

const library = lazyLibrary<typeof import('@sigstore/verify')>('@sigstore/verify');

/** By what bundles are checked. Without a root, only keys count, and what logs say of a bundle is not asked. */
export interface SigstoreTrust {
  readonly root?: SigstoreRoot;
  readonly keys: readonly VerificationKey[];
  /** Whose certificates count; an empty list trusts nobody. */
  readonly identities: readonly ExpectedIdentity[];
}

/** The thing itself, or its digest alone: enough for a statement about it, not for a signature over its bytes. */
export type Artifact = { readonly bytes: Uint8Array } | { readonly digest: Digest };

export interface BundleVerdict {
  readonly trust: Trust;
  /** What was signed, where that is a statement and the signature counts. */
  readonly statement?: Statement;
}

/**
 * Verifies a sigstore bundle as the client specification says (sigstore client spec, "Verification"): time, certificate
 * path and certificate transparency, log inclusion, signature, then that it is of this artifact and by one who is
 * expected. Bounded and total: whatever is wrong is a refusal.
 */
export function verifyBundle(bytes: Uint8Array, artifact: Artifact, trust: SigstoreTrust, now: Instant): BundleVerdict {
  const bundle = parseBundle(bytes);
  if ('state' in bundle) return { trust: bundle };
  const content = checkContent(bundle, artifact);
  if ('state' in content) return { trust: content };
  const verdict = checkSigner(bundle, content.message, trust, now);
  if (verdict.state !== 'verified') return { trust: verdict };
  return { trust: verdict, ...(content.statement ? { statement: content.statement } : {}) };
}

interface CheckedContent {
  /** Bytes that a message signature is over. */
  readonly message?: Buffer;
  readonly statement?: Statement;
}

/** That the bundle is of the artifact: by its statement, or because the signature is over these very bytes. */
function checkContent({ content }: Bundle, artifact: Artifact): CheckedContent | RejectedTrust {
  if (content.$case === 'dsseEnvelope') {
    const { payloadType, payload } = content.dsseEnvelope;
    const statement = parseStatement(payloadType, payload);
    if ('state' in statement) return statement;
    const digests =
      'digest' in artifact ? [artifact.digest] : [digestOf(artifact.bytes), digestOf(artifact.bytes, 'sha512')];
    if (digests.some((digest) => isAbout(statement, digest))) return { statement };
    return rejected('wrong-subject', `the statement is not about ${digests[0]}`);
  }
  if (!('bytes' in artifact))
    return rejected('unsupported', 'a signature over bytes needs the artifact, not its digest');
  const { messageDigest } = content.messageSignature;
  const algorithm = hashNames[messageDigest.algorithm];
  if (!algorithm) return rejected('unsupported', 'the digest of the artifact is of an unknown kind');
  const message = Buffer.from(artifact.bytes.buffer, artifact.bytes.byteOffset, artifact.bytes.byteLength);
  if (!createHash(algorithm).update(message).digest().equals(messageDigest.digest)) {
    return rejected('wrong-subject', 'the bundle is of an artifact with another digest');
  }
  return { message };
}

/** Numbers of HashAlgorithm (sigstore_common.proto). */
const hashNames: Readonly<Record<number, string>> = { 1: 'sha256', 2: 'sha384', 3: 'sha512' };

function checkSigner(bundle: Bundle, message: Buffer | undefined, trust: SigstoreTrust, now: Instant): Trust {
  const { content } = bundle.verificationMaterial;
  try {
    const entity = library().toSignedEntity(bundle, message);
    if (content.$case === 'publicKey') return checkKeys({ bundle, entity, message }, trust, now);
    const der = content.$case === 'certificate' ? content.certificate : content.x509CertificateChain.certificates[0];
    return der
      ? checkCertificate(bundle, entity, new X509Certificate(der.rawBytes), trust, now)
      : rejected('bad-bundle', 'the bundle has no certificate');
  } catch (error) {
    return rejected(codeOf(error), sentence(error));
  }
}

const codeSigning = '1.3.6.1.5.5.7.3.3';

function checkCertificate(
  bundle: Bundle,
  entity: SignedEntity,
  certificate: X509Certificate,
  { root, identities }: SigstoreTrust,
  now: Instant,
): Trust {
  if (!root) return rejected('untrusted-key', 'it is signed by a certificate, and no trusted root says whose count');
  // Node calls the extended key usage so.
  if (certificate.ca || !certificate.keyUsage?.includes(codeSigning)) {
    return rejected('untrusted-key', 'the certificate is not one for signing code');
  }
  const material = { ...root, publicKey: noKeys };
  const verifier = new (library().Verifier)(material, { ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0 });
  const { identity } = verifier.verify(entity);
  const logged = checkLogEntries(bundle, root, certificate.publicKey, now);
  if ('state' in logged) return logged;
  const subject = identity?.subjectAlternativeName;
  const issuer = identity?.extensions?.issuer;
  if (subject === undefined) return rejected('wrong-identity', 'the certificate names nobody');
  const signer: Signer = {
    scheme: 'sigstore',
    identity: subject,
    ...(issuer === undefined ? {} : { issuer }),
    authority: certificate.issuer.replace(/\n/g, ', '),
    ...(logged.at === undefined ? {} : { signedAt: logged.at }),
  };
  if (identities.some((expected) => identityMatches(expected, subject, issuer))) {
    return { state: 'verified', signers: [signer] };
  }
  const wanted = identities.slice(0, 5).map(describeIdentity).join('; ');
  return rejected(
    'wrong-identity',
    `it is signed by ${subject} by ${issuer ?? 'no issuer'}, not by ${wanted || 'anybody expected'}`,
  );
}

interface KeyedBundle {
  readonly bundle: Bundle;
  readonly entity: SignedEntity;
  readonly message: Buffer | undefined;
}

function checkKeys(signed: KeyedBundle, { root, keys }: SigstoreTrust, now: Instant): Trust {
  let refusal = rejected('untrusted-key', 'it is signed by a key, and none is trusted');
  for (const key of keys) {
    const verdict = checkKey(signed, key, root, now);
    if (verdict.state === 'verified') return verdict;
    if (verdict.state === 'rejected') refusal = verdict;
  }
  return refusal;
}

function checkKey(
  { bundle, entity, message }: KeyedBundle,
  key: VerificationKey,
  root: SigstoreRoot | undefined,
  now: Instant,
): Trust {
  const material: TrustMaterial = {
    ...(root ?? noRoot),
    publicKey: () => ({ publicKey: key.key, validFor: () => true }),
  };
  const thresholds = { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 };
  const known = root ? entity : { ...entity, tlogEntries: [], timestamps: [] };
  try {
    new (library().Verifier)(material, thresholds).verify({ ...known, signature: signatureFor(entity, message) });
  } catch (error) {
    return rejected(codeOf(error), sentence(error));
  }
  const logged = root ? checkLogEntries(bundle, root, key.key, now) : { at: undefined };
  if ('state' in logged) return logged;
  if (!keyValidAt(key, logged.at ?? now)) return rejected('outside-validity', `the key ${key.name} was not valid then`);
  const signer: Signer = {
    scheme: 'sigstore',
    identity: key.identity,
    authority: key.name,
    ...(logged.at === undefined ? {} : { signedAt: logged.at }),
  };
  return { state: 'verified', signers: [signer] };
}

/** The library's own, which for bytes does not know Ed25519. */
function signatureFor({ signature }: SignedEntity, message: Buffer | undefined): SignedEntity['signature'] {
  return {
    signature: signature.signature,
    compareSignature: (other) => signature.compareSignature(other),
    compareDigest: (digest) => signature.compareDigest(digest),
    compareSignedDigest: (digest) => signature.compareSignedDigest(digest),
    verifySignature: (key: KeyObject) =>
      message && key.asymmetricKeyType === 'ed25519'
        ? keySigned(key, message, signature.signature)
        : signature.verifySignature(key),
  };
}

const noRoot: SigstoreRoot = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };

function noKeys(): never {
  throw new TypeError('a certificate was to be checked, not a key');
}

function sentence(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${messageOf(error)}${cause}`.slice(0, 500);
}
