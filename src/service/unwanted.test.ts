import { describe, expect, it } from 'vitest';
import type { ComponentEcosystem, InstalledComponent } from '../model/index.ts';
import { findUnwanted, parseUnwantedRules, UnwantedError, unwantedLimits } from './unwanted.ts';

function component(purl: string, name: string, more: Partial<InstalledComponent> = {}): InstalledComponent {
  const [, ecosystem, version] = /^pkg:(\w+)\/.*@([^?]*)/.exec(purl) ?? [];
  return {
    purl,
    ecosystem: ecosystem as ComponentEcosystem,
    name,
    version: decodeURIComponent(version ?? ''),
    licenses: [],
    locations: ['/first', '/second'],
    layer: 2,
    ...more,
  };
}

const log4j = component('pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1', 'org.apache.logging.log4j:log4j-core');
const leftPad = component('pkg:npm/left-pad@1.3.0', 'left-pad');
const telnetd = component('pkg:deb/debian/telnetd@0.17-44?distro=debian-12', 'telnetd');
const libssl = component('pkg:deb/debian/libssl3@3.0.5-1?distro=debian-12', 'libssl3', {
  source: { name: 'openssl', version: '3.0.5-1' },
});
const all = [log4j, leftPad, telnetd, libssl];

const find = (text: string, components: readonly InstalledComponent[] = all) =>
  findUnwanted(components, parseUnwantedRules(text, 'rules'));
const details = (text: string, components?: readonly InstalledComponent[]) =>
  find(text, components).observations.map(({ detail }) => detail.replace(/ .*/, ''));

describe('a rule', () => {
  it.each<[string, readonly string[]]>([
    ['log4j-core <2.17.1', [log4j.name]],
    ['log4j-core<2.17.1', [log4j.name]],
    ['log4j-core >=2.17.1', []],
    ['org.apache.logging.log4j:log4j-core', [log4j.name]],
    ['org.example:log4j-core', []],
    ['maven:log4j-core =2.14.1', [log4j.name]],
    ['npm:log4j-core', []],
    ['pkg:maven/org.apache.logging.log4j/log4j-core', [log4j.name]],
    ['pkg:maven/org.apache.logging.log4j/log4j-core <2', []],
    ['npm:left-pad', ['left-pad']],
    ['Left-Pad *', ['left-pad']],
    ['left', []],
    ['pkg:npm/left-pad@1.3.0', ['left-pad']],
    ['pkg:npm/left-pad@1.3.1', []],
    ['left-pad 1.3.0 # exactly', ['left-pad']],
    ['left-pad <1 || >=1.3 <1.4', ['left-pad']],
    ['deb:telnetd', ['telnetd']],
    ['apk:telnetd', []],
    ['openssl >=3.0.0 <3.0.7', ['libssl3']],
    ['openssl >=3.0.7', []],
    ['# left-pad', []],
    ['', []],
    ['toString\n__proto__\nconstructor', []],
  ])('%j finds %j', (text, expected) => {
    expect(details(text)).toEqual(expected);
    expect(find(text).problems).toEqual([]);
  });

  it('is told with its line, and where the component is', () => {
    expect(find('# ours\r\n\r\nopenssl <3.0.7\t# flawed\r\nlibssl3').observations).toEqual([
      {
        rule: 'inspect/package/unwanted',
        severity: 'medium',
        confidence: 'certain',
        path: '/first',
        layer: 2,
        detail: 'libssl3 3.0.5-1 of openssl, by "openssl <3.0.7" (rules:3)',
      },
    ]);
  });

  it('says that what is only claimed is a guess', () => {
    const claimed = { ...leftPad, locations: [], evidence: { kind: 'claimed', confidence: 'certain' } } as const;
    const [found] = find('left-pad', [claimed]).observations;
    expect(found).toMatchObject({ confidence: 'guess' });
    expect(found).not.toHaveProperty('path');
  });

  it.each<[string, InstalledComponent]>([
    ['left-pad <2', component('pkg:npm/left-pad@not%20a%20version', 'left-pad')],
    ['busybox <2', component('pkg:generic/busybox@1.36.1', 'busybox')],
  ])('%j that cannot be held against a version is a problem', (text, candidate) => {
    const { observations, problems } = find(text, [candidate]);
    expect(observations).toEqual([]);
    expect(problems).toMatchObject([{ code: 'inspect/package/undetermined', path: '/first' }]);
    expect(problems[0]?.message).toContain(`by "${text}" (rules:1)`);
  });

  it('with a bound that is no version of the ecosystem is a problem', () => {
    expect(find('left-pad <1:2~rc1', [leftPad]).problems).toHaveLength(1);
  });

  it('is no problem where another says surely that the package is unwanted', () => {
    const busybox = component('pkg:generic/busybox@1.36.1', 'busybox');
    expect(find('busybox <2\nbusybox', [busybox])).toMatchObject({ observations: [{}], problems: [] });
  });

  it('has few problems, and the rest counted', () => {
    const many = Array.from({ length: 100 }, (_, n) => component(`pkg:npm/left-pad@x${n}`, 'left-pad'));
    const { problems } = find('left-pad <1', many);
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)?.message).toMatch(/^80 more/);
  });
});

describe('a file of rules', () => {
  it.each([
    ['rules:1: it names no package', '<2'],
    ['rules:1: ', 'pkg:maven/log4j-core'],
    ['rules:3: "left-*" is a pattern', 'fine\n\nleft-*'],
    ['rules:1: ', 'left-pad <'],
    ['rules:1: ', 'left-pad ^1'],
    ['rules:1: ', 'pkg:npm'],
    ['rules:1: it has a version in the package URL and a range', 'pkg:npm/left-pad@1.0.0 <2'],
    ['rules:1: ', 'npm:'],
    ['rules:1: ', 'x'.repeat(600)],
    ['rules: it has more than 10000 rules', 'a\n'.repeat(unwantedLimits.rules + 1)],
    ['rules: it is larger than 1048576 bytes', '#'.repeat(unwantedLimits.fileBytes + 1)],
  ])('is refused: %s', (message, text) => {
    expect(() => parseUnwantedRules(text, 'rules')).toThrow(UnwantedError);
    expect(() => parseUnwantedRules(text, 'rules')).toThrow(message);
  });

  it('may be as long as it may be', () => {
    expect(parseUnwantedRules('a\n'.repeat(unwantedLimits.rules), 'rules')).toHaveLength(unwantedLimits.rules);
  });
});
