import { describe, expect, it } from 'vitest';
import type { Digest } from '../base/index.ts';
import type { Certificate } from '../model/index.ts';
import { type Channel, chooseCandidate } from './order-candidates.ts';

const now = 1000;
const digestOf = (tag: string): Digest => `sha256:${Buffer.from(tag).toString('hex').padEnd(64, '0')}`;

function certificate(tag: string, change: Partial<Certificate> = {}): Certificate {
  const digest = digestOf(tag);
  return {
    image: { registry: 'r', repository: 'a', digest },
    source: `r/quarantine/a:${tag}`,
    outcome: 'certified',
    findings: [],
    signatures: [],
    attestations: [],
    images: [{ platform: 'linux/amd64', digest, imageId: digest }],
    policy: { name: 'p', digest },
    feeds: [],
    created: 1,
    judgedAt: 1,
    expires: 2000,
    ...change,
  };
}

function choose(
  certificates: Readonly<Record<string, Partial<Certificate> | undefined>>,
  channel?: Channel,
  platform = 'linux/amd64',
) {
  const tags = Object.keys(certificates).map((tag) => ({ tag, digest: digestOf(tag), at: 1 }));
  const known = Object.entries(certificates).flatMap(([tag, change]) => (change ? [certificate(tag, change)] : []));
  const { picked, rejected } = chooseCandidate(
    tags,
    new Map(known.map((each) => [each.image.digest, each])),
    channel,
    platform,
    now,
  );
  return { picked: picked?.tag, rejected: Object.fromEntries(rejected.map(({ tag, reason }) => [tag, reason])) };
}

describe('the latest certified', () => {
  it('is the highest version, not the highest text', () => {
    const { picked, rejected } = choose({ '1.9.0': {}, '1.10.0': {}, 'v1.2.0': {} });
    expect(picked).toBe('1.10.0');
    expect(rejected).toEqual({ '1.9.0': 'it is older than 1.10.0', 'v1.2.0': 'it is older than 1.10.0' });
  });

  it('is the one that was built last where tags are no versions', () => {
    expect(choose({ main: { created: 5 }, old: { created: 3 } }).picked).toBe('main');
  });

  it.each<[string, Partial<Certificate> | undefined, string]>([
    ['was never judged', undefined, 'it was never judged'],
    ['is refused', { outcome: 'refused', findings: [{ rule: 'image/age' } as never] }, 'refused: image/age'],
    ['is not decided', { outcome: 'undecided', cause: 'no feed' }, 'not decided: no feed'],
    ['ran out', { expires: 999 }, 'its certificate ran out at 1970-01-01T00:00:00.999Z'],
    ['was withdrawn', { withdrawn: { at: 1, effective: 1, reason: 'CVE-1' } }, 'withdrawn: CVE-1'],
    [
      'is of another platform',
      { images: [{ platform: 'linux/arm64', digest: digestOf('x'), imageId: digestOf('x') }] },
      'it has no image for linux/amd64',
    ],
  ])('is not one that %s, however new', (_name, change, reason) => {
    const { picked, rejected } = choose({ '9.0.0': change, '1.0.0': {} });
    expect(picked).toBe('1.0.0');
    expect(rejected['9.0.0']).toBe(reason);
  });

  it('counts a withdrawal only when its grace is over', () => {
    expect(choose({ '9.0.0': { withdrawn: { at: 1, effective: now + 1, reason: 'x' } }, '1.0.0': {} }).picked).toBe(
      '9.0.0',
    );
  });

  it('is nothing where nothing is certified', () => {
    expect(choose({ '1.0.0': { outcome: 'refused' } }).picked).toBeUndefined();
    expect(choose({}).picked).toBeUndefined();
  });

  it('names two tags of one image once', () => {
    const { picked, rejected } = choose({ '1.0.0': {} });
    expect([picked, rejected]).toEqual(['1.0.0', {}]);
  });
});

describe('a channel', () => {
  const versions = { '1.0.0': {}, '1.5.0': {}, '2.0.0-rc.1': {}, '2.0.0': {}, latest: {}, '3': {} };
  it.each<[string, Channel, string | undefined, Record<string, string>]>([
    ['of a range', { order: 'semver', range: '<2' }, '1.5.0', { '2.0.0': 'it is not in the range <2' }],
    [
      'without prereleases',
      { order: 'semver', range: '>=2.0.0-0 <2.0.0' },
      undefined,
      { '2.0.0-rc.1': 'it is a prerelease' },
    ],
    ['with prereleases', { order: 'semver', range: '>=2.0.0-0 <2.0.0', prerelease: true }, '2.0.0-rc.1', {}],
    [
      'with a floor',
      { order: 'semver', range: '<1.5', floor: '1.2.0' },
      undefined,
      { '1.0.0': 'it is below the floor 1.2.0' },
    ],
    ['of a pattern', { order: 'semver', pattern: '1.*' }, '1.5.0', { '2.0.0': 'its tag is not of the pattern 1.*' }],
    [
      'of versions passes over what moves',
      { order: 'semver' },
      '2.0.0',
      { latest: 'its tag is no version', 3: 'its tag is no version' },
    ],
  ])('%s', (_name, channel, picked, reasons) => {
    const choice = choose(versions, channel);
    expect(choice.picked).toBe(picked);
    expect(choice.rejected).toMatchObject(reasons);
  });

  it('of time orders by when images were built, and passes over those that do not say', () => {
    const choice = choose(
      { a: { created: 1 }, b: { created: 9 }, c: { created: undefined as never } },
      { order: 'created' },
    );
    expect(choice.picked).toBe('b');
    expect(choice.rejected.c).toBe('it does not say when it was built');
  });
});
