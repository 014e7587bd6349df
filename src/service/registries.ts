import { CodedError, createTurns, mapConcurrent, messageOf } from '../base/index.ts';
import type { RegistryDiff, RegistryDiffQuery, RegistryList, RegistryView } from '../model/wire/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import { diffRegistries, type RegistriesParts, type RegistriesProgress } from './registries-diff.ts';

/** The registries that have a document, and what differs between them. */
export interface RegistriesService {
  /** Each by its name, with whether it answers now. */
  list(signal: AbortSignal): Promise<RegistryList>;
  /**
   * Compares the same repositories in them, tag by tag; one comparison runs at a time. Throws ServiceError `unknown-registry`, `bad-query`;
   * ImageReferenceError.
   */
  diff(
    query: RegistryDiffQuery,
    signal: AbortSignal,
    onProgress?: (progress: RegistriesProgress) => void,
  ): Promise<RegistryDiff>;
}

const askedAtOnce = 4;

export function createRegistriesService(parts: RegistriesParts): RegistriesService {
  // A comparison may ask for thousands of tags: many callers at once must not be many times the load on the registries.
  const inTurn = createTurns();
  return {
    async list(signal) {
      const { registries } = await parts.rules();
      const byName = registries.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      return { items: await mapConcurrent(byName, askedAtOnce, (registry) => viewOf(parts, registry, signal)) };
    },
    diff: (query, signal, onProgress) => inTurn(() => diffRegistries(parts, query, signal, onProgress)),
  };
}

async function viewOf(
  { desk }: RegistriesParts,
  registry: RegistryDocument,
  signal: AbortSignal,
): Promise<RegistryView> {
  const { metadata, spec } = registry;
  let message: string | null = null;
  try {
    // A login is asked for in the name of a repository, whether it is there or not.
    const repository = spec.trusted.find((pattern) => !pattern.includes('*')) ?? spec.quarantine;
    await (await desk.reader({ name: { registry: spec.host, repository }, registry })).ping(signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof CodedError)) throw error;
    message = messageOf(error);
  }
  return {
    name: metadata.name,
    host: spec.host,
    gates: [...(spec.gate?.names ?? [])],
    trusted: [...spec.trusted],
    account: spec.account ?? null,
    platform: spec.platform ?? null,
    reachable: message === null,
    message,
  };
}
