import { describe, expect, it } from 'vitest';
import { certificate, day, id, registry, start } from '../../test/fakes/launch-scene.ts';
import { type Digest, digestOf, fixedClock, silentLog } from '../base/index.ts';
import type { Certificate, LaunchImage, Store } from '../model/index.ts';
import { parseImageReference } from '../model/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import { createLaunchImages } from './launch-image.ts';

const name = 'registry.example/team/app:1';
const manifest = digestOf('manifest');
const named = (value: string, over: Partial<LaunchImage> = {}): LaunchImage => ({
  value,
  path: 'Image',
  reference: parseImageReference(value),
  ...over,
});
const withdrawn = { ...certificate, withdrawn: { at: start, effective: start, reason: 'CVE-2026-1' } } as Certificate;

function openImages(known: readonly [Digest, readonly Certificate[]][] = [[manifest, [certificate]]]) {
  const clock = fixedClock(start);
  const world = { isAway: false, asked: 0 };
  const answer = async <Value>(value: Value) => {
    world.asked++;
    if (world.isAway) throw new Error('no connection');
    return value;
  };
  const store = {
    certificates: {
      judgementsOf: ([content]: readonly Digest[]) => answer(new Map(known.filter(([digest]) => digest === content))),
      tags: (host: string, repository: string) =>
        answer(host === 'registry.example' && repository === 'team/app' ? [{ tag: '1', digest: manifest }] : []),
    },
    images: {
      get: (digest: Digest) =>
        answer(digest === id ? { facts: { user: 'app', entrypoint: ['/e'], command: ['c'] } } : undefined),
    },
  } as unknown as Store;
  const find = createLaunchImages({ store, clock, log: silentLog });
  const ask = (image: LaunchImage | undefined, registries = [registry as RegistryDocument]) =>
    find(image, { registries });
  return { ask, clock, world };
}

describe('the image of a launch', () => {
  const cases: readonly [string, LaunchImage | undefined, object, Digest | undefined][] = [
    ['by a tag of a trusted repository', named(name), { state: 'certified', image: certificate.image }, manifest],
    ['by its digest', named(`registry.example/team/app@${manifest}`), { state: 'certified' }, manifest],
    ['by a digest under any name', named(`other.example/x@${manifest}`), { state: 'certified' }, manifest],
    [
      'by its ID, which counts for more than the name',
      named(name, { id: digestOf('other') }),
      { state: 'refused', reason: 'it was never certified' },
      digestOf('other'),
    ],
    [
      'by a tag that was never certified',
      named('registry.example/team/app:2'),
      { state: 'refused', reason: 'team/app:2 was never certified' },
      undefined,
    ],
    [
      'without a tag, which is latest',
      named('registry.example/team/app'),
      { state: 'refused', reason: 'team/app:latest was never certified' },
      undefined,
    ],
    [
      'of a repository that is not trusted',
      named('registry.example/evil/app:1'),
      { state: 'refused', reason: 'main trusts nothing in evil/app' },
      undefined,
    ],
    [
      'of a registry without a document',
      named('other.example/team/app:1'),
      { state: 'refused', reason: 'no Registry document is of other.example' },
      undefined,
    ],
    ['that nobody could tell', { value: 'x', path: 'Image' }, { state: 'unknown' }, undefined],
    [
      'that cannot be read',
      { value: 'X X', path: 'Image', problem: 'it has a space' },
      { state: 'unknown', cause: 'it has a space' },
      undefined,
    ],
    ['that is not named', undefined, { state: 'unknown', cause: 'it names a container and no image' }, undefined],
  ];
  it.each(cases)('%s', async (_, image, facts, content) => {
    const answer = await openImages().ask(image);
    expect(answer.facts).toMatchObject(facts);
    expect(answer.content).toBe(content);
    expect(answer.isStoreAway).toBeUndefined();
  });

  it.each<[string, LaunchImage, Digest | undefined]>([
    ['a tag', named(name), undefined],
    ['a digest', named(`registry.example/team/app@${manifest}`), manifest],
  ])('by %s is compared with nothing where no registry has a document', async (_, image, content) => {
    const answer = await openImages().ask(image, []);
    expect(answer).toEqual({
      facts: { state: 'unknown', cause: expect.stringMatching(/no Registry document/) },
      ...(content ? { content } : {}),
    });
  });

  it('brings what it starts by itself, where that was read', async () => {
    const { start: own } = await openImages([[id, [certificate]]]).ask(named(name, { id }));
    expect(own).toEqual({ user: 'app', entrypoint: ['/e'], command: ['c'] });
    expect((await openImages().ask(named(name))).start).toBeUndefined();
  });

  it.each<[string, readonly Certificate[], RegExp]>([
    ['withdrawn', [withdrawn], /^withdrawn from registry\.example\/team\/app at .*: CVE-2026-1$/],
    ['ran out', [{ ...certificate, expires: start - 1 }], /^its certificate .* ran out at 2025-12-31/],
    ['nothing', [], /never certified/],
  ])('is refused where its certificate: %s', async (_, certificates, reason) => {
    const { facts } = await openImages([[manifest, certificates]]).ask(named(name));
    expect(facts).toMatchObject({ state: 'refused', reason: expect.stringMatching(reason) });
  });

  it('is certified where any of its judgements is', async () => {
    const { facts } = await openImages([[manifest, [withdrawn, certificate]]]).ask(named(name));
    expect(facts.state).toBe('certified');
  });
});

describe('while the store is away', () => {
  it.each([named(name), named(`registry.example/team/app@${manifest}`)])(
    '$value is unknown, and never refused',
    async (image) => {
      const { ask, world } = openImages();
      world.isAway = true;
      expect(await ask(image)).toMatchObject({
        facts: { state: 'unknown', cause: 'the store is away: no connection' },
        isStoreAway: true,
      });
    },
  );

  it('what was certified goes on to be until its certificate ends, or a day is over', async () => {
    const { ask, clock, world } = openImages([[manifest, [{ ...certificate, expires: start + day / 2 }]]]);
    await ask(named(name));
    world.isAway = true;
    clock.set(start + day / 4);
    expect((await ask(named(name))).facts.state).toBe('certified');
    clock.set(start + day / 2 + 1);
    expect((await ask(named(name))).facts.state).toBe('refused');
    clock.set(start + 2 * day);
    expect(await ask(named(name))).toMatchObject({ facts: { state: 'unknown' }, isStoreAway: true });
  });

  it('is not asked twice within a second', async () => {
    const { ask, world } = openImages();
    await ask(named(name));
    const before = world.asked;
    await ask(named(name));
    expect(world.asked).toBe(before);
  });
});
