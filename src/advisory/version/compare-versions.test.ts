import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ecosystem, ecosystems } from '../../model/index.ts';
import { compareVersions, parseVersion } from './compare-versions.ts';
import { VersionError } from './version-error.ts';

/** Each line is a chain of versions as the ecosystem's own tool orders them. */
const chains: Readonly<Record<Ecosystem, readonly string[]>> = {
  deb: [
    '0~~ < 0~~a < 0~ < 0 = 0-0 = 0:0 = 00-0 < 0a < 0+ < 0.1',
    '1.0~rc1-1 < 1.0-1 < 1.0-1+b1 < 1.0-1+deb12u1 < 1.0-1.1 < 1.0-2 < 1.0+dfsg-1 < 1.0.1-1 < 1.1 < 1.10 < 1:0.1',
    '2.36-9+deb12u3 < 2.36-9+deb12u10',
    '1.2.3 = 1.2.3-0 = 001.2.03 < 1.2.3-0+b1 < 1.2.3-1',
    '1.0-1~bpo12+1 < 1.0-1 < 1.0-1ubuntu0.1 < 1.0-1ubuntu1',
    '1-a < 1-a0a < 1-a1 < 1-aa < 1-a+ < 1-a.',
    '7.6p2-4 > 7.6-0',
    '1.0 = +0:1.0 = -0:1.0 < 1:1 < 2147483647:1',
    '1:2:3 < 1:2:4',
    '99999999999999999998 < 99999999999999999999',
  ],
  apk: [
    '1.0_alpha < 1.0_alpha1 < 1.0_alpha2 < 1.0_beta < 1.0_pre1 < 1.0_rc1 < 1.0 < 1.0-r0 < 1.0-r1 < 1.0_cvs1 < 1.0_svn < 1.0_git20240101 < 1.0_hg < 1.0_p < 1.0_p1 < 1.0_p9-r0 < 1.0_p10-r0 < 1.0a < 1.0b < 1.0.1',
    '0.12 < 0.13_beta1',
    '1.05 < 1.1 < 1.10',
    '1.0.05 < 1.0.1',
    '0.1.0_alpha_pre2 < 0.1.0_alpha',
    '1.2.07.8 < 1.2.12.04 < 1.2.12.05 < 1.3.3',
    '006 = 6 < 0006.0',
    '1.0_rc1 = 1.0_rc01 < 1.0_rc1_p1',
    '1.0-r1 = 1.0-r01',
    '1.0 < 1.0-r1 < 1.0~ab < 1.0~ab-r1 < 1.0~abc',
    '2.02-r1 > 1.5.0-r1 > 1.5.0 > 0.9.2',
    '1.1.24-r9 < 1.1.24-r10',
    '18446744073709551616 < 18446744073709551617',
  ],
  rpm: [
    '1~ < 1 = 1. = 1_ < 1^ < 1^20210501 < 1a < 1.1 < 1.2 < 1.10',
    '1.0~rc1~git1 < 1.0~rc1 < 1.0~rc1^git1 < 1.0 < 1.0^git1~pre < 1.0^git1 < 1.0^git2 < 1.0.z < 1.0.1 < 1.0.1.1',
    '2.0.1a = 2.0.1.a = 2.0.1+a < 2.0.1.1',
    '1.05 = 1.5 = 1_5 = 0:1.5 = 00:1.5 = :1.5 < 1.5-1',
    '4.18.0-477.10.1.el8_8 < 4.18.0-477.13.1.el8_8 < 4.18.0-513.5.1.el8_9 < 1:0.1-1.el8',
    '1.1.1k-9.el8_6 < 1.1.1k-12.el8_9 < 1:1.0-1',
    '10xyz < 10.1xyz',
    'xyz10 < xyz10.1',
    'xyz.4 < 2 < 2a < 2.0 < 8',
    '20101121 < 20101122',
    '99999999999999999998 < 99999999999999999999',
    '6.0.rc1 > 6.0',
    '1.0aa > 1.0a > 1.0Z',
    '. = _ < a < 0',
  ],
  npm: [
    '1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0',
    '1.0.0 = v1.0.0 = 1.0.0+build < 1.0.1-0 < 1.0.1',
    '2.0.0 < 10.0.0',
    '1.0.0-0 < 1.0.0-1 < 1.0.0-10 < 1.0.0--1 < 1.0.0-A < 1.0.0-a',
  ],
  pypi: [
    '1.0.dev1 < 1.0a1.dev1 < 1.0a1 < 1.0a1.post1.dev1 < 1.0a1.post1 < 1.0a2 < 1.0b1 < 1.0rc1.dev2 < 1.0rc1 < 1.0 < 1.0+abc < 1.0+abc.5 < 1.0+abc.9 < 1.0+abc.10 < 1.0+5 < 1.0.post1.dev1 < 1.0.post1 < 1.0.1 < 1.1.dev1 < 0!2 < 1!0.1',
    '1.0 = 1 = 1.0.0 = v1.0 = V1.0 = 01.00 = 0!1.0 < 1.0.0.1',
    '1.0-1 = 1.0.post1 = 1.0post1 = 1.0_rev_1 = 1.0-R-1 < 1.0-2',
    '1.0a = 1.0a0 = 1.0.alpha.0 = 1.0-ALPHA = 1.0_a_00',
    '1.0c1 = 1.0rc1 = 1.0pre1 = 1.0-preview-1',
    '1.0+ABC.1 = 1.0+abc-1 = 1.0+abc_01',
    '1.0+1e5 < 1.0+9 < 1.0+10',
    '1.0+0x10 < 1.0+15',
    '1.9007199254740992 < 1.9007199254740993',
    '1.0.dev < 1.0.dev1 < 1.0',
    '0 = 0.0 = 0!0 < 0.0.1',
  ],
  golang: [
    'v1.0.0-alpha < v1.0.0-alpha.1 < v1.0.0-beta < v1.0.0-rc.2 < v1.0.0-rc.11 < v1.0.0 = 1.0.0 = v1 = v1.0 < v1.2 < v1.10.0',
    'v0.0.0-20180101000000-abcdefabcdef < v0.0.0-20190101000000-000000000000 < v0.0.0',
    'v2.0.0 = v2.0.0+incompatible < v2.0.1-0.20230101000000-abcdefabcdef < v2.0.1',
    'go1 < go1.2 < go1.19.9 < go1.20rc1 < go1.20 = go1.20.0 < go1.20.1 < go1.21 < go1.21rc1 < go1.21rc2 < go1.21.0 < go1.21.1 < go1.22',
    'go1.21beta1 < go1.21rc1 < go1.21.0rc1 < go1.21.0 = go1.21.0-bigcorp',
    'go1.21rc2 = 1.21.0-rc.2',
    '1.20.0-0 < go1.20rc1 < go1.20 = 1.20.0',
    'v99999999999999999998.0.0 < v99999999999999999999.0.0',
  ],
  maven: [
    '1-alpha = 1.alpha = 1-ALPHA < 1-a1 = 1-alpha-1 = 1alpha1 < 1-alpha2 < 1-alpha10 < 1-b1 < 1-milestone < 1-m1 < 1-rc = 1-cr < 1-rc1 < 1-SNAPSHOT < 1 = 1.0 = 1.0.0 = 1-ga = 1-final = 1.Final = 1.0.0.RELEASE = 01 < 1-sp < 1-abc < 1-xyz < 1-1 < 1-2 < 1.1 < 1.2 < 1.10 < 2',
    '1.0.0.RC1 = 1.0-RC1 < 1.0.0-RC2',
    '2.9.10 < 2.9.10.1 < 2.9.10.8 < 2.10',
    '31.1-android < 31.1-jre < 32.0.0-android',
    '9.4.5.v20170502 < 9.4.48.v20220622',
    '4.1.77.Final < 4.1.100.Final',
    'Finchley.SR4 < Greenwich.SR1 < Hoxton.RELEASE < Hoxton.SR9 < Hoxton.SR12',
    '1-x-1 < 1-x1a < 1-x2',
    '99999999999999999998 < 99999999999999999999',
  ],
  gem: [
    '1.0.a < 1.0.a.2 < 1.0.a10 < 1.0.b1 < 1.0.beta < 1.0.pre < 1.0-1 < 1.0.rc1 < 1.0 = 1 = 1.0.0 = 1.00 = 01 < 1.0.0.1 < 1.0.1.pre < 1.0.1 < 1.1 < 1.10 < 2',
    '1.0-beta.2 = 1.0.pre.beta.2 < 1.0',
    '5.2.4.rc1 < 5.2.4 < 5.2.4.1 < 5.2.4.6',
    '1.0.A < 1.0.a',
    '1.a.0 = 1.a < 1.a.1',
    '1.0.0a1 = 1.a1 = 1.a.1',
    '0 = 0.0 < 0.0.1',
    '99999999999999999998 < 99999999999999999999',
  ],
  cargo: [
    '1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0',
    '1.0.0 = 1.0.0+build = 1.0.0+001 < 1.0.1-0 < 1.0.1 < 1.2.0 < 1.10.0',
    '0.0.0-0 < 0.0.0-99999999999999999998 < 0.0.0-99999999999999999999 < 0.0.0',
    '18446744073709551614.0.0 < 18446744073709551615.0.0',
  ],
  composer: [
    '1.0-dev < 1.0-alpha < 1.0-alpha1 = 1.0a1 = 1.0.0.0-ALPHA-1 < 1.0-beta < 1.0-beta2-dev < 1.0-beta2 < 1.0-RC1 = 1.0rc1 < 1.0 = 1 = v1.0.0 = 1.0.0.0 = 1.0-stable = 1.0+build = 1.0@dev < 1.0-patch1 = 1.0pl1 < 1.0.0.1 < 1.0.1 < 1.1 < 1.10 < 1.x-dev < 2.0',
    '2010-01-02 < 2010-01-03 < 2010.1.10',
    '20100102 < 20100103',
    '1.2.x-dev = 1.2.9999999.9999999-dev < 1.3.0 < 1.x-dev',
    '1.0-STABLE < 1.0-dev',
    '1.9223372036854775806 < 1.9223372036854775807 = 1.9223372036854775808',
  ],
  nuget: [
    '1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta = 1.0.0-BETA < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0 = 1 = 1.0 = 1.0.0.0 = 01.00 = 1.0.0+build < 1.0.0.1-a < 1.0.0.1 < 1.0.1 < 1.10',
    '1.0--2 < 1.0--1 < 1.0--0 = 1.0-0 < 1.0-9 < 1.0-2147483647 < 1.0-2147483648 < 1.0-a',
    '4.3.0-preview1-24530-04 < 4.3.0-preview2 < 4.3.0 < 4.3.1',
    '13.0.1-beta2 < 13.0.1',
  ],
};

const invalid: Readonly<Record<Ecosystem, readonly string[]>> = {
  deb: [
    '',
    ' ',
    ':1',
    '1:',
    'a:1',
    '1a:1',
    '-1:1',
    '1 2',
    '1-',
    '-1',
    'a',
    '1_2',
    '~1',
    '.1',
    '2147483648:1',
    '1-1:1',
    '1é',
    '1:a',
    '1\n2',
    '1-_',
  ],
  apk: [
    '',
    ' 1',
    '1 ',
    '1\n',
    'v1',
    '1.',
    '1..2',
    '.1',
    '1.0bc',
    '1a2',
    '1.0_foo',
    '1.0_alph',
    '1.0_',
    '1.0-r',
    '1.0-1',
    '1.0~',
    '1.0~AB',
    '1.0~xyz',
    '1.0-r1-r2',
    '1.0-r1_p1',
    '1.0A',
    '1:1.0',
    '1.0+1',
  ],
  rpm: ['', ' ', ' 1', '1\n', '1 2', '1-2-3', '1--', '1:2:3', 'a:1', '1a:1', '-1:1', '1-1:1', '1é', '1!', '1=2', '1/2'],
  npm: [
    '',
    'a',
    '1',
    '1.0',
    '1.0.0.0',
    '01.0.0',
    '1.0.0-',
    '1.0.0-01',
    '1.0.0-a..b',
    '1.0.0+',
    '=1.0.0',
    '1.0.0 beta',
    '1.x.0',
    '9007199254740992.0.0',
    '1.0.0-ä',
    'latest',
  ],
  pypi: [
    '',
    ' ',
    'a',
    '1.0-',
    '1.0.',
    '1..0',
    '1.0+',
    '1.0+a+b',
    '1.0+-a',
    '2004d',
    '1.0-foo',
    '1.0.x',
    '1!',
    '!1',
    '1.0 beta',
    '1.0a1a1',
    '1.0-1-1',
    '1.0.dev1.post1',
    'french toast',
    '1,0',
  ],
  golang: [
    '',
    ' v1',
    'v1.0.0\n',
    'v',
    'v1.',
    'v01.0.0',
    'v1.2-pre',
    'v1+meta',
    'v1.0.0-',
    'v1.0.0-01',
    'v1.0.0-a..b',
    'v1.0.0+',
    'V1.0.0',
    'v1.2.3.4',
    '(devel)',
    'go',
    'go1.',
    'go01',
    'gopher',
    'go1.2.3.4',
    'go1rc1',
    '1.21rc2',
    'go1.21rc01',
  ],
  maven: [
    '',
    ' ',
    '1 2',
    '1\n',
    '[1.0,2.0)',
    '[1.0]',
    '1,2',
    '${project.version}',
    '1/2',
    '1:2',
    '1*',
    '1é',
    '1\u{1d7d8}',
  ],
  gem: ['a', '.1', '1.', '1..2', 'v1', '1_0', '1.0+1', '1.0-', '1.0-a..b', '1.é', '1 2', '1.0_a', '>=1', '1.0-a_b'],
  cargo: [
    '',
    'a',
    '1',
    '1.0',
    'v1.0.0',
    ' 1.0.0',
    '1.0.0 ',
    '1.0.0.0',
    '01.0.0',
    '1.0.0-',
    '1.0.0-01',
    '1.0.0-a..b',
    '1.0.0+',
    '=1.0.0',
    '18446744073709551616.0.0',
    '1.0.0-ä',
    '1.0.*',
  ],
  composer: [
    '',
    ' ',
    'a',
    'dev-main',
    'dev-1.0',
    'master',
    'DEV-x',
    '1.0.0.0.0',
    '1.0-foo',
    '1..0',
    '1.0-beta-a',
    '^1.0',
    '1.*',
    '>=1.0',
    '1.0 beta',
    '1,0',
    'x.1-dev',
    '1.0-beta2-foo',
    '1.0é',
  ],
  nuget: [
    '',
    ' ',
    'a',
    'v1.0',
    '.5',
    '1.',
    '1..2',
    '1.2.3.4.5',
    '1.0-',
    '1.0+',
    '1.0-a..b',
    '1.0-a+',
    '1.0-01',
    '2147483648.0',
    '1.0-é',
    '1 2.0',
    '[1.0]',
    '1.0.*',
    '1.0-a_b',
  ],
};

function cases(ecosystem: Ecosystem): [string, string, -1 | 0 | 1][] {
  const pairs: [string, string, -1 | 0 | 1][] = [];
  for (const chain of chains[ecosystem]) {
    const parts = chain.split(' ');
    for (let i = 0; i < parts.length; i += 2) {
      let order: -1 | 0 | 1 = 0;
      for (let j = i + 2; j < parts.length; j += 2) {
        const sign = parts[j - 1];
        order = sign === '<' ? -1 : sign === '>' ? 1 : order;
        pairs.push([parts[i] as string, parts[j] as string, order]);
      }
    }
  }
  return pairs;
}

describe.each(ecosystems)('versions of %s', (ecosystem) => {
  it.each(cases(ecosystem))('%s against %s gives %i', (a, b, expected) => {
    expect(compareVersions(ecosystem, a, b)).toBe(expected);
    expect(compareVersions(ecosystem, b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each(invalid[ecosystem])('%j is refused with a reason', (text) => {
    expect(() => parseVersion(ecosystem, text)).toThrow(VersionError);
    expect(() => compareVersions(ecosystem, '1.0.0', text)).toThrow(/ is not an? \w+ version: .{10}/);
  });

  it('refuses what is longer than any version, at once', () => {
    const long = `1.0.0${'.0'.repeat(50_000)}`;
    expect(() => parseVersion(ecosystem, long)).toThrow(/longer than 256 characters/);
    expect(() => parseVersion(ecosystem, '0'.repeat(10_000))).toThrow(VersionError);
  });

  it('is a total order', () => {
    const version = plausible[ecosystem];
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const compare = (x: string, y: string) => compareVersions(ecosystem, x, y);
        expect(compare(a, a)).toBe(0);
        expect(compare(a, b)).toBe(0 - compare(b, a) || 0);
        const [low, middle, high] = [a, b, c].sort(compare) as [string, string, string];
        expect(compare(low, middle)).toBeLessThanOrEqual(0);
        expect(compare(middle, high)).toBeLessThanOrEqual(0);
        expect(compare(low, high)).toBeLessThanOrEqual(0);
        if (compare(low, middle) < 0 || compare(middle, high) < 0) expect(compare(low, high)).toBe(-1);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives an order or a VersionError for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), nearby), (text) => {
        try {
          expect(compareVersions(ecosystem, text, text)).toBe(0);
        } catch (error) {
          expect(error).toBeInstanceOf(VersionError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

const nearby = fc.string({ unit: fc.constantFrom(...'0019.-_+~^:!vabcrgop '), maxLength: 24 });
const digits = fc.constantFrom('0', '00', '1', '01', '2', '9', '10', '100');
const dotted = fc.array(digits, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const number = fc.constantFrom('0', '1', '2', '10');
const optional = (arbitrary: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), arbitrary);
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));
const prerelease = fc
  .array(fc.constantFrom('0', '1', '10', 'a', 'rc', 'rc1', '-'), { minLength: 1, maxLength: 3 })
  .map((parts) => `-${parts.join('.')}`);

const plausible: Readonly<Record<Ecosystem, fc.Arbitrary<string>>> = {
  deb: joined(
    optional(number.map((epoch) => `${epoch}:`)),
    digits,
    fc.string({ unit: fc.constantFrom(...'019aZ.+~-'), maxLength: 6 }),
    fc.constantFrom('a', '0', '~'),
  ),
  apk: joined(
    dotted,
    optional(fc.constantFrom('a', 'b')),
    fc
      .array(joined(fc.constantFrom('_alpha', '_beta', '_pre', '_rc', '_git', '_p'), optional(digits)), {
        maxLength: 2,
      })
      .map((parts) => parts.join('')),
    optional(fc.constantFrom('~0a', '~0b')),
    optional(number.map((revision) => `-r${revision}`)),
  ),
  rpm: joined(
    optional(number.map((epoch) => `${epoch}:`)),
    fc.string({ unit: fc.constantFrom(...'019aZ+~^_'), minLength: 1, maxLength: 6 }),
    fc.constantFrom('', '.', '.1', '.a'),
    optional(joined(fc.constant('-'), fc.string({ unit: fc.constantFrom(...'01a~^'), maxLength: 4 }))),
  ),
  npm: joined(number, fc.constant('.'), number, fc.constant('.'), number, optional(prerelease)),
  pypi: joined(
    optional(fc.constantFrom('0!', '1!')),
    dotted,
    optional(joined(fc.constantFrom('a', 'b', 'rc', '-alpha.'), optional(digits))),
    optional(fc.constantFrom('.post', '-1', 'post2', '-r10')),
    optional(fc.constantFrom('.dev', 'dev1', '-dev-10')),
    optional(fc.constantFrom('+abc', '+abc.1', '+1', '+abc.10', '+1e5')),
  ),
  golang: fc.oneof(
    joined(fc.constantFrom('', 'v'), number, fc.constant('.'), number, fc.constant('.'), number, optional(prerelease)),
    joined(
      fc.constantFrom('go1.20', 'go1.21', 'go2.0'),
      optional(fc.constantFrom('.0', '.1')),
      optional(fc.constantFrom('rc', 'rc1', 'beta1', 'rc10')),
    ),
  ),
  // Maven's own order has rings among stranger forms: 1 < 1.a-sp.ga < 1-RC1_m < 1.
  maven: joined(
    dotted,
    optional(
      fc.constantFrom('-alpha', '-a1', '-beta-2', '-M1', '-rc', '-rc10', '-cr2', '-SNAPSHOT', '-ga', '-sp', '-jre'),
    ),
  ),
  gem: joined(
    dotted,
    fc
      .array(fc.constantFrom('.a', '.b1', '.pre', '.rc.2', '.0', '.1'), { maxLength: 3 })
      .map((parts) => parts.join('')),
    optional(fc.constantFrom('-1', '-beta.2', '-0')),
  ),
  cargo: joined(
    number,
    fc.constant('.'),
    number,
    fc.constant('.'),
    number,
    optional(prerelease),
    optional(fc.constant('+1')),
  ),
  composer: joined(
    optional(fc.constant('v')),
    dotted,
    optional(
      fc.constantFrom(
        '.x-dev',
        '-dev',
        '-alpha',
        'a1',
        '-beta2',
        '-RC1',
        '-RC1-dev',
        '-patch1',
        'p2',
        '-stable',
        '-STABLE',
      ),
    ),
  ),
  nuget: joined(dotted, optional(fc.constant('.1')), optional(prerelease), optional(fc.constantFrom('-RC.1', '+1'))),
};
