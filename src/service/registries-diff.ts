import { formatInstant, mapConcurrent } from '../base/index.ts';
import { formatPlatform, parseImageReference, parsePlatform } from '../model/index.ts';
import type { RegistryCell, RegistryDiff, RegistryDiffQuery } from '../model/wire/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import { type ComparedTag, compareTag } from './compare-registries.ts';
import { type LookParts, type SeenRepository, seeRegistry, tagsAtOnce } from './look-at-tags.ts';
import { registryOf } from './resolve-certified.ts';
import type { RulesInForce } from './rules-in-force.ts';
import { ServiceError } from './service-error.ts';

export interface RegistriesParts extends LookParts {
  readonly rules: () => Promise<RulesInForce>;
}

export interface RegistriesProgress {
  readonly repository: string;
  /** Repositories that are done, and all of them. */
  readonly done: number;
  readonly total: number;
  /** Tags that were looked at, in all registries and repositories together. */
  readonly looked: number;
}

const registriesAtOnce = 4;
/** Rows of one answer; what is left out is told. */
export const mostRows = 10_000;

/**
 * Compares the same repositories in several registries, tag by tag. What cannot be looked at is told as that, and a registry
 * that does not answer ends nothing. Throws ServiceError `unknown-registry`, `bad-query`; ImageReferenceError; and ImageError
 * `aborted`.
 */
export async function diffRegistries(
  parts: RegistriesParts,
  query: RegistryDiffQuery,
  signal: AbortSignal,
  onProgress: (progress: RegistriesProgress) => void = () => undefined,
): Promise<RegistryDiff> {
  const rules = await parts.rules();
  const registries = chooseRegistries(rules, query.registry);
  const repositories = query.repository
    ? [...new Set(query.repository.map((text) => pathOf(rules, text)))]
    : await certifiedRepositories(parts, registries);
  const seen = registries.map((registry) => seeRegistry(parts, rules, registry));
  const compared = registries.map(({ metadata, spec }) => ({
    name: metadata.name,
    platforms: (spec.platforms ?? []).flatMap((text) => parsePlatform(text) ?? []),
  }));
  const rows: RegistryDiff['rows'] = [];
  const failures: RegistryDiff['failures'] = [];
  let left: string | null = null;
  let looked = 0;

  for (const [done, repository] of repositories.entries()) {
    const tell = () => onProgress({ repository, done, total: repositories.length, looked });
    tell();
    const there = await mapConcurrent(seen, registriesAtOnce, (each) => each.repository(repository, signal));
    for (const [at, { tags }] of there.entries()) {
      if ('message' in tags) failures.push({ registry: compared[at]?.name ?? '', repository, message: tags.message });
    }
    const all = unionOf(there);
    const tags = all.slice(0, mostRows - rows.length);
    const columns = await mapConcurrent(there, registriesAtOnce, (each) =>
      mapConcurrent(tags, tagsAtOnce, async (tag) => {
        const found = await each.look(tag);
        looked++;
        tell();
        return found;
      }),
    );
    for (const [at, tag] of tags.entries()) {
      const cells = columns.flatMap((column) => column[at] ?? []);
      rows.push({ repository, tag, cells: cells.map(cellOf), differences: [...compareTag(compared, cells)] });
    }
    if (tags.length < all.length) {
      const others = repositories.length - done - 1;
      left = `${all.length - tags.length} tags of ${repository} and ${others} repositories: more than ${mostRows} tags are not compared at once`;
      break;
    }
  }

  return {
    registries: registries.map(({ metadata: { name }, spec: { host } }) => ({ name, host })),
    rows,
    failures,
    different: rows.filter(({ differences }) => differences.length > 0).length,
    unknown: failures.length + rows.flatMap(({ cells }) => cells).filter(({ message }) => message !== null).length,
    left,
  };
}

/** By the names of their documents, or by their hosts; all where none is named. */
function chooseRegistries({ registries, ...rules }: RulesInForce, names: readonly string[] = []) {
  const chosen = names.map((name): RegistryDocument => {
    const found =
      registries.find(({ metadata }) => metadata.name === name) ?? registryOf({ registries, ...rules }, name);
    if (found) return found;
    throw new ServiceError('unknown-registry', `no Registry document is named "${name}" or of that host`, {
      remedy: registries.length > 0 ? `There are ${registries.map(({ metadata }) => metadata.name).join(', ')}` : apply,
    });
  });
  const all = [...new Set(names.length > 0 ? chosen : registries)];
  if (all.length > 1) return all;
  throw new ServiceError('bad-query', 'there are no two registries to compare', { remedy: apply });
}

const apply = 'Apply a Registry document for each: portwarden apply -f registry.yaml';

/** `team/app`, or the same with one of the registries before it. */
function pathOf(rules: RulesInForce, text: string): string {
  const whole = parseImageReference(text);
  if (whole.tag !== undefined || whole.digest !== undefined) {
    throw new ServiceError('bad-query', `"${text}" names one image`, {
      remedy: 'Name its repository: all tags are compared',
    });
  }
  if (registryOf(rules, whole.registry) && text.toLowerCase().startsWith(`${whole.registry}/`)) return whole.repository;
  // A mirror may have the host of another registry as the first part of its paths.
  return parseImageReference(`registry.invalid/${text}`).repository;
}

/** Those that have certified tags in one of the registries, by path. */
async function certifiedRepositories(
  { store }: RegistriesParts,
  registries: readonly RegistryDocument[],
): Promise<readonly string[]> {
  const hosts = new Set(registries.map(({ spec }) => spec.host));
  const tagged = await store.certificates.taggedRepositories();
  return [...new Set(tagged.filter(({ registry }) => hosts.has(registry)).map(({ repository }) => repository))];
}

function unionOf(there: readonly SeenRepository[]): readonly string[] {
  return [...new Set(there.flatMap(({ tags }) => ('message' in tags ? [] : tags)))].sort();
}

function cellOf(tag: ComparedTag): RegistryCell {
  const nothing = { digest: null, certificate: null, signed: null, platforms: null, created: null, message: null };
  if (tag.state === 'absent') return { ...nothing, state: 'absent' };
  if (tag.state === 'unknown') return { ...nothing, state: 'unknown', message: tag.message };
  const times = (tag.images ?? []).flatMap(({ created }) => created ?? []);
  return {
    state: 'present',
    digest: tag.digest,
    certificate: tag.certificate ?? null,
    signed: tag.signed ?? null,
    platforms: tag.images ? [...new Set(tag.images.map(({ platform }) => formatPlatform(platform)))] : null,
    // Of several images the oldest, as certificates have it.
    created: times.length > 0 ? formatInstant(Math.min(...times)) : null,
    message: tag.message ?? null,
  };
}
