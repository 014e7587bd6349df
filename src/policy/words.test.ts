import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';
import { nearestName } from './nearest-name.ts';
import { componentOfPurl, packageMatches, parsePackagePattern } from './package-pattern.ts';
import { isSatisfied, parseLicense } from './rules/license-expression.ts';
import { isSamePerson } from './same-person.ts';

describe('a duration', () => {
  it.each([
    ['30d', 30 * 86_400_000],
    ['12h', 43_200_000],
    ['90m', 5_400_000],
    ['1d12h', 129_600_000],
    ['0s', 0],
  ])('%s', (text, value) => {
    expect(parseDuration(text)).toBe(value);
    expect(parseDuration(formatDuration(value))).toBe(value);
  });
  it.each(['', '30', 'd', '-1d', '1.5d', '1h1d', '1w', ' 1d', '1d ', '9999999d'])('is none: %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('a package', () => {
  const npm = { purl: 'pkg:npm/%40a/b@1.0', ecosystem: 'npm', name: '@a/b', version: '1.0', source: null };
  const jar = {
    purl: 'pkg:maven/org.apache/log4j-core@2.14',
    ecosystem: 'maven',
    name: 'org.apache:log4j-core',
    version: '2.14',
    source: null,
  };
  const deb = {
    purl: 'pkg:deb/debian/libssl3@3.0',
    ecosystem: 'deb',
    name: 'libssl3',
    version: '3.0',
    source: { name: 'openssl', version: '3.0' },
  };
  it.each([
    ['npm:@a/b', npm, true],
    ['npm:@a/*', npm, true],
    ['@a/b@1.0', npm, true],
    ['@a/b@1', npm, false],
    ['pypi:@a/b', npm, false],
    ['pkg:npm/%40a/b', npm, true],
    ['pkg:npm/%40a', npm, false],
    ['LOG4J-core', jar, true],
    ['org.apache:log4j-core@2.14', jar, true],
    ['log4j', jar, false],
    ['openssl', deb, true],
    ['deb:openssl@3.0', deb, true],
    ['ssl', deb, false],
  ])('%s and %o: %s', (text, component, matches) => {
    expect(packageMatches(parsePackagePattern(text) as never, component)).toBe(matches);
  });
  it.each(['', '*', '@', 'a b', 'a <1', 'npm:', 'a@', 'pkg:npm/*'])('is none: %j', (text) =>
    expect(parsePackagePattern(text)).toBeUndefined(),
  );
  it.each([npm, jar, deb])('is told by its package URL: $purl', ({ purl, name, version, ecosystem }) => {
    expect(componentOfPurl(purl)).toEqual({ purl, name, version, ecosystem });
  });
});

describe('a license', () => {
  const free = (id: string): boolean => ['MIT', 'GPL-2.0-only WITH Classpath-exception-2.0'].includes(id);
  it.each([
    ['MIT', true],
    ['GPL-2.0-only', false],
    ['MIT OR GPL-2.0-only', true],
    ['MIT and GPL-2.0-only', false],
    ['GPL-2.0-only WITH Classpath-exception-2.0 AND MIT', true],
    ['(GPL-2.0-only OR MIT) AND (BSD OR GPL)', false],
  ])('%s', (text, is) => expect(isSatisfied(parseLicense(text) as never, free)).toBe(is));
  it.each(['', 'MIT OR', '(MIT', 'MIT)', 'MIT GPL', 'GPL WITH', 'OR', '('.repeat(1000)])('is none: %j', (text) => {
    expect(parseLicense(text)).toBeUndefined();
  });
});

describe('a person', () => {
  it.each([
    ['alice', 'ALICE '],
    ['alice', 'ａｌｉｃｅ'],
    ['alice', 'al\u00adice'],
    ['jose', 'José'],
    ['strasse', 'Straße'],
    ['a b', 'a\u00a0b'],
    ['sasha', 'ѕаѕһа'],
  ])('is one: %s, %s', (a, b) => expect(isSamePerson(a, b)).toBe(true));
  it.each([
    ['alice', 'bob'],
    ['alice', 'alice2'],
    ['иван', 'олег'],
  ])('are two: %s, %s', (a, b) => expect(isSamePerson(a, b)).toBe(false));
});

it('suggests what was meant, and nothing that was not', () => {
  expect(nearestName('max_age', ['maxAge', 'mode'])).toBe('maxAge');
  expect(nearestName('sepc', ['spec', 'kind'])).toBe('spec');
  expect(nearestName('hello', ['spec', 'kind'])).toBeUndefined();
});
