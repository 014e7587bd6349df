import type { Instant } from '../base/index.ts';
import {
  type Attestation,
  type FoundSignatures,
  rejected,
  type SignatureMaterial,
  type Signer,
  type Trust,
} from '../model/index.ts';
import { verifyCosignAttestation, verifyCosignSignature } from './cosign/verify-cosign.ts';
import { type GpgTrust, verifyGpg } from './gpg/verify-gpg.ts';
import type { NotationTrust } from './notation/notation-trust.ts';
import type { BundleVerdict, SigstoreTrust } from './sigstore/verify-bundle.ts';
import { verifyBundle } from './sigstore/verify-bundle.ts';

/** Whose signatures count, by each scheme. What a scheme is not given, it trusts nobody by. */
export interface TrustAnchors {
  readonly sigstore: SigstoreTrust;
  readonly notation?: NotationTrust;
  readonly gpg?: GpgTrust;
  /** How many different signers it takes. */
  readonly threshold: number;
}

export interface SignatureVerdict {
  readonly where: string;
  readonly kind: SignatureMaterial['kind'];
  readonly trust: Trust;
}

export interface SubjectVerdict {
  readonly trust: Trust;
  /** Of each signature that was looked at. */
  readonly signatures: readonly SignatureVerdict[];
  readonly attestations: readonly Attestation[];
}

/** What cosign since version 3 states of an image that it signs. */
const signingPredicate = 'https://sigstore.dev/cosign/sign/v1';

/**
 * Checks all that was found for one subject. `repositories` are the names under which it may have been signed, each
 * `registry/repository`. One signature that counts is enough where the threshold is one, whatever lies beside it; nothing
 * that could not be read ever counts. Throws TrustError where a program that it needs is missing.
 */
export async function verifySignatures(
  found: FoundSignatures,
  repositories: readonly string[],
  anchors: TrustAnchors,
  now: Instant,
): Promise<SubjectVerdict> {
  const signatures: SignatureVerdict[] = [];
  const attestations: Attestation[] = [];
  for (const material of found.materials) {
    const { trust, statement } = await verifyOne(material, found, repositories, anchors, now);
    const isSignature = statement === undefined || statement.predicateType === signingPredicate;
    const isAttestation = material.kind === 'cosign-attestation' || !isSignature;
    if (!isAttestation) signatures.push({ where: material.where, kind: material.kind, trust });
    else if (statement) {
      attestations.push({ predicateType: statement.predicateType, predicate: statement.predicate, trust });
    }
  }
  return { trust: summarize(signatures, anchors.threshold, found.left), signatures, attestations };
}

async function verifyOne(
  material: SignatureMaterial,
  { subject }: FoundSignatures,
  repositories: readonly string[],
  { sigstore, notation, gpg }: TrustAnchors,
  now: Instant,
): Promise<BundleVerdict> {
  switch (material.kind) {
    case 'cosign-signature':
      return { trust: verifyCosignSignature(material, subject, repositories, sigstore, now) };
    case 'cosign-attestation':
      return verifyCosignAttestation(material, subject, sigstore, now);
    case 'sigstore-bundle':
      return verifyBundle(material.bundle, { digest: subject.image.digest }, sigstore, now);
    case 'gpg': {
      if (!gpg) return { trust: rejected('untrusted-key', 'it is an OpenPGP signature, and no keyring is given') };
      return { trust: await verifyGpg(material, subject, repositories, gpg, now) };
    }
    case 'notation': {
      if (!notation)
        return { trust: rejected('untrusted-key', 'it is a signature of Notary Project, and no trust store is given') };
      const { verifyNotation } = await import('./notation/verify-notation.ts');
      const { envelope, mediaType } = material;
      const { image, size } = subject;
      const described = { digest: image.digest, size, mediaType: subject.mediaType };
      return { trust: verifyNotation({ envelope, mediaType, subject: described, now }, notation) };
    }
  }
}

/** The signers of all that count, each once; else why the first does not. */
function summarize(signatures: readonly SignatureVerdict[], threshold: number, left: string | undefined): Trust {
  const bySigner = new Map<string, Signer>();
  for (const { trust } of signatures) {
    if (trust.state !== 'verified') continue;
    for (const signer of trust.signers) bySigner.set(`${signer.identity}\n${signer.issuer ?? ''}`, signer);
  }
  const [first, ...others] = bySigner.values();
  if (first && bySigner.size >= threshold) return { state: 'verified', signers: [first, ...others] };
  if (first)
    return rejected('untrusted-key', `it takes ${threshold} different signers, and there are ${bySigner.size}`);
  const refusal = signatures.find(({ trust }) => trust.state === 'rejected')?.trust;
  if (refusal) return refusal;
  return left === undefined ? { state: 'unsigned' } : rejected('limit-exceeded', `no signature could be read: ${left}`);
}
