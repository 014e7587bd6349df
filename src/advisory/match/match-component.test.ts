import { describe, expect, it } from 'vitest';
import type { Advisory, AffectedPackage, Component } from '../../model/index.ts';
import { advisoryPackagesOf } from './advisory-package.ts';
import { matchComponent } from './match-component.ts';

const bookworm = { id: 'debian', release: '12' };

function component(fields: Partial<Component>): Component {
  return { purl: 'pkg:x', ecosystem: 'npm', name: 'foo', version: '1.2.0', ...fields };
}

function advisory(affected: Partial<AffectedPackage>[], fields: Partial<Advisory> = {}): Advisory {
  return {
    id: 'A-1',
    aliases: [],
    summary: '',
    severity: 'high',
    cvss: [],
    references: [],
    affected: affected.map((entry) => ({ ecosystem: 'npm', name: 'foo', ranges: [], versions: [], ...entry })),
    ...fields,
  };
}

const libc6 = component({
  ecosystem: 'deb',
  name: 'libc6',
  version: '2.36-9+deb12u3',
  distribution: bookworm,
  source: { name: 'glibc', version: '2.36-9+deb12u3' },
});
const bindLibs = component({
  ecosystem: 'rpm',
  name: 'bind-libs',
  version: '32:9.16-1.el9',
  distribution: { id: 'rhel', release: '9' },
  source: { name: 'bind', version: '32:9.16-1.el9' },
});
const glibc = { ecosystem: 'deb', distribution: bookworm, name: 'glibc' } as const;

describe('a component', () => {
  it.each([
    ['0', '1.2.0', '1.1.9', true],
    ['0', '1.2.0', '1.2.0', false],
    ['1.0.0', '1.2.0', '1.0.0', true],
    ['1.0.0', '1.2.0', '1.0.0-rc.1', false],
    ['1.0.0', '1.2.0', '1.2.0-rc.1', true],
    ['1.2.0', '1.2.0', '1.2.0', false],
  ])('in [%s, %s) at %s is affected: %s', (introduced, fixed, version, affected) => {
    const result = matchComponent(component({ version }), [advisory([{ ranges: [{ introduced, fixed }] }])]);
    expect(result.undetermined).toEqual([]);
    expect(result.matches).toEqual(
      affected ? [{ advisory: 'A-1', package: 'foo', fixedIn: fixed, severity: 'high' }] : [],
    );
  });

  it('is affected up to and with the last affected version, with no fix known', () => {
    const ranges = [{ introduced: '0', lastAffected: '1.2.0' }];
    expect(matchComponent(component({}), [advisory([{ ranges }])]).matches).toEqual([
      { advisory: 'A-1', package: 'foo', severity: 'high' },
    ]);
    expect(matchComponent(component({ version: '1.2.1' }), [advisory([{ ranges }])]).matches).toEqual([]);
  });

  it('is affected where its version is listed, in any spelling', () => {
    const pypi = component({ ecosystem: 'pypi', name: 'foo', version: '1.2.0' });
    const listed = (versions: string[]) => matchComponent(pypi, [advisory([{ ecosystem: 'pypi', versions }])]);
    expect(listed(['1.2']).matches).toHaveLength(1);
    expect(listed(['1.1', '1.2.1', '2004d']).matches).toHaveLength(0);
    expect(listed(['2004d']).undetermined).toEqual([]);
  });

  it('has one match for an advisory with many ranges, and the lowest fix that is one', () => {
    const ranges = [
      { introduced: '1.0.0', fixed: '1.3.0' },
      { introduced: '1.2.0', fixed: '1.5.0' },
      { introduced: '0', fixed: '0.9.0' },
      { introduced: '2.0.0', fixed: '2.1.0' },
    ];
    const { matches } = matchComponent(component({}), [
      advisory([{ ranges }, { ranges: [{ introduced: '0', fixed: '1.4.0' }] }]),
    ]);
    expect(matches).toEqual([{ advisory: 'A-1', package: 'foo', fixedIn: '1.5.0', severity: 'high' }]);
  });

  it('goes by the source package of its own release', () => {
    const affected = [
      { ...glibc, ranges: [{ introduced: '0', fixed: '2.36-9+deb12u10' }], severity: 'low' as const },
      {
        ...glibc,
        distribution: { id: 'debian', release: '11' },
        ranges: [{ introduced: '0' }],
        severity: 'critical' as const,
      },
    ];
    expect(matchComponent(libc6, [advisory(affected)]).matches).toEqual([
      { advisory: 'A-1', package: 'glibc', fixedIn: '2.36-9+deb12u10', severity: 'low' },
    ]);
    expect(
      matchComponent({ ...libc6, distribution: { id: 'ubuntu', release: '12' } }, [advisory(affected)]).matches,
    ).toEqual([]);
  });

  it.each([
    ['its own name', [{ name: 'bind-libs', fixed: '32:9.16-2.el9' }], 'bind-libs'],
    ['its source', [{ name: 'bind', fixed: '32:9.16-2.el9' }], 'bind'],
    [
      'its own name before its source',
      [
        { name: 'bind', fixed: '32:9.16-2.el9' },
        { name: 'bind-libs', fixed: '32:9.16-1.el9' },
      ],
      undefined,
    ],
  ])('of RPM goes by %s', (_, entries, by) => {
    const affected = entries.map(({ name, fixed }) => ({
      ecosystem: 'rpm' as const,
      distribution: { id: 'rhel', release: '9' },
      name,
      ranges: [{ introduced: '0', fixed }],
    }));
    expect(matchComponent(bindLibs, [advisory(affected)]).matches.map((match) => match.package)).toEqual(
      by ? [by] : [],
    );
  });

  it('with a fix backported is not affected', () => {
    const backport = [{ ...glibc, ranges: [{ introduced: '0', fixed: '2.36-9+deb12u3' }] }];
    expect(matchComponent(libc6, [advisory(backport)])).toEqual({ matches: [], undetermined: [] });
  });

  it('of a distribution without a release is not spoken of', () => {
    const { distribution: _, ...homeless } = libc6;
    const everywhere = [{ ecosystem: 'deb' as const, name: 'glibc', ranges: [{ introduced: '0' }] }];
    expect(matchComponent(homeless, [advisory(everywhere)])).toEqual({ matches: [], undetermined: [] });
    expect(matchComponent(libc6, [advisory(everywhere)]).matches).toHaveLength(1);
  });

  it('is not affected by what was withdrawn', () => {
    const withdrawn = advisory([{ ranges: [{ introduced: '0' }] }], { withdrawn: 1 });
    expect(matchComponent(component({}), [withdrawn])).toEqual({ matches: [], undetermined: [] });
  });

  it.each([
    [[{ introduced: '0', fixed: 'soon' }], /"soon" is not an npm version/],
    [[{ introduced: '2.0.0', fixed: '1.0.0' }], /ends at 1.0.0, before it begins at 2.0.0/],
    [[], /without saying which versions/],
  ])('is undetermined where the range cannot be compared: %j', (ranges, reason) => {
    const { matches, undetermined } = matchComponent(component({}), [advisory([{ ranges }])]);
    expect(matches).toEqual([]);
    expect(undetermined).toEqual([{ advisory: 'A-1', reason: expect.stringMatching(reason) }]);
  });

  it('is affected where another range of the advisory can be compared and says so', () => {
    const ranges = [
      { introduced: '0', fixed: 'soon' },
      { introduced: '1.0.0', fixed: '1.3.0' },
    ];
    const result = matchComponent(component({}), [advisory([{ ranges }])]);
    expect(result.matches).toHaveLength(1);
    expect(result.undetermined).toEqual([]);
  });

  it('without a version that is one is undetermined, unless it is listed so', () => {
    const devel = component({ ecosystem: 'golang', version: '(devel)' });
    const ranged = { ecosystem: 'golang' as const, ranges: [{ introduced: '0', fixed: '1.0.0' }] };
    expect(matchComponent(devel, [advisory([ranged])]).undetermined).toEqual([
      { advisory: 'A-1', reason: expect.stringContaining('"(devel)" is not a golang version') },
    ]);
    expect(matchComponent(devel, [advisory([{ ...ranged, versions: ['(devel)'] }])]).matches).toHaveLength(1);
  });
});

describe('the package that advisories name', () => {
  it.each<[Partial<Component>, string, string]>([
    [libc6, 'glibc', '2.36-9+deb12u3'],
    [{ ecosystem: 'deb', name: 'bash', version: '5.2-2', distribution: bookworm }, 'bash', '5.2-2'],
    [
      { ecosystem: 'apk', name: 'libssl3', version: '3.1-r0', source: { name: 'openssl', version: '3.1-r0' } },
      'openssl',
      '3.1-r0',
    ],
    [{ ecosystem: 'pypi', name: 'Foo.Bar_baz' }, 'foo-bar-baz', '1.2.0'],
    [{ ecosystem: 'golang', name: 'stdlib', version: '1.21.3' }, 'stdlib', '1.21.3'],
    [{ ecosystem: 'npm', name: '@scope/Name' }, '@scope/Name', '1.2.0'],
    [{ ecosystem: 'nuget', name: 'Newtonsoft.Json' }, 'newtonsoft.json', '1.2.0'],
    [{ ecosystem: 'composer', name: 'Symfony/Console' }, 'symfony/console', '1.2.0'],
    [{ ecosystem: 'maven', name: 'org.Example:Core' }, 'org.Example:Core', '1.2.0'],
    [
      {
        ecosystem: 'deb',
        name: 'linux-image-6.1.0-21-amd64',
        version: '6.1.90-1',
        source: { name: 'linux-signed-amd64', version: '6.1.90+1' },
      },
      'linux',
      '6.1.90-1',
    ],
  ])('of %j is %s %s', (fields, name, version) => {
    expect(advisoryPackagesOf(component(fields))).toMatchObject([{ name, version }]);
  });

  it('of RPM is the package itself, then its source', () => {
    const names = advisoryPackagesOf(bindLibs).map(({ name, version }) => `${name} ${version}`);
    expect(names).toEqual(['bind-libs 32:9.16-1.el9', 'bind 32:9.16-1.el9']);
    expect(advisoryPackagesOf({ ...bindLibs, name: 'bind' })).toHaveLength(1);
  });

  it('is nothing where versions have no order', () => {
    expect(advisoryPackagesOf(component({ ecosystem: 'generic', name: 'nginx' }))).toEqual([]);
  });
});
