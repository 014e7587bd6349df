import { type Digest, formatInstant, type Instant } from '../base/index.ts';
import { type CertificateState, formatPlatform, type Platform, platformMatches } from '../model/index.ts';
import type { RegistryDifference } from '../model/wire/index.ts';

export interface ComparedRegistry {
  readonly name: string;
  /** What its document demands of every index. */
  readonly platforms: readonly Platform[];
}

/** One of the images that a tag leads to. */
export interface ComparedImage {
  readonly platform: Platform;
  readonly created?: Instant;
  /** When the first step of its history was made, which is of its base image. */
  readonly baseCreated?: Instant;
}

export interface PresentTag {
  readonly state: 'present';
  readonly digest: Digest;
  readonly certificate?: CertificateState;
  /** Absent where it is not known. */
  readonly images?: readonly ComparedImage[];
  /** By the trust roots of its registry; absent where it has none, or they could not be asked. */
  readonly signed?: boolean;
  /** What could not be looked at. */
  readonly message?: string;
}

/** A tag in one registry. `unknown` is never taken for `absent`. */
export type ComparedTag =
  | PresentTag
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly message: string };

/**
 * What of a tag is not the same in all registries; `tags` are in the order of `registries`. Pure. What is not known differs
 * from nothing.
 */
export function compareTag(
  registries: readonly ComparedRegistry[],
  tags: readonly ComparedTag[],
): readonly RegistryDifference[] {
  const present = tags.flatMap((tag, at): readonly Placed[] => {
    const registry = registries[at];
    return tag.state === 'present' && registry ? [{ ...tag, registry }] : [];
  });
  const absent = registries.filter((_, at) => tags[at]?.state === 'absent').map(({ name }) => name);
  return [
    ...digestsOf(present),
    ...certifiedElsewhere(present, absent),
    ...signedElsewhere(present),
    ...present.flatMap((tag) => missingPlatforms(tag, present)),
    ...present.flatMap((tag) => olderThan(tag, present)),
  ];
}

type Placed = PresentTag & { readonly registry: ComparedRegistry };

function digestsOf(present: readonly Placed[]): readonly RegistryDifference[] {
  const names = new Map<Digest, string[]>();
  for (const { digest, registry } of present) names.set(digest, [...(names.get(digest) ?? []), registry.name]);
  if (names.size < 2) return [];
  const each = [...names].map(([digest, where]) => `${digest.slice(0, 19)} in ${where.join(', ')}`);
  return [{ kind: 'different-digest', registries: present.map(nameOf), message: each.join('; ') }];
}

function certifiedElsewhere(present: readonly Placed[], absent: readonly string[]): readonly RegistryDifference[] {
  const certified = present.filter(({ certificate }) => certificate === 'certified').map(nameOf);
  if (certified.length === 0 || absent.length === 0) return [];
  const message = `certified in ${certified.join(', ')}, absent in ${absent.join(', ')}`;
  return [{ kind: 'certified-absent', registries: [...absent], message }];
}

function signedElsewhere(present: readonly Placed[]): readonly RegistryDifference[] {
  const signed = present.filter((tag) => tag.signed === true).map(nameOf);
  const unsigned = present.filter((tag) => tag.signed === false).map(nameOf);
  if (signed.length === 0 || unsigned.length === 0) return [];
  const message = `signed in ${signed.join(', ')}, not by whom ${unsigned.join(', ')} trusts`;
  return [{ kind: 'unsigned', registries: unsigned, message }];
}

function missingPlatforms({ images, registry }: Placed, present: readonly Placed[]): readonly RegistryDifference[] {
  // What is no image has no platforms: a chart, a policy.
  if (images === undefined || images.length === 0) return [];
  const lacks = (wanted: Platform) => !images.some(({ platform }) => platformMatches(wanted, platform));
  const where = new Map<string, string[]>();
  for (const other of present) {
    for (const platform of distinctPlatforms(other.images ?? []).filter(lacks)) {
      const text = formatPlatform(platform);
      where.set(text, [...(where.get(text) ?? []), other.registry.name]);
    }
  }
  const demanded = registry.platforms.filter(lacks).map(formatPlatform);
  return [...new Set([...demanded, ...where.keys()])].map((platform) => {
    const elsewhere = where.get(platform);
    const found = elsewhere ? `, ${elsewhere.join(', ')} has it` : '';
    const because = demanded.includes(platform) ? ', which its document demands' : '';
    const message = `no ${platform} in ${registry.name}${because}${found}`;
    return { kind: 'platform-missing', registries: [registry.name], message };
  });
}

function distinctPlatforms(images: readonly ComparedImage[]): readonly Platform[] {
  return [...new Map(images.map(({ platform }) => [formatPlatform(platform), platform])).values()];
}

/** The first moment that a build can honestly be of: builders that set a fixed date write one of 1970 or 1980. */
const firstHonestDate = Date.UTC(1980, 0, 2);

/** Held against the newest image for the same platform; once for each kind, however many platforms are older. */
function olderThan({ images = [], registry }: Placed, present: readonly Placed[]): readonly RegistryDifference[] {
  const kinds = [
    { kind: 'older-build', time: 'created', says: 'built' },
    { kind: 'older-base', time: 'baseCreated', says: 'on a base of' },
  ] as const;
  return kinds.flatMap(({ kind, time, says }) => {
    for (const image of images) {
      const mine = image[time];
      if (mine === undefined || mine < firstHonestDate) continue;
      const platform = formatPlatform(image.platform);
      const newest = newestOf(platform, time, present);
      if (!newest || newest.at <= mine) continue;
      const message = `${says} ${formatInstant(mine)} in ${registry.name}, ${formatInstant(newest.at)} in ${newest.name} (${platform})`;
      return [{ kind, registries: [registry.name], message }];
    }
    return [];
  });
}

function newestOf(platform: string, time: 'created' | 'baseCreated', present: readonly Placed[]) {
  const all = present.flatMap(({ images = [], registry: { name } }) =>
    images.flatMap((image) => {
      const at = image[time];
      return at !== undefined && formatPlatform(image.platform) === platform ? [{ at, name }] : [];
    }),
  );
  return all.toSorted((a, b) => b.at - a.at)[0];
}

function nameOf({ registry }: Placed): string {
  return registry.name;
}
