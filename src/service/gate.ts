import type { Clock, Digest } from '../base/index.ts';
import { type ImageName, type ImageReference, parseImageReference, type Store } from '../model/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import { certificationPriority, certificationSubject, enqueueCertification } from './certification-queue.ts';
import { createPullDesk, type PullDesk, type PullDeskParts } from './gate-pulls.ts';
import type { RegistryDesk } from './registry-desk.ts';
import { isTrusted } from './resolve-certified.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** What the registry gate asks: who a host is, what pullers may have, where pushes go. */
export interface GateService {
  /** The registry that is reached by this host name of the gate, with its port; undefined where none is. */
  registryAt(host: string): Promise<RegistryDocument | undefined>;
  readonly pulls: PullDesk;
  /** A repository of the registry itself. */
  reader(registry: RegistryDocument, repository: string): ReturnType<RegistryDesk['reader']>;
  writer(registry: RegistryDocument, repository: string): ReturnType<RegistryDesk['writer']>;
  /** Where what is pushed to a repository lies until it is certified; undefined where the registry does not trust it. */
  quarantineOf(registry: RegistryDocument, repository: string): string | undefined;
  /** A manifest was pushed into quarantine, under a tag or without one: it is to be certified. */
  /** What vouches for an image in quarantine was pushed: one that was refused for want of it is to be judged again. */
  signed(registry: RegistryDocument, repository: string, subject: Digest, signature: Digest): Promise<void>;
  pushed(
    registry: RegistryDocument,
    repository: string,
    manifest: { readonly digest: Digest; readonly tag?: string },
  ): Promise<void>;
}

export interface GateParts extends PullDeskParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly desk: RegistryDesk;
  readonly rules: () => Promise<RulesInForce>;
}

export function createGateService(parts: GateParts): GateService {
  const { desk, store, clock, rules } = parts;
  const place = (registry: RegistryDocument, repository: string) => {
    const name: ImageName = { registry: registry.spec.host, repository };
    return { name, registry };
  };
  return {
    async registryAt(host) {
      return (await rules()).registries.find(({ spec }) => spec.gate?.names.includes(host));
    },
    pulls: createPullDesk(parts),
    reader: (registry, repository) => desk.reader(place(registry, repository)),
    writer: (registry, repository) => desk.writer(place(registry, repository)),
    quarantineOf(registry, repository) {
      return isTrusted(registry, repository) ? `${registry.spec.quarantine}/${repository}` : undefined;
    },
    async signed(registry, repository, subject, signature) {
      const { host, quarantine } = registry.spec;
      const judged = await store.certificates.get({ registry: host, repository, digest: subject });
      if (judged?.outcome === 'certified') return;
      const held = { registry: host, repository: `${quarantine}/${repository}`, digest: subject };
      const source = judged?.source ?? (await store.jobs.openSource('certify', certificationSubject(held)));
      // What was pushed without a tag is nobody's to promote.
      if (source === undefined) return;
      const job = { source: { ...parseImageReference(source), digest: subject }, signature };
      await enqueueCertification(store, { ...job, priority: certificationPriority.pushed }, clock.now());
    },
    async pushed(registry, repository, { digest, tag }) {
      const source: ImageReference & { digest: Digest } = {
        registry: registry.spec.host,
        repository: `${registry.spec.quarantine}/${repository}`,
        digest,
        ...(tag === undefined ? {} : { tag }),
      };
      await enqueueCertification(store, { source, priority: certificationPriority.pushed }, clock.now());
    },
  };
}
