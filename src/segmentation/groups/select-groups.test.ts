import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeContainer, networkedContainer, securityGroup } from '../../../test/fakes/networked-containers.ts';
import type { MemberSelector, NetworkedContainer } from '../../model/index.ts';
import { compileSelection, selectGroups } from './select-groups.ts';

const web = composeContainer(1, 'shop', 'web');
const labeled = (labels: Record<string, string>) => networkedContainer(2, { labels });
const isMember = (selector: MemberSelector, container: NetworkedContainer) =>
  selectGroups([securityGroup('a', { members: [selector] })], container).length === 1;

describe('a selector', () => {
  it.each<readonly [string, MemberSelector, NetworkedContainer, boolean]>([
    ['of nothing', {}, web, true],
    ['of a project', { project: 'shop' }, web, true],
    ['of another project', { project: 'shop2' }, web, false],
    ['of projects', { project: 'sh*' }, web, true],
    ['of a project and a service', { project: 'shop', service: 'web' }, web, true],
    ['of a project and another service', { project: 'shop', service: 'db' }, web, false],
    ['of a project, of what is in none', { project: '*' }, networkedContainer(1), false],
    ['of a project of podman', { project: 'shop' }, labeled({ 'io.podman.compose.project': 'shop' }), true],
    [
      'of a project, of two that are said',
      { project: 'other' },
      labeled({ 'com.docker.compose.project': 'shop', 'io.podman.compose.project': 'other' }),
      false,
    ],
    ['of a name', { name: 'shop-web-1' }, web, true],
    ['of the beginning of a name', { name: 'shop-*' }, web, true],
    ['of the end of a name', { name: '*-1' }, web, true],
    ['of a part of a name', { name: 'web' }, web, false],
    ['of a name in other case', { name: 'Shop-web-1' }, web, false],
    ['of a host', { host: 'quay' }, web, true],
    ['of another host', { host: 'pier*' }, web, false],
    ['of an engine', { engine: 'docker' }, web, true],
    ['of another engine', { engine: 'podman' }, web, false],
    ['of an image', { image: 'registry.example/shop/web' }, web, true],
    ['of images', { image: 'registry.example/shop/*' }, web, true],
    ['of images anywhere', { image: '*/shop/**' }, web, true],
    ['of images of another registry', { image: 'registry.evil.example/shop/*' }, web, false],
    ['of the folder of an image', { image: 'registry.example/shop' }, web, false],
    [
      'of an image with a digest',
      { image: 'docker.io/library/nginx' },
      networkedContainer(1, { imageReference: `nginx@sha256:${'0'.repeat(64)}` }),
      true,
    ],
    [
      'of images, of what was started by its ID',
      { image: '*/**' },
      networkedContainer(1, { imageReference: `sha256:${'0'.repeat(64)}` }),
      false,
    ],
    [
      'of images, of what was started by hex digits alone',
      { image: 'docker.io/library/*' },
      networkedContainer(1, { imageReference: '0'.repeat(64) }),
      false,
    ],
    [
      'of images, of what has no such name',
      { image: '*/*' },
      networkedContainer(1, { imageReference: '<none>' }),
      false,
    ],
    ['of a label', { labels: { tier: 'web' } }, labeled({ tier: 'web' }), true],
    ['of a label with another value', { labels: { tier: 'web' } }, labeled({ tier: 'webs' }), false],
    ['of a label with a star in its value', { labels: { tier: 'web*' } }, labeled({ tier: 'web1' }), false],
    ['of a label with any value', { labels: { tier: '*' } }, labeled({ tier: '' }), true],
    ['of a label that is not there', { labels: { tier: '*' } }, web, false],
    ['of a label that every object has', { labels: { constructor: '*' } }, web, false],
    ['of two labels', { labels: { a: '1', b: '2' } }, labeled({ a: '1' }), false],
    ['of a namespace', { namespace: 'shop' }, labeled({ 'io.kubernetes.pod.namespace': 'shop' }), true],
  ])('%s', (_, selector, container, expected) => expect(isMember(selector, container)).toBe(expected));
});

describe('groups of a container', () => {
  const groups = [
    securityGroup('b', { members: [{ project: 'shop' }, { name: 'shop-*' }] }),
    securityGroup('a', { members: [{ service: 'web' }] }),
    securityGroup('rest', { isDefault: true }),
  ];
  it('are all that have it, once, ascending', () => expect(selectGroups(groups, web)).toEqual(['a', 'b']));
  it('are the default where none has it', () => expect(selectGroups(groups, networkedContainer(3))).toEqual(['rest']));
  it('are none where there is no default', () =>
    expect(selectGroups(groups.slice(0, 2), networkedContainer(3))).toEqual([]));
});

describe('the index', () => {
  const word = fc.constantFrom('a', 'ab', 'abc', 'b', 'web', 'a-web');
  const pattern = fc.oneof(word, fc.constantFrom('*', 'a*', 'ab*', '*b', 'a*c', '*web*', '**'));
  const selector: fc.Arbitrary<MemberSelector> = fc.record(
    {
      name: pattern,
      project: pattern,
      service: pattern,
      host: pattern,
      image: fc.constantFrom('docker.io/a', 'docker.io/a/*', '*/a/**', 'docker.io/a*'),
      engine: fc.constantFrom('docker' as const, 'podman' as const),
      labels: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2', '*'), { noNullPrototype: true }),
    },
    { requiredKeys: [] },
  );
  const container = fc
    .record({
      name: word,
      host: word,
      engine: fc.constantFrom('docker' as const, 'podman' as const),
      imageReference: fc.constantFrom('docker.io/a/b', 'docker.io/a/b/c:1', 'ab', 'r.example/a/b'),
      labels: fc.dictionary(
        fc.constantFrom('x', 'y', 'com.docker.compose.project', 'com.docker.compose.service'),
        fc.oneof(word, fc.constantFrom('1', '2')),
        { noNullPrototype: true },
      ),
    })
    .map((more) => networkedContainer(1, more));

  it('finds what each selector alone fits', () => {
    fc.assert(
      fc.property(
        fc.array(selector, { maxLength: 12 }),
        fc.array(container, { maxLength: 5 }),
        (selectors, containers) => {
          const groups = selectors.map((each, index) => securityGroup(`g${index}`, { members: [each] }));
          const select = compileSelection(groups);
          for (const each of containers) {
            const alone = groups.filter((group) => selectGroups([group], each).length > 0).map(({ name }) => name);
            expect(select(each)).toEqual(alone.sort());
          }
        },
      ),
    );
  });
});
