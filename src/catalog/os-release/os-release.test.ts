import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryContents } from '../../../test/fakes/memory-contents.ts';
import { ProblemList } from '../problem-list.ts';
import { distributionOf } from './distribution-of.ts';
import { parseOsRelease } from './parse-os-release.ts';
import { readDistribution } from './read-distribution.ts';

function releaseOf(text: string): string | undefined {
  const distribution = distributionOf(parseOsRelease(text));
  return distribution && `${distribution.id} ${distribution.release}`;
}

describe('parseOsRelease', () => {
  it.each([
    ['ID=debian', 'debian'],
    ['ID="debian"', 'debian'],
    ["ID='debian'", 'debian'],
    ['ID=debian\r', 'debian'],
    ['#ID=no\n\nID=debian', 'debian'],
    ['ID=debian # a remark', 'debian'],
    ['ID=first\nID=debian', 'debian'],
    ['ID="a\\"b\\$c\\\\d"', 'a"b$c\\d'],
    ["ID='a\\b'", 'a\\b'],
    ['ID="open', 'open'],
    ['ID=', ''],
  ])('reads %j', (text, id) => {
    expect(parseOsRelease(text).get('ID')).toBe(id);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void distributionOf(parseOsRelease(text))),
    );
    fc.assert(fc.property(fc.string(), (value) => void parseOsRelease(`ID="${value}\nVERSION_ID='${value}`)));
  });
});

describe('distributionOf', () => {
  it.each([
    ['ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm', 'debian 12'],
    ['PRETTY_NAME="Distroless"\nID="debian"\nVERSION_ID="12"', 'debian 12'],
    ['PRETTY_NAME="Debian GNU/Linux forky/sid"\nID=debian\nVERSION_CODENAME=forky', 'debian 14'],
    ['PRETTY_NAME="Debian GNU/Linux sid"\nID=debian', 'debian sid'],
    ['ID=debian\nVERSION_CODENAME=constructor', 'debian sid'],
    ['ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\nID_LIKE=debian', 'ubuntu 22.04'],
    ['ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"', 'alpine v3.19'],
    ['ID=alpine\nVERSION_ID=3.20_alpha20240329\nPRETTY_NAME="Alpine Linux edge"', 'alpine edge'],
    ['ID=alpine\nVERSION_ID=3.20.0\nPRETTY_NAME="Alpine Linux edge"', 'alpine edge'],
    ['ID=wolfi\nNAME="Wolfi"\nVERSION_ID="20230201"', 'wolfi rolling'],
    ['ID=chainguard\nVERSION_ID="20230214"', 'chainguard rolling'],
    ['ID="rocky"\nVERSION_ID="9.3"', 'rocky 9'],
    ['ID="rhel"\nVERSION_ID="8.10"\nPLATFORM_ID="platform:el8"', 'rhel 8'],
    ['ID="centos"\nVERSION_ID="7"', 'centos 7'],
    ['ID=fedora\nVERSION_ID=40', 'fedora 40'],
    ['ID="amzn"\nVERSION_ID="2023"', 'amzn 2023'],
    ['ID="opensuse-leap"\nVERSION_ID="15.6"', 'opensuse-leap 15.6'],
    ['ID="opensuse-tumbleweed"\nVERSION_ID="20240612"', 'opensuse-tumbleweed rolling'],
    ['ID="sles"\nVERSION_ID="15.5"', 'sles 15.5'],
    ['ID=someone', 'someone unknown'],
    ['NAME=Nobody', undefined],
    ['ID="../etc"', undefined],
    ['ID=someone\nVERSION_ID="\u001b[2J"', undefined],
    ['ID=someone\nVERSION_ID="1/../2"', undefined],
    [`ID=someone\nVERSION_ID="${'1'.repeat(65)}"`, undefined],
  ])('names the release of %j', (text, release) => {
    expect(releaseOf(text)).toBe(release);
  });
});

describe('readDistribution', () => {
  async function read(files: Parameters<typeof memoryContents>[0]) {
    const contents = memoryContents(files);
    const problems = new ProblemList(contents.layers);
    const distribution = await readDistribution({ contents }, problems);
    return {
      found: distribution && `${distribution.id} ${distribution.release}`,
      problems: problems.toArray().map((problem) => problem.code),
    };
  }

  it.each([
    [
      'follows the usual link',
      { '/etc/os-release': { link: '../usr/lib/os-release' }, '/usr/lib/os-release': 'ID=debian\nVERSION_ID=12' },
      'debian 12',
    ],
    [
      'prefers /etc',
      { '/etc/os-release': 'ID=alpine\nVERSION_ID=3.19.0', '/usr/lib/os-release': 'ID=debian\nVERSION_ID=12' },
      'alpine v3.19',
    ],
    ['reads /usr/lib alone', { '/usr/lib/os-release': 'ID=debian\nVERSION_ID=12' }, 'debian 12'],
    ['falls back to alpine-release', { '/etc/alpine-release': '3.10.4\n' }, 'alpine v3.10'],
    ['knows an edge there', { '/etc/alpine-release': '3.20_alpha20240329\n' }, 'alpine edge'],
    ['falls back to debian_version', { '/etc/debian_version': '12.11\n' }, 'debian 12'],
    ['knows testing there', { '/etc/debian_version': 'trixie/sid\n' }, 'debian 13'],
    ['says nothing of an empty image', {}, undefined],
  ])('%s', async (_what, files, found) => {
    expect(await read(files as Parameters<typeof memoryContents>[0])).toEqual({ found, problems: [] });
  });

  it('reports a file that names nothing, and one that is absurd', async () => {
    expect(await read({ '/etc/os-release': 'hello' })).toEqual({
      found: undefined,
      problems: ['catalog/os-release/no-id'],
    });
    expect(await read({ '/etc/os-release': 'ID=debian\n'.repeat(10_000) })).toEqual({
      found: undefined,
      problems: ['catalog/file-too-large'],
    });
  });
});
