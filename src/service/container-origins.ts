import { type Clock, type Digest, formatInstant, type Instant, mapConcurrent } from '../base/index.ts';
import {
  type Certificate,
  type CertificateStore,
  certificateState,
  formatImageReference,
  type ImageName,
  ImageReferenceError,
  parseImageReference,
  type TagRecord,
  type Workload,
} from '../model/index.ts';
import type { ContainerOrigin } from '../model/wire/index.ts';
import { reasonAgainst } from './launch-image.ts';
import { isTrusted, registryOf } from './resolve-certified.ts';
import type { RulesInForce } from './rules-in-force.ts';

export interface OriginParts {
  readonly store: { readonly certificates: Pick<CertificateStore, 'judgementsOf' | 'tags' | 'get'> };
  readonly clock: Clock;
  readonly rules: () => Promise<RulesInForce>;
}

/** For one answer: what it asked once it does not ask again. */
export interface OriginReader {
  /** In their order; null for what has ended, and for all where no registry has a document. */
  of(workloads: readonly Workload[]): Promise<readonly (ContainerOrigin | null)[]>;
  /** Whether any registry has a document: without one nothing is ad hoc. */
  isAnythingToCompare(): Promise<boolean>;
}

/** A tag of a trusted repository, by which something was started. */
interface TrustedTag extends ImageName {
  readonly tag: string;
}

const queriesAtOnce = 4;
/** Labels by which composers mark what they start. */
const projectLabels = ['com.docker.compose.project', 'io.podman.compose.project'];

/**
 * Whether what runs passed the gate: by the image ID, which is bound to the content; a name may be given to anything. Asks the
 * store once for all image IDs, and once for each trusted repository that something was started from.
 */
export function createOriginReader({ store, clock, rules }: OriginParts): OriginReader {
  const { certificates } = store;
  const tags = new Map<string, Promise<readonly TagRecord[]>>();
  const named = new Map<string, Promise<Certificate | undefined>>();

  /** What a tag names now, where that is certified. */
  async function currentOf({ registry, repository, tag }: TrustedTag, now: Instant) {
    const key = `${registry}/${repository}`;
    const all = tags.get(key) ?? certificates.tags(registry, repository);
    tags.set(key, all);
    const record = (await all).find((each) => each.tag === tag);
    if (!record) return undefined;
    const image = { registry, repository, digest: record.digest };
    const certificate = named.get(formatImageReference(image)) ?? certificates.get(image);
    named.set(formatImageReference(image), certificate);
    const current = await certificate;
    return current && certificateState(current, now) === 'certified' ? { record, certificate: current } : undefined;
  }

  async function originOf(
    workload: Workload,
    judged: readonly Certificate[],
    inForce: RulesInForce,
    now: Instant,
  ): Promise<Pick<ContainerOrigin, 'state' | 'reason'>> {
    const [newest] = judged;
    if (!newest) return { state: 'never-certified', reason: null };
    if (!judged.some((certificate) => certificateState(certificate, now) === 'certified')) {
      return { state: 'was-certified', reason: reasonAgainst(newest, now) };
    }
    const tag = trustedTagOf(workload.imageReference, inForce);
    const current = tag && (await currentOf(tag, now));
    if (!tag || !current || holds(current.certificate, workload.imageId)) return { state: 'certified', reason: null };
    const { digest, at } = current.record;
    const reason = `${formatImageReference(tag)} names ${digest.slice(0, 19)} since ${formatInstant(at)}`;
    return { state: 'tag-moved', reason };
  }

  return {
    isAnythingToCompare: async () => (await rules()).registries.length > 0,
    async of(workloads) {
      const inForce = await rules();
      if (inForce.registries.length === 0) return workloads.map(() => null);
      const now = clock.now();
      const running = workloads.filter(({ ended }) => ended === undefined);
      const judged = await certificates.judgementsOf([...new Set(running.map(({ imageId }) => imageId))]);
      return mapConcurrent(workloads, queriesAtOnce, async (workload) => {
        if (workload.ended !== undefined) return null;
        const origin = await originOf(workload, judged.get(workload.imageId) ?? [], inForce, now);
        // Neither Docker nor Podman tells who created a container.
        return { ...origin, startedBy: null, project: projectOf(workload) };
      });
    },
  };
}

/** Some engines have the digest of a manifest or an index for an image ID. */
function holds({ image, images }: Certificate, imageId: Digest): boolean {
  return image.digest === imageId || images.some((each) => each.imageId === imageId || each.digest === imageId);
}

/** Undefined where it names no tag of a trusted repository; who names a digest wants that, wherever the tag goes. */
function trustedTagOf(text: string, rules: RulesInForce): TrustedTag | undefined {
  try {
    const { registry: host, repository, tag = 'latest', digest } = parseImageReference(text);
    const registry = digest === undefined ? registryOf(rules, host) : undefined;
    return registry && isTrusted(registry, repository) ? { registry: registry.spec.host, repository, tag } : undefined;
  } catch (error) {
    // An engine may know it by its ID alone.
    if (error instanceof ImageReferenceError) return undefined;
    throw error;
  }
}

function projectOf({ labels }: Workload): string | null {
  const name = projectLabels.find((label) => Object.hasOwn(labels, label));
  return (name === undefined ? undefined : labels[name]) ?? null;
}
