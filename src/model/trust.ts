import type { Instant } from '../base/index.ts';
import type { PinnedReference } from './reference.ts';

/** How an artifact is signed: what a signature is written in, and by which rules it is checked. */
export type SignatureScheme = 'cosign' | 'sigstore' | 'notation' | 'gpg';

/** Who vouches for an artifact, once everything about the signature has been checked. */
export interface Signer {
  readonly scheme: SignatureScheme;
  /**
   * As the scheme names it: the subject alternative name or distinguished name of a certificate, `sha256:HEX` over the
   * SubjectPublicKeyInfo of a key, the fingerprint of an OpenPGP key.
   */
  readonly identity: string;
  /** Who says so: the OIDC issuer of a Fulcio certificate, the distinguished name of an authority. */
  readonly issuer?: string;
  /** By which authority, key or trust store of the trust root it was accepted. */
  readonly authority: string;
  /** When, by a witness that counts: a log, a timestamp authority, an authentic signing time. */
  readonly signedAt?: Instant;
}

/**
 * Why a signature does not count.
 *
 * - `bad-bundle` not what its format demands · `unsupported` an algorithm, a version or a critical attribute unknown here
 * - `limit-exceeded` more signatures, certificates or bytes than are looked at
 * - `bad-signature` it does not belong to the key · `wrong-subject` it is of another artifact
 * - `wrong-repository` it is of an image of another name · `wrong-payload` the payload or predicate type is another
 * - `untrusted-key` no key or authority of the trust root · `wrong-identity` trusted, but not who was asked for
 * - `outside-validity` key, certificate, authority or log were not valid then, or the signature has expired
 * - `no-time` nothing witnesses when it was signed · `bad-timestamp` · `not-logged` · `bad-log-entry`
 * - `revoked` the certificate was revoked
 */
export type TrustCode =
  | 'bad-bundle'
  | 'bad-log-entry'
  | 'bad-signature'
  | 'bad-timestamp'
  | 'limit-exceeded'
  | 'no-time'
  | 'not-logged'
  | 'outside-validity'
  | 'revoked'
  | 'unsupported'
  | 'untrusted-key'
  | 'wrong-identity'
  | 'wrong-payload'
  | 'wrong-repository'
  | 'wrong-subject';

export interface RejectedTrust {
  readonly state: 'rejected';
  readonly code: TrustCode;
  /** One sentence for a person. */
  readonly message: string;
}

export type Trust =
  | { readonly state: 'verified'; readonly signers: readonly [Signer, ...Signer[]] }
  | { readonly state: 'unsigned' }
  | RejectedTrust;

/** A refusal as a value. */
export function rejected(code: TrustCode, message: string): RejectedTrust {
  return { state: 'rejected', code, message };
}

/** A statement about an artifact that somebody vouches for (in-toto attestation framework, Statement v0.1 and v1). */
export interface Attestation {
  /** A URI: `https://slsa.dev/provenance/v1`. */
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly trust: Trust;
}

/** What is vouched for: the manifest or the index of an image, as a registry describes it. */
export interface SignedSubject {
  readonly image: PinnedReference;
  readonly mediaType: string;
  readonly size: number;
}

/** A certificate and what witnesses when it signed, as cosign writes them into annotations of a layer; none is checked. */
export interface CosignAnnotations {
  readonly signature?: string;
  /** PEM. */
  readonly certificate?: string;
  /** JSON of a promise of Rekor. */
  readonly rekorBundle?: string;
  /** JSON of a time stamp of RFC 3161. */
  readonly timestamp?: string;
}

/** What claims to vouch for a subject, as it was found. Nothing of it has been checked. */
export type SignatureMaterial = {
  /** Where it lay, for a person: a tag, a digest, a file. */
  readonly where: string;
} & (
  | { readonly kind: 'cosign-signature'; readonly payload: Uint8Array; readonly annotations: CosignAnnotations }
  | { readonly kind: 'cosign-attestation'; readonly envelope: Uint8Array; readonly annotations: CosignAnnotations }
  | { readonly kind: 'sigstore-bundle'; readonly bundle: Uint8Array }
  | { readonly kind: 'notation'; readonly envelope: Uint8Array; readonly mediaType: string }
  | { readonly kind: 'gpg'; readonly message: Uint8Array }
);

/** All that was found for a subject, within bounds. */
export interface FoundSignatures {
  readonly subject: SignedSubject;
  readonly materials: readonly SignatureMaterial[];
  /** Why there may be more that were not looked at. */
  readonly left?: string;
}
