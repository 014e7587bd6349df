import { type Digest, formatInstant, type Instant, lazyLibrary } from '../base/index.ts';
import { type Certificate, certificateState, globMatches, type TagRecord } from '../model/index.ts';
import type { RegistryDocument } from '../policy/index.ts';

const semver = lazyLibrary<typeof import('semver')>('semver');

export type Channel = NonNullable<RegistryDocument['spec']['channels']>[string];

/** Where a repository names no channel: the highest version, else the latest built, of whatever is certified. */
export const defaultChannel = 'latest';

export interface Candidate {
  readonly tag: string;
  readonly certificate: Certificate;
}

export interface Choice {
  readonly picked: Candidate | undefined;
  /** Those that would have come before it, or all where none is picked: why each was not. */
  readonly rejected: readonly { readonly tag: string; readonly digest: Digest; readonly reason: string }[];
}

/**
 * The newest certified image by a channel's order, for a platform. Pure. Whatever is not picked has a reason; what is older
 * than what is picked needs none but that.
 */
export function chooseCandidate(
  tags: readonly TagRecord[],
  certificates: ReadonlyMap<Digest, Certificate>,
  channel: Channel | undefined,
  platform: string,
  now: Instant,
): Choice {
  const rejected: { tag: string; digest: Digest; reason: string }[] = [];
  const candidates: Candidate[] = [];
  for (const { tag, digest } of tags) {
    const certificate = certificates.get(digest);
    const reason = reasonAgainst(tag, certificate, channel, platform, now);
    if (certificate && reason === undefined) candidates.push({ tag, certificate });
    else rejected.push({ tag, digest, reason: reason ?? 'it was never judged' });
  }
  const isByVersion = channel ? channel.order === 'semver' : candidates.some(({ tag }) => versionOf(tag) !== undefined);
  const [picked, ...others] = candidates.toSorted(isByVersion ? byVersion : byCreation);
  for (const { tag, certificate } of others) {
    if (certificate.image.digest === picked?.certificate.image.digest) continue;
    rejected.push({ tag, digest: certificate.image.digest, reason: `it is older than ${picked?.tag}` });
  }
  return { picked, rejected };
}

function reasonAgainst(
  tag: string,
  certificate: Certificate | undefined,
  channel: Channel | undefined,
  platform: string,
  now: Instant,
): string | undefined {
  if (!certificate) return 'it was never judged';
  const state = certificateState(certificate, now);
  if (state === 'refused') return `refused: ${certificate.findings.map(({ rule }) => rule).join(', ')}`;
  if (state === 'undecided') return `not decided: ${certificate.cause ?? 'no reason given'}`;
  if (state === 'withdrawn') return `withdrawn: ${certificate.withdrawn?.reason ?? 'no reason given'}`;
  if (state === 'suspect') return `its certificate ran out at ${formatInstant(certificate.expires)}`;
  if (!certificate.images.some((image) => image.platform === platform)) return `it has no image for ${platform}`;
  return channel && reasonOfChannel(tag, channel, certificate);
}

function reasonOfChannel(tag: string, channel: Channel, certificate: Certificate): string | undefined {
  const { order, pattern, range, floor, prerelease = false } = channel;
  if (pattern !== undefined && !globMatches(pattern, tag)) return `its tag is not of the pattern ${pattern}`;
  if (order === 'created') return certificate.created === undefined ? 'it does not say when it was built' : undefined;
  const version = versionOf(tag);
  if (version === undefined) return 'its tag is no version';
  const { prerelease: prereleaseOf, satisfies, lt } = semver();
  if (!prerelease && prereleaseOf(version) !== null) return 'it is a prerelease';
  if (range !== undefined && !satisfies(version, range, { includePrerelease: prerelease }))
    return `it is not in the range ${range}`;
  if (floor !== undefined && lt(version, versionOf(floor) ?? floor)) return `it is below the floor ${floor}`;
  return undefined;
}

/** A tag as a version: `v1.2.3`, `1.2.3-rc.1`; undefined for `latest`, and for `1.2`, which moves. */
function versionOf(tag: string): string | undefined {
  return semver().valid(tag.replace(/^v/, ''), { loose: false }) ?? undefined;
}

function byVersion(a: Candidate, b: Candidate): number {
  const [left, right] = [versionOf(a.tag), versionOf(b.tag)];
  if (left === undefined || right === undefined)
    return Number(left === undefined) - Number(right === undefined) || byCreation(a, b);
  return semver().rcompare(left, right) || byCreation(a, b);
}

function byCreation(a: Candidate, b: Candidate): number {
  const created = (b.certificate.created ?? 0) - (a.certificate.created ?? 0);
  return created || b.certificate.judgedAt - a.certificate.judgedAt || (a.tag < b.tag ? -1 : 1);
}
