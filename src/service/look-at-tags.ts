import { type Clock, CodedError, type Digest, messageOf } from '../base/index.ts';
import { ImageError, type InspectedImage, type RegistryClient } from '../image/index.ts';
import { type Certificate, certificateState, type ReadLimits, type Store } from '../model/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import type { ComparedTag, PresentTag } from './compare-registries.ts';
import { mostPlatforms } from './gather-image-facts.ts';
import type { RegistryDesk } from './registry-desk.ts';
import { certificatesOf } from './resolve-certified.ts';
import type { RulesInForce } from './rules-in-force.ts';
import { verifyImage } from './verify-image.ts';

export interface LookParts {
  readonly store: Pick<Store, 'certificates'>;
  readonly clock: Clock;
  readonly desk: RegistryDesk;
  readonly limits: ReadLimits;
}

/** One registry as it is seen during one comparison: once it does not answer, it is not asked again. */
export interface SeenRegistry {
  readonly registry: RegistryDocument;
  /** What of a repository is there. */
  repository(path: string, signal: AbortSignal): Promise<SeenRepository>;
}

/** `tags`: all that the repository has, none where it is not there; or why they could not be listed. */
export interface SeenRepository {
  readonly tags: readonly string[] | { readonly message: string };
  /** Looks at a tag that was listed, or says that it was not. Throws where the signal says so, and else nothing. */
  look(tag: string): Promise<ComparedTag>;
}

/** Tags at which one registry is looked at together. */
export const tagsAtOnce = 4;

/** Failures that the next request would meet as well. */
const silence: ReadonlySet<string> = new Set(['unreachable', 'stalled']);

export function seeRegistry(parts: LookParts, rules: RulesInForce, registry: RegistryDocument): SeenRegistry {
  const { desk, store, limits } = parts;
  const { host } = registry.spec;
  let silent: string | undefined;

  async function attempt<Value>(work: () => Promise<Value>, signal: AbortSignal): Promise<Value | Failed> {
    if (silent !== undefined) return { failed: silent };
    try {
      return await work();
    } catch (error) {
      // What was not foreseen is no answer of a registry.
      if (signal.aborted || !(error instanceof CodedError)) throw error;
      if (silence.has(error.code)) silent = messageOf(error);
      const isMissing = error instanceof ImageError && error.code === 'not-found';
      return { failed: messageOf(error), ...(isMissing ? { isMissing } : {}) };
    }
  }

  /** A repository that is not there has no tags; where no registry answers at all, nobody knows. */
  async function tagsOf(client: RegistryClient, signal: AbortSignal): Promise<SeenRepository['tags']> {
    const tags = await attempt(() => client.tags(signal), signal);
    if (!isFailed(tags)) return tags.filter((tag) => !isArtifactTag(tag));
    const isThere = tags.isMissing ? await attempt(() => client.ping(signal), signal) : tags;
    return isFailed(isThere) ? { message: isThere.failed } : [];
  }

  return {
    registry,
    async repository(path, signal) {
      const name = { registry: host, repository: path };
      const client = await desk.reader({ name, registry });
      const tags = await tagsOf(client, signal);
      if ('message' in tags) return { tags, look: async () => ({ state: 'unknown', message: tags.message }) };
      const listed = new Set(tags);
      const certificates = await certificatesOf(store, host, path);
      /** Several tags may be of one image. */
      const seen = new Map<Digest, Promise<Omit<PresentTag, 'state' | 'digest'>>>();
      return {
        tags,
        async look(tag) {
          if (!listed.has(tag)) return { state: 'absent' };
          const manifest = await attempt(() => client.manifest(tag, limits.maxManifestBytes, signal), signal);
          // Gone since it was listed.
          if (isFailed(manifest) && manifest.isMissing) return { state: 'absent' };
          if (isFailed(manifest)) return { state: 'unknown', message: manifest.failed };
          const { digest } = manifest;
          const image = { ...name, digest };
          const details = seen.get(digest) ?? lookAtImage(image, certificates.get(digest), signal);
          seen.set(digest, details);
          return { state: 'present', digest, ...(await details) };
        },
      };
    },
  };

  async function lookAtImage(
    image: InspectedImage['image'],
    certificate: Certificate | undefined,
    signal: AbortSignal,
  ): Promise<Omit<PresentTag, 'state' | 'digest'>> {
    const judged = certificate ? { certificate: certificateState(certificate, parts.clock.now()) } : {};
    const inspected = await attempt(
      () =>
        desk.inspect(image, registry, signal).catch((error: unknown) => {
          // A chart or a policy: there is nothing more to be looked at.
          if (error instanceof ImageError && error.code === 'unsupported-media-type') return undefined;
          throw error;
        }),
      signal,
    );
    if (inspected === undefined) return { ...judged, images: [] };
    if (isFailed(inspected)) return { ...judged, message: inspected.failed };
    const signed = await attempt(() => isSigned(parts, rules, registry, inspected, signal), signal);
    return {
      ...judged,
      images: inspected.images,
      ...(isFailed(signed) ? { message: `who signed it: ${signed.failed}` } : signed === undefined ? {} : { signed }),
    };
  }
}

/**
 * Whether whoever a registry trusts vouches for every image that is listed; undefined where it trusts nobody. The names under
 * which it may have been signed are those that a certification there would take.
 */
async function isSigned(
  { desk, clock }: LookParts,
  rules: RulesInForce,
  registry: RegistryDocument,
  { image, images }: InspectedImage,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const roots = rules.trustRootsOf(registry);
  if (roots.length === 0 || images.length === 0) return undefined;
  if (images.length > mostPlatforms) {
    throw new ImageError('limit-exceeded', `it lists ${images.length} images, and ${mostPlatforms} are looked at`);
  }
  const anchors = await Promise.all(roots.map((root) => rules.anchorsOf(root)));
  const aliases = (registry.spec.gate?.names ?? []).map((gate) => `${gate}/${image.repository}`);
  for (const { platform } of images) {
    const found = await desk.findSignatures(image, platform, registry, signal);
    const isBy = async (of: typeof found) => {
      for (const each of anchors) {
        const { trust } = await verifyImage(image, { found: of, anchors: each, aliases, now: clock.now() });
        if (trust.state === 'verified') return true;
      }
      return false;
    };
    // A signature of the index vouches for all that it lists.
    if (found[0]?.subject.image.digest === image.digest && (await isBy(found.slice(0, 1)))) return true;
    if (await isBy(found)) continue;
    // Whoever counts may be among those that were not read.
    const left = found.find((each) => each.left !== undefined)?.left;
    if (left !== undefined) throw new ImageError('limit-exceeded', `not all that is beside it was read: ${left}`);
    return false;
  }
  return true;
}

/**
 * Tags that are no images: cosign keeps signatures, statements and bills of materials of an image under its digest, and the
 * tag that stands in for the referrers API has the digest alone.
 */
export function isArtifactTag(tag: string): boolean {
  return /^sha(?:256-[0-9a-f]{64}|512-[0-9a-f]{64}(?:[0-9a-f]{64})?)(?:\.(?:sig|att|sbom))?$/.test(tag);
}

interface Failed {
  readonly failed: string;
  readonly isMissing?: boolean;
}

function isFailed(value: unknown): value is Failed {
  return typeof value === 'object' && value !== null && 'failed' in value;
}
