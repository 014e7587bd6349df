import { type Clock, type Digest, formatInstant } from '../base/index.ts';

import {
  type Certificate,
  formatImageReference,
  parseImageReference,
  repositoryMatches,
  type Store,
} from '../model/index.ts';
import type { ResolutionPage, ResolveAnswer, ResolveQuery } from '../model/wire/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import { type Choice, chooseCandidate, defaultChannel } from './order-candidates.ts';
import type { RulesInForce } from './rules-in-force.ts';
import { ServiceError } from './service-error.ts';

export interface ResolveParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly rules: () => Promise<RulesInForce>;
  /** `linux/amd64`: of whoever does not say. */
  readonly platform: string;
}

/** The registry that serves a host, by its own name or by one of its gate. */
export function registryOf(rules: Pick<RulesInForce, 'registries'>, host: string): RegistryDocument | undefined {
  return rules.registries.find(({ spec }) => spec.host === host || spec.gate?.names.includes(host));
}

/** A registry that no document is of: it may be read from, with the credentials that docker has for it. */
export function elsewhere(host: string): RegistryDocument {
  return {
    apiVersion: 'portwarden/v1',
    kind: 'Registry',
    metadata: { name: host },
    spec: { host, credentials: 'docker-config', quarantine: 'quarantine', trusted: [] },
  };
}

/** Where an image of a registry's quarantine is to be trusted; its own repository where it lies in a trusted one already. */
export function targetRepository({ spec }: RegistryDocument, repository: string): string {
  const prefix = `${spec.quarantine}/`;
  return repository.startsWith(prefix) ? repository.slice(prefix.length) : repository;
}

/** Whether the registry trusts what is in a repository, once it is certified. */
export function isTrusted({ spec }: RegistryDocument, repository: string): boolean {
  return spec.trusted.some((pattern) => repositoryMatches(pattern, repository));
}

/**
 * The latest certified image of a repository, with the reason for each that was not picked; the choice is remembered where
 * it is another. Throws ServiceError `unknown-registry`, `bad-query`; ImageReferenceError.
 */
export async function resolveCertified(parts: ResolveParts, query: ResolveQuery): Promise<ResolveAnswer> {
  const { store, clock } = parts;
  const { registry, repository } = await findRepository(parts, query.repository);
  const channelName = query.channel ?? defaultChannel;
  const channel = registry.spec.channels?.[channelName];
  if (!channel && query.channel !== undefined && channelName !== defaultChannel) {
    const names = Object.keys(registry.spec.channels ?? {});
    throw new ServiceError('bad-query', `the registry ${registry.metadata.name} has no channel "${channelName}"`, {
      remedy: names.length > 0 ? `It has ${names.join(', ')}` : 'Its document names none',
    });
  }
  const platform = query.platform ?? parts.platform;
  const now = clock.now();
  const { host } = registry.spec;
  const choice = chooseCandidate(
    await store.certificates.tags(host, repository),
    await certificatesOf(store, host, repository),
    channel,
    platform,
    now,
  );
  const { picked } = choice;
  if (picked) {
    const { digest } = picked.certificate.image;
    const resolution = { registry: host, repository, channel: channelName, platform, tag: picked.tag, digest, at: now };
    await store.certificates.recordResolution(resolution);
  }
  return { repository: `${host}/${repository}`, channel: channelName, platform, ...viewOf(choice) };
}

/** What was picked when, the newest first. */
export async function listResolutions(
  parts: ResolveParts,
  query: { readonly repository: string; readonly limit?: number; readonly offset?: number },
): Promise<ResolutionPage> {
  const { registry, repository } = await findRepository(parts, query.repository);
  const { limit = 100, offset = 0 } = query;
  const page = await parts.store.certificates.resolutions({ registry: registry.spec.host, repository, limit, offset });
  const items = page.items.map(({ channel, platform, tag, digest, at }) => {
    return { channel, platform, tag, digest, at: formatInstant(at) };
  });
  return { items, total: page.total };
}

async function findRepository({ rules }: ResolveParts, text: string) {
  const { registry: host, repository } = parseImageReference(text);
  const inForce = await rules();
  const registry = registryOf(inForce, host);
  if (!registry) {
    throw new ServiceError('unknown-registry', `no Registry document is of ${host}`, {
      remedy: 'Apply one: portwarden apply -f registry.yaml',
    });
  }
  return { registry, repository };
}

/** Every current judgement of a repository by digest. */
export async function certificatesOf(
  store: Pick<Store, 'certificates'>,
  registry: string,
  repository: string,
): Promise<ReadonlyMap<Digest, Certificate>> {
  const found = new Map<Digest, Certificate>();
  for (let offset = 0; ; offset += 1000) {
    const { items } = await store.certificates.list({ registry, repository, limit: 1000, offset });
    for (const certificate of items) found.set(certificate.image.digest, certificate);
    if (items.length < 1000) return found;
  }
}

function viewOf({ picked, rejected }: Choice): Pick<ResolveAnswer, 'picked' | 'rejected'> {
  return {
    picked: picked
      ? {
          image: formatImageReference(picked.certificate.image),
          tag: picked.tag,
          digest: picked.certificate.image.digest,
          created: picked.certificate.created === undefined ? null : formatInstant(picked.certificate.created),
          expires: formatInstant(picked.certificate.expires),
        }
      : null,
    rejected: rejected.map((each) => ({ ...each })),
  };
}
