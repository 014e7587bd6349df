/** The self-test against a real dockerd: with nothing before it most attacks must succeed, and none behind the gate. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AttackReport, runAttacks } from '../../src/attack/index.ts';
import { type GatedDockerd, startGatedDockerd, strictSettings } from '../engines/gated-dockerd.ts';
import {
  busyboxImage,
  type ContainerEngine,
  describeWith,
  startDockerd,
  startPodman,
  writeDockerArchive,
} from '../engines/index.ts';

const trusted = 'trusted.example/harbor/busybox:1';
const evil = 'evil.example/harbor/busybox:1';
const directory = mkdtempSync(join(tmpdir(), 'pw-attack-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const never = new AbortController().signal;

async function load(engine: ContainerEngine, reference: string, is: string): Promise<string> {
  const archive = join(directory, `${is}.tar`);
  const made = busyboxImage();
  writeDockerArchive({ ...made, config: { ...made.config, Labels: { is } } }, archive, reference);
  await engine.load(archive);
  return ((await engine.call('GET', `/images/${reference}/json`)) as { readonly Id: string }).Id;
}

/** Everything that a run might leave. */
async function everything(engine: ContainerEngine): Promise<unknown> {
  const [containers, volumes, images] = await Promise.all(
    ['/containers/json?all=1', '/volumes', '/images/json?all=1'].map((path) => engine.call('GET', path)),
  );
  const names = (list: unknown, ...keys: readonly string[]) =>
    // Of images that are as old as each other, an engine lists now one and now the other first.
    (list as readonly Record<string, unknown>[]).map((each) => JSON.stringify(keys.map((key) => each[key]))).sort();
  return {
    containers: names(containers, 'Id', 'State'),
    volumes: names((volumes as { readonly Volumes: unknown }).Volumes, 'Name'),
    images: names(images, 'Id', 'RepoTags'),
  };
}

const idsOf = (report: AttackReport, ...states: readonly string[]) =>
  report.results.filter(({ outcome }) => states.includes(outcome.state)).map(({ id }) => id);

describeWith(['dockerd', 'busybox'], 'the self-test of a dockerd that nothing stands before', () => {
  let engine: ContainerEngine;
  beforeAll(async () => {
    engine = await startDockerd();
    await load(engine, trusted, 'good');
  });
  afterAll(() => engine?.stop());

  it('finds what is open, with a witness, and leaves nothing behind', async () => {
    const before = await everything(engine);
    const report = await runAttacks({ engine: 'docker', socket: engine.socket, only: [], signal: never });
    expect(report.left).toEqual([]);
    expect(await everything(engine)).toEqual(before);
    expect(idsOf(report, 'undetermined')).toEqual([]);
    expect(idsOf(report, 'broken').length).toBeGreaterThan(90);
    // The gate's own table of routes, the bodies that only one parser reads, and what a name means.
    for (const id of ['body/long-s', 'body/oversize-chunked', 'path/encoded-slash', 'exec/oversize'])
      expect(idsOf(report, 'broken')).toContain(`docker/${id}`);
    const byId = new Map(report.results.map(({ id, outcome }) => [id, outcome]));
    // Newer engines take no body at all when they start a container.
    expect([
      { state: 'broken', witness: expect.any(String) },
      { state: 'held', by: 'engine', words: expect.any(String) },
    ]).toContainEqual(byId.get('docker/start/oversize'));
    expect(byId.get('docker/body/key-twice')).toEqual({
      state: 'broken',
      witness: 'a container was created: HostConfig.Privileged is true',
    });
    expect(byId.get('docker/body/byte-order-mark')).toMatchObject({ state: 'held', by: 'engine' });
  });

  it('takes away what an earlier run left, and what an interrupted one made', async () => {
    const before = await everything(engine);
    const Labels = { 'portwarden.attack-test': 'earlier' };
    await engine.call('POST', '/containers/create', { Image: trusted, Labels });
    await engine.call('POST', '/volumes/create', { Name: 'left', Labels });
    await engine.call('POST', `/images/${trusted}/tag?repo=portwarden.invalid/attack-earlier&tag=1`);
    const interrupt = new AbortController();
    const report = await runAttacks(
      { engine: 'docker', socket: engine.socket, only: ['docker/exec'], signal: interrupt.signal },
      (done) => (done === 2 ? interrupt.abort() : undefined),
    );
    expect(report.removedLeftovers).toBe(3);
    expect(idsOf(report, 'broken')).toEqual(['docker/exec/plain', 'docker/exec/lower-case']);
    expect(idsOf(report, 'undetermined')).toHaveLength(6);
    expect(await everything(engine)).toEqual(before);
  });
});

describeWith(['dockerd', 'busybox'], 'the self-test of a dockerd behind the docker gate', () => {
  let engine: GatedDockerd;
  beforeAll(async () => {
    engine = await startGatedDockerd();
    const good = await load(engine, trusted, 'good');
    await load(engine, evil, 'evil');
    engine.rules.images = [good];
    engine.rules.settings = strictSettings;
  });
  afterAll(() => engine?.stop());

  it('gets past nothing, and leaves nothing behind', async () => {
    const before = await everything(engine);
    const report = await runAttacks({ engine: 'docker', socket: engine.socket, only: [], signal: never });
    expect(report.results.filter(({ outcome }) => ['broken', 'undetermined'].includes(outcome.state))).toEqual([]);
    // Not because all is refused: the control was let through.
    expect(report.image).toBe(trusted);
    expect(
      report.results.filter(({ outcome }) => outcome.state === 'held' && outcome.by === 'gate').length,
    ).toBeGreaterThan(90);
    expect(report.left).toEqual([]);
    expect(await everything(engine)).toEqual(before);
  });

  it('proves nothing where even a harmless container is refused', async () => {
    const options = {
      engine: 'docker',
      socket: engine.socket,
      image: evil,
      only: ['docker/body'],
      signal: never,
    } as const;
    const report = await runAttacks(options);
    expect(idsOf(report, 'undetermined')).toHaveLength(report.results.length);
  });
});

describeWith(['podman', 'busybox'], 'the self-test of podman, whose API has no gate', () => {
  let engine: ContainerEngine;
  beforeAll(async () => {
    engine = await startPodman();
    await load(engine, trusted, 'good');
  });
  afterAll(() => engine?.stop());

  it('finds what is open, claims nothing of what podman does not show, and leaves nothing behind', async () => {
    const before = await everything(engine);
    const report = await runAttacks({ engine: 'podman', socket: engine.socket, only: [], signal: never });
    expect(report.left).toEqual([]);
    expect(await everything(engine)).toEqual(before);
    expect(idsOf(report, 'broken').length).toBeGreaterThan(70);
    expect(idsOf(report, 'broken')).toContain('docker/right/etc-mount');
    expect(idsOf(report, 'undetermined')).toContain('docker/right/masked-paths');
    expect(idsOf(report, 'not-applicable')).toContain('docker/plugin/asked');
  });
});
