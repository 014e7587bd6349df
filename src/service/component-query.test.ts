import { describe, expect, it } from 'vitest';
import { type Component, type Ecosystem, otherNameOf } from '../model/index.ts';
import { parseComponentQuery } from './component-query.ts';
import { ServiceError } from './service-error.ts';

function component(purl: string, name: string, source?: string): Component {
  const ecosystem = purl.slice(4, purl.indexOf('/')) as Ecosystem;
  return { purl, ecosystem, name, version: '1', ...(source ? { source: { name: source, version: '1' } } : {}) };
}

const libssl = component('pkg:deb/debian/libssl3@3.0.9-1%2Bdeb12u1?arch=amd64&distro=debian-12', 'libssl3', 'openssl');
const scoped = component('pkg:npm/%40babel/core@7.0.0', '@babel/core');
const python = component('pkg:pypi/ruamel-yaml@0.17', 'ruamel-yaml');
const go = component('pkg:golang/github.com/Masterminds/semver@v1.5.0', 'github.com/Masterminds/semver');
const artifact = component(
  'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
  'org.apache.logging.log4j:log4j-core',
);

describe('a query', () => {
  it.each<[string, Component, boolean]>([
    ['libssl3', libssl, true],
    ['OpenSSL', libssl, true],
    ['openss', libssl, false],
    ['@babel/core', scoped, true],
    ['core', scoped, false],
    ['Ruamel.Yaml', python, true],
    ['ruamel__yaml', python, true],
    ['ruamel.yaml', component('pkg:npm/ruamel-yaml@1', 'ruamel-yaml'), false],
    ['github.com/masterminds/semver', go, true],
    ['pkg:golang/github.com/Masterminds/semver', go, true],
    ['pkg:golang/github.com/masterminds/semver@v1.5.0', go, true],
    ['pkg:deb/debian/libssl3', libssl, true],
    ['pkg:deb/debian/libssl3@3.0.9-1%2Bdeb12u1', libssl, true],
    ['pkg:deb/debian/libssl3@3.0.9-1+deb12u1', libssl, true],
    ['pkg:deb/debian/libssl3@3.0.9-1', libssl, false],
    ['pkg:deb/ubuntu/libssl3', libssl, false],
    ['pkg:deb/debian/openssl', libssl, false],
    ['pkg:deb/debian/libssl3?distro=debian-12', libssl, true],
    ['pkg:deb/debian/libssl3?distro=debian-11', libssl, false],
    ['pkg:npm/%40babel/core', scoped, true],
    ['pkg:npm/@babel/core@7.0.0', scoped, true],
    ['pkg:npm/core', scoped, false],
    ['pkg:pypi/Ruamel_Yaml', component('pkg:pypi/ruamel-yaml@0.17', 'ruamel-yaml'), true],
    ['pkg:maven/org.apache.logging.log4j/log4j-core', artifact, true],
    ['org.apache.logging.log4j:log4j-core', artifact, true],
    ['Log4j-Core', artifact, true],
    ['log4j', artifact, false],
    ['log4j-core', component('pkg:npm/%40x/log4j-core@1', '@x:log4j-core'), false],
    ['PKG:golang/github.com/Masterminds/semver', go, true],
  ])('%s', (text, candidate, expected) => {
    const query = parseComponentQuery(text);
    const isNamed = query.names.some((name) =>
      [candidate.name, otherNameOf(candidate)].some((each) => each?.toLowerCase() === name.toLowerCase()),
    );
    expect(isNamed && query.matches(candidate)).toBe(expected);
  });

  it.each(['', '   ', 'pkg:', 'pkg:npm', 'pkg:npm/', 'x'.repeat(513)])('is refused: %j', (text) => {
    expect(() => parseComponentQuery(text)).toThrow(ServiceError);
  });

  it('does not fall over a component whose package URL cannot be read', () => {
    expect(parseComponentQuery('pkg:npm/left').matches(component('pkg:npm/%', 'left'))).toBe(false);
  });
});
