import { describe, expect, it } from 'vitest';
import { policy } from '../../test/fakes/launch-scene.ts';
import { noRegistries } from '../../test/fakes/no-registries.ts';
import type { DocumentStore } from '../model/index.ts';
import { parseDocuments } from '../policy/index.ts';
import { createRulesReader, type KeptDocuments } from './rules-in-force.ts';

const group = parseDocuments(
  'apiVersion: portwarden/v1\nkind: SecurityGroup\nmetadata: {name: web}\nspec: {members: [{labels: {app: web}}]}\n',
  'group.yaml',
);

/** A store that may be away, with a book beside it. Each `open()` is a process that starts anew. */
function openScene(kept?: KeptDocuments) {
  const world = { isAway: false, isDiskFull: false, revision: 1, documents: [policy({})], now: 0, read: 0, kept };
  const asked = async <Value>(answer: Value): Promise<Value> => {
    if (world.isAway) throw new Error('no connection');
    return answer;
  };
  const store = {
    revision: () => asked(world.revision),
    list: () => asked([...world.documents, ...group].map((body) => ({ body }))),
  } as unknown as DocumentStore;
  const warned: string[] = [];
  const open = () =>
    createRulesReader({
      store,
      sources: noRegistries.trustSources,
      now: () => world.now,
      log: { debug() {}, info() {}, error() {}, warn: (_, text) => void warned.push(text) },
      book: {
        async read() {
          world.read++;
          return world.kept;
        },
        async write(documents) {
          if (world.isDiskFull) throw new Error('no space left on device');
          world.kept = documents;
        },
      },
    });
  return { world, open, warned };
}

const kept = { revision: 7, documents: [policy({}, 'observe')] };
const modesOf = async (rules: ReturnType<typeof createRulesReader>) =>
  (await rules()).launchPolicies.map(({ mode }) => mode);

describe('rules in force', () => {
  it('are kept as the store says them, without what they are not made of', async () => {
    const { open, world } = openScene(kept);
    const rules = open();
    expect(await modesOf(rules)).toEqual(['enforce']);
    expect(world.kept).toEqual({ revision: 1, documents: [policy({})] });
    expect(world.read).toBe(0);
    world.documents = [policy({}, 'observe')];
    world.revision = 2;
    world.now = 1000;
    await rules();
    expect(world.kept).toEqual({ revision: 2, documents: [policy({}, 'observe')] });
  });

  it('hold on while the store is away, and are not what somebody kept', async () => {
    const { open, world } = openScene();
    const rules = open();
    await rules();
    [world.isAway, world.kept, world.now] = [true, kept, 60_000];
    expect(await modesOf(rules)).toEqual(['enforce']);
  });

  it('are those that were kept where the store is away from the start, until it is there', async () => {
    const { open, world } = openScene(kept);
    world.isAway = true;
    const rules = open();
    expect(await modesOf(rules)).toEqual(['observe']);
    expect((await rules()).revision).toBe(7);
    // Even where its revision is the same by chance, the store counts.
    [world.isAway, world.revision, world.now] = [false, 7, 1000];
    expect(await modesOf(rules)).toEqual(['enforce']);
    expect(world.kept).toEqual({ revision: 7, documents: [policy({})] });
  });

  it('are none where none were kept, and the file is looked at once', async () => {
    const { open, world } = openScene();
    world.isAway = true;
    const rules = open();
    for (const now of [0, 2000, 4000]) {
      world.now = now;
      await expect(rules()).rejects.toThrow('no connection');
    }
    expect(world.read).toBe(1);
  });

  it('hold where they cannot be kept, which is said once', async () => {
    const { open, world, warned } = openScene();
    world.isDiskFull = true;
    const rules = open();
    for (const now of [0, 1000, 2000]) {
      world.now = now;
      expect(await modesOf(rules)).toEqual(['enforce']);
    }
    expect(warned).toEqual(['policies could not be kept on disk']);
  });

  it('have one digest for what launches are decided by, whatever else is applied', async () => {
    const digest = async (...documents: readonly ReturnType<typeof policy>[]) => {
      const { open, world } = openScene();
      world.documents = [...documents];
      return (await open()()).launchDigest;
    };
    expect(await digest(policy({}))).toBe(await digest(policy({})));
    expect(await digest(policy({}))).not.toBe(await digest(policy({}, 'observe')));
    expect(await digest(policy({}))).not.toBe(await digest());
  });
});
