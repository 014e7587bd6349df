import { describe, expect, it } from 'vitest';
import { digest } from '../../test/contract/store/specimens.ts';
import { parsePlatform } from '../model/index.ts';
import { type ComparedImage, type ComparedTag, compareTag, type PresentTag } from './compare-registries.ts';

const [january, march] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 2, 1)];

function image(platform: string, times: Omit<ComparedImage, 'platform'> = {}): ComparedImage {
  const parsed = parsePlatform(platform);
  if (!parsed) throw new Error(platform);
  return { platform: parsed, ...times };
}

const amd64 = image('linux/amd64');
const arm64 = image('linux/arm64');
const has = (more: Partial<PresentTag> = {}): PresentTag => ({ state: 'present', digest: digest('a'), ...more });
const absent: ComparedTag = { state: 'absent' };
const unknown: ComparedTag = { state: 'unknown', message: 'no connection' };

function compare(tags: readonly ComparedTag[], demanded: readonly string[] = []): readonly string[] {
  const names = ['main', 'mirror', 'lab'];
  const registries = tags.map((_, at) => ({
    name: names[at] ?? '',
    platforms: at === 1 ? demanded.map((text) => image(text).platform) : [],
  }));
  return compareTag(registries, tags).map(({ kind, message }) => `${kind}: ${message}`);
}

describe('a tag in several registries', () => {
  it.each<[string, readonly ComparedTag[], readonly string[]]>([
    ['that is the same in all', [has(), has(), has()], []],
    ['that is in one alone and certified nowhere', [has(), absent], []],
    ['that is in none', [absent, absent], []],
    [
      'with another digest',
      [has(), has({ digest: digest('b') }), has()],
      [`different-digest: ${digest('a').slice(0, 19)} in main, lab; ${digest('b').slice(0, 19)} in mirror`],
    ],
    [
      'certified here, absent there',
      [has({ certificate: 'certified' }), absent, has()],
      ['certified-absent: certified in main, absent in mirror'],
    ],
    ['whose certificate ran out here, absent there', [has({ certificate: 'suspect' }), absent], []],
    ['withdrawn here, absent there', [has({ certificate: 'withdrawn' }), absent], []],
    ['certified here, where there could not be looked', [has({ certificate: 'certified' }), unknown], []],
    ['of another digest, where there could not be looked', [has(), unknown, has()], []],
    [
      'signed here, not there',
      [has({ signed: true }), has({ signed: false })],
      ['unsigned: signed in main, not by whom mirror trusts'],
    ],
    ['signed here, where nobody is trusted there', [has({ signed: true }), has()], []],
    ['signed nowhere', [has({ signed: false }), has({ signed: false })], []],
    ['signed here, absent there', [has({ signed: true }), absent], []],
    [
      'whose index lists a platform here and not there',
      [has({ images: [amd64, arm64] }), has({ images: [amd64] }), has({ images: [arm64, amd64] })],
      ['platform-missing: no linux/arm64 in mirror, main, lab has it'],
    ],
    ['whose platforms are not known there', [has({ images: [amd64, arm64] }), has()], []],
    ['that is no image there', [has({ images: [amd64, arm64] }), has({ images: [] })], []],
    [
      'built earlier here than there',
      [
        has({ images: [image('linux/amd64', { created: march })] }),
        has({ images: [image('linux/amd64', { created: january })] }),
      ],
      ['older-build: built 2026-01-01T00:00:00.000Z in mirror, 2026-03-01T00:00:00.000Z in main (linux/amd64)'],
    ],
    [
      'built at one time, on an older base there',
      [
        has({ images: [image('linux/amd64', { created: march, baseCreated: march })] }),
        has({ images: [image('linux/amd64', { created: march, baseCreated: january })] }),
      ],
      ['older-base: on a base of 2026-01-01T00:00:00.000Z in mirror, 2026-03-01T00:00:00.000Z in main (linux/amd64)'],
    ],
    [
      'that does not say when it was built',
      [
        has({ images: [image('linux/amd64', { created: 0 })] }),
        has({ images: [image('linux/amd64', { created: march })] }),
      ],
      [],
    ],
  ])('%s', (_, tags, differences) => {
    expect(compare(tags)).toEqual(differences);
  });

  it('is held against those that lack something, are behind, or have another digest', () => {
    const registries = ['main', 'mirror', 'lab'].map((name) => ({ name, platforms: [] }));
    const old = has({ digest: digest('b'), signed: false, images: [image('linux/amd64', { created: january })] });
    const fresh = image('linux/amd64', { created: march });
    const good = has({ signed: true, certificate: 'certified', images: [fresh, arm64] });
    const of = compareTag(registries, [good, old, absent]).map((each) => [each.kind, ...each.registries]);
    expect(of).toEqual([
      ['different-digest', 'main', 'mirror'],
      ['certified-absent', 'lab'],
      ['unsigned', 'mirror'],
      ['platform-missing', 'mirror'],
      ['older-build', 'mirror'],
    ]);
  });

  it('is compared with images for the same platform alone', () => {
    const built = (platform: string, created: number) => image(platform, { created });
    const all = has({ images: [built('linux/amd64', march), built('linux/arm64', january)] });
    expect(compare([all, has({ images: [built('linux/amd64', march)] })])).toEqual([
      'platform-missing: no linux/arm64 in mirror, main has it',
    ]);
  });

  it('lacks what the document of its registry demands, wherever else it is', () => {
    const one = has({ images: [amd64] });
    expect(compare([one, one], ['linux/amd64', 'linux/arm64'])).toEqual([
      'platform-missing: no linux/arm64 in mirror, which its document demands',
    ]);
    expect(compare([has({ images: [amd64, arm64] }), one], ['linux/arm64'])).toEqual([
      'platform-missing: no linux/arm64 in mirror, which its document demands, main has it',
    ]);
    expect(compare([one, absent], ['linux/arm64'])).toEqual([]);
  });
});
