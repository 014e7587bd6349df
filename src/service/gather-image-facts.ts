import type { Clock } from '../base/index.ts';
import type { InspectedImage, ListedImage } from '../image/index.ts';
import {
  formatImageReference,
  type ImageName,
  type ImagePolicyFacts,
  type ReadLimits,
  type Store,
} from '../model/index.ts';
import type { Passport } from '../model/wire/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import { judgePending } from './judge.ts';
import { type LookFor, readSubject } from './read-subject.ts';
import { recordReading } from './record-reading.ts';
import type { RegistryDesk } from './registry-desk.ts';
import type { RulesInForce } from './rules-in-force.ts';
import { verifyImage } from './verify-image.ts';

export interface GatherParts extends LookFor {
  readonly store: Store;
  readonly clock: Clock;
  readonly desk: RegistryDesk;
  readonly limits: ReadLimits;
  readonly lookedFor: string;
  readonly passportOf: (imageId: string) => Promise<Passport | undefined>;
}

/** One image of those that are to be certified, with all that policies ask of it. */
export interface GatheredImage {
  readonly listed: ListedImage;
  readonly facts: Omit<ImagePolicyFacts, 'image' | 'now'>;
}

/** Platforms of one index that are read: an index may list hundreds. */
export const mostPlatforms = 16;

/** Reads an image of a registry and remembers it, and checks who vouches for it. Throws ImageError, TrustError. */
export async function gatherImageFacts(
  parts: GatherParts,
  {
    from,
    listed,
    tag,
    rules,
    registry,
    target,
    aliases,
  }: {
    readonly from: InspectedImage;
    readonly listed: ListedImage;
    readonly tag: string | undefined;
    readonly rules: RulesInForce;
    readonly registry: RegistryDocument;
    /** Whose trust roots are asked. */
    readonly target: RegistryDocument;
    /** Other names under which it may have been signed. */
    readonly aliases: readonly ImageName[];
  },
  signal: AbortSignal,
): Promise<GatheredImage> {
  const { signatures, attestations } = await verifyByRoots(
    parts,
    { from, listed, rules, registry, target, aliases },
    signal,
  );
  const passport = await readPassport(parts, from, listed, registry, signal);
  return {
    listed,
    facts: { ...(tag === undefined ? {} : { tag }), platform: listed.platform, passport, signatures, attestations },
  };
}

async function verifyByRoots(
  { desk, clock }: GatherParts,
  { from, listed, rules, registry, target, aliases }: Omit<Parameters<typeof gatherImageFacts>[1], 'tag'>,
  signal: AbortSignal,
): Promise<Pick<ImagePolicyFacts, 'signatures' | 'attestations'>> {
  const roots = rules.trustRootsOf(target);
  if (roots.length === 0) return { signatures: [], attestations: [] };
  const found = await desk.findSignatures(from.image, listed.platform, registry, signal);
  const signatures: ImagePolicyFacts['signatures'][number][] = [];
  const attestations: ImagePolicyFacts['attestations'][number][] = [];
  for (const root of roots) {
    const trustRoot = root.metadata.name;
    const anchors = await rules.anchorsOf(root);
    const names = aliases.map(({ registry: host, repository }) => `${host}/${repository}`);
    const verdict = await verifyImage(from.image, { found, anchors, aliases: names, now: clock.now() });
    signatures.push({ trustRoot, trust: verdict.trust });
    for (const { of: _, ...attestation } of verdict.attestations) attestations.push({ ...attestation, trustRoot });
  }
  return { signatures, attestations };
}

/**
 * What is in it. It is read anew, whatever is known by that name: an engine's word on which image a manifest leads to is
 * none. Layers that were seen before cost next to nothing.
 */
async function readPassport(
  { store, clock, desk, lookedFor, limits, content, unwanted, passportOf }: GatherParts,
  from: InspectedImage,
  { digest, platform, imageId }: ListedImage,
  registry: RegistryDocument,
  signal: AbortSignal,
) {
  const reference = { ...from.image, digest };
  const options = { platform, limits, content, unwanted, signal };
  const reading = await readSubject({ kind: 'registry', reference }, desk.openImage(registry), options);
  // What was inspected and what was read are one: both by this digest.
  if (reading.identity?.imageId !== imageId) throw new TypeError(`${formatImageReference(reference)} is two images`);
  await recordReading({ store, clock, lookedFor }, imageId, [formatImageReference(reference)], reading);
  await judgePending(store, clock, signal);
  return passportOf(imageId);
}
