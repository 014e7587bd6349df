/**
 * Attacks on a gate of the Docker API, by raw HTTP on the socket of a real dockerd: those of the self-test that users have
 * (src/attack), and more that take what only a test may do. Each has a witness: what it would have made is not there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AttackReport, attacks, runAttacks } from '../../src/attack/index.ts';
import { type RawRequest, sendRaw } from '../../src/attack/raw-request.ts';
import { type GatedDockerd, startGatedDockerd, strictSettings } from '../engines/gated-dockerd.ts';
import { busyboxImage, describeWith, writeDockerArchive } from '../engines/index.ts';

const image = 'trusted.example/harbor/busybox:1';
const json = (value: unknown) => JSON.stringify(value);
const contentType = (...types: readonly string[]) => types.map((type) => ['Content-Type', type] as const);
const create = (body: object): RawRequest => ({ path: '/v1.41/containers/create?name=attack', body: json(body) });
const retagged = 'trusted.example/harbor/app:1';
const directory = mkdtempSync(join(tmpdir(), 'pw-attack-'));

describeWith(['dockerd', 'busybox'], 'attacks on the docker gate', () => {
  let engine: GatedDockerd;
  let ids: { readonly good: string; readonly evil: string };

  const names = async () =>
    ((await engine.call('GET', '/containers/json?all=1')) as readonly { readonly Names: readonly string[] }[])
      .flatMap(({ Names }) => Names)
      .sort();
  const idOf = async (name: string) =>
    ((await engine.call('GET', `/images/${name}/json`)) as { readonly Id: string }).Id;
  const tags = async () =>
    ((await engine.call('GET', '/images/json')) as readonly { readonly RepoTags: readonly string[] | null }[])
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .sort();

  beforeAll(async () => {
    engine = await startGatedDockerd();
    for (const [reference, command] of [
      [image, 'good'],
      [retagged, 'evil'],
    ] as const) {
      const archive = join(directory, `${command}.tar`);
      const made = busyboxImage();
      writeDockerArchive({ ...made, config: { ...made.config, Labels: { is: command } } }, archive, reference);
      await engine.load(archive);
    }
    ids = { good: await idOf(image), evil: await idOf(retagged) };
    engine.rules.images = [ids.good];
    // There before the gate was: whoever mounts it gets /etc.
    engine.rules.settings = { ...strictSettings, whenUnreadable: 'allow-and-record' };
    const disguise = { type: 'none', o: 'bind', device: '/etc' };
    await disguised(engine, { Name: 'disguised', Driver: 'local', DriverOpts: disguise });
    engine.rules.settings = strictSettings;
    await engine.call('POST', '/containers/create?name=plain', { Image: image, HostConfig: { NetworkMode: 'none' } });
    await engine.call('POST', '/containers/plain/start');
    await engine.call('POST', '/containers/create?name=waiting', { Image: image, HostConfig: { NetworkMode: 'none' } });
  });
  afterAll(async () => {
    await engine?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  // What one attack would make is not to fail the next.
  afterEach(() => engine.removeContainer('attack').catch(() => undefined));

  const send = (...requests: readonly RawRequest[]) =>
    sendRaw({ path: engine.socket }, requests, { signal: AbortSignal.timeout(60_000) });

  /** It is refused, by the gate or by dockerd before the gate is asked. */
  const isRefused = async (...requests: readonly RawRequest[]) => {
    const { status, body: text } = await send(...requests);
    expect([301, 400, 403, 404, 405], text).toContain(status);
    return text;
  };
  const noContainer = async () => expect(await names()).toEqual(['/plain', '/waiting']);

  it('the witness sees a container that is allowed', async () => {
    expect((await send(create({ Image: image }))).status).toBe(201);
    expect(await names()).toContain('/attack');
    await engine.removeContainer('attack');
  });

  describe('of the self-test', () => {
    let report: AttackReport;
    beforeAll(async () => {
      const before = [await names(), await tags()];
      const never = new AbortController().signal;
      report = await runAttacks({ engine: 'docker', socket: engine.socket, image, only: [], signal: never });
      expect([report.left, await names(), await tags()]).toEqual([[], ...before]);
    });

    // What this host lacks: a swarm, users that are not root, and a namespace of users.
    const missing = ['docker/route/service', 'docker/socket/other-engines', 'docker/right/users-host'];
    it.each(attacks.map(({ id, title }) => [id, title] as const))('%s: %s', (id) => {
      const outcome = report.results.find((result) => result.id === id)?.outcome;
      expect(outcome).toMatchObject({
        state: missing.includes(id) && outcome?.state !== 'held' ? 'not-applicable' : 'held',
      });
    });
  });

  describe('images', () => {
    it.each([
      ['a name that was put on it here', () => retagged],
      ['a name of another kind', () => `${retagged}@${ids.evil}`],
    ])('one that is not certified, by %s', async (_, name) => {
      await isRefused(create({ Image: name() }));
      await noContainer();
    });

    it.each<readonly [string, RawRequest]>([
      [
        'a pull of two names',
        { path: '/v1.41/images/create?fromImage=evil.example/x&tag=1&fromImage=good.example/x', headers: [] },
      ],
      [
        'a pull of a name and another tag',
        { path: '/v1.41/images/create?fromImage=good.example/x:1&tag=2', headers: [] },
      ],
      ['a pull of every tag', { path: '/v1.41/images/create?fromImage=good.example/x', headers: [] }],
    ])('%s', async (_, request) => {
      engine.rules.pulls = (reference) => reference === 'good.example/x:1';
      const before = await tags();
      expect(await isRefused(request)).toMatch(/authorization denied by plugin|Bad Request/);
      expect(await tags()).toEqual(before);
    });
  });

  describe('what is there already', () => {
    const state = async (name: string) =>
      (await engine.call('GET', `/containers/${name}/json`)) as {
        readonly State: { readonly Status: string };
        readonly HostConfig: { readonly Binds: unknown; readonly Privileged: boolean; readonly Memory: number };
        readonly ExecIDs: unknown;
        readonly Name: string;
      };
    const settings = { Binds: ['/etc:/x'], NetworkMode: 'host' };

    it.each<readonly [string, RawRequest]>([
      ['a short body', { path: '/v1.41/containers/waiting/start', body: '{}' }],
      ['a checkpoint', { path: '/v1.41/containers/waiting/start?checkpoint=a&checkpoint-dir=/etc', headers: [] }],
      [
        'a checkpoint in a form',
        {
          path: '/v1.41/containers/waiting/start',
          body: 'checkpoint=a',
          headers: contentType('application/x-www-form-urlencoded'),
        },
      ],
      ['an encoded slash', { path: '/v1.23/containers%2Fwaiting/start', body: json(settings) }],
    ])('a start with %s', async (_, request) => {
      await isRefused(request);
      const { State, HostConfig } = await state('waiting');
      expect([State.Status, HostConfig.Binds]).toEqual(['created', null]);
    });

    it.each<readonly [string, RawRequest]>([
      [
        'devices',
        {
          path: '/v1.41/containers/plain/update',
          body: json({ Memory: 67108864, MemorySwap: 67108864, Devices: [{ PathOnHost: '/dev/kmsg' }] }),
        },
      ],
      [
        'a key in other case',
        { path: '/v1.41/containers/plain/update', body: json({ memory: 67108864, memoryswap: 67108864 }) },
      ],
    ])('an update with %s', async (_, request) => {
      await isRefused(request);
      expect((await state('plain')).HostConfig.Memory).toBe(0);
    });

    it('files into a container', async () => {
      const path = '/v1.41/containers/waiting/archive?path=/';
      await isRefused({ method: 'PUT', path, headers: contentType('application/x-tar'), body: Buffer.alloc(1024) });
      expect(await engine.call('GET', '/containers/waiting/changes')).toBeNull();
    });
  });
});

/** Made past the gate's rules, as it would have been before there was a gate. */
async function disguised(engine: GatedDockerd, body: object): Promise<void> {
  const { decide } = engine.launches;
  engine.launches.decide = async () => ({ id: '0', verdict: { outcome: 'allow', findings: [] }, message: '' });
  try {
    await engine.call('POST', '/volumes/create', body);
  } finally {
    engine.launches.decide = decide;
  }
}
