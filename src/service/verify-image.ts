import type { Instant } from '../base/index.ts';
import {
  type Attestation,
  type FoundSignatures,
  formatImageReference,
  type ImageReference,
  type PinnedReference,
  type Trust,
} from '../model/index.ts';
import { type SignatureVerdict, type TrustAnchors, verifySignatures } from '../trust/index.ts';

export interface ImageVerification {
  readonly reference: string;
  /** The index, where there is one, and the manifest of the platform: what runs is the last. */
  readonly chain: readonly PinnedReference[];
  readonly trust: Trust;
  readonly signatures: readonly (SignatureVerdict & { readonly of: PinnedReference })[];
  readonly attestations: readonly (Attestation & { readonly of: PinnedReference })[];
}

export interface VerifyImageParts {
  /** Of the index that the reference names, and of the manifest that it leads to. */
  readonly found: readonly FoundSignatures[];
  readonly anchors: TrustAnchors;
  /** Other names, `registry/repository`, under which it may have been signed: mirrors, the gate itself. */
  readonly aliases?: readonly string[];
  readonly now: Instant;
}

/**
 * Who vouches for an image. A signature of the index vouches for the manifests that it lists, one of the manifest for that
 * manifest alone; since the chain between them is bound by digests, either is enough. Throws TrustError
 * where a program is missing.
 */
export async function verifyImage(
  reference: ImageReference,
  { found, anchors, aliases = [], now }: VerifyImageParts,
): Promise<ImageVerification> {
  const repositories = [`${reference.registry}/${reference.repository}`, ...aliases];
  const verdicts: (Awaited<ReturnType<typeof verifySignatures>> & { of: PinnedReference })[] = [];
  for (const of of found) {
    verdicts.push({ ...(await verifySignatures(of, repositories, anchors, now)), of: of.subject.image });
  }
  return {
    reference: formatImageReference(reference),
    chain: found.map(({ subject }) => subject.image),
    trust: best(verdicts.map(({ trust }) => trust)),
    signatures: verdicts.flatMap(({ signatures, of }) => signatures.map((each) => ({ ...each, of }))),
    attestations: verdicts.flatMap(({ attestations, of }) => attestations.map((each) => ({ ...each, of }))),
  };
}

/** A refusal says more than that nothing is there. */
function best(verdicts: readonly Trust[]): Trust {
  return (
    verdicts.find(({ state }) => state === 'verified') ??
    verdicts.find(({ state }) => state === 'rejected') ?? { state: 'unsigned' }
  );
}
