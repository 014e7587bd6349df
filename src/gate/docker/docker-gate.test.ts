import { describe, expect, it } from 'vitest';
import { createLaunchReferee, type RefereeRules } from '../../../test/fakes/launch-referee.ts';
import { silentLog } from '../../base/index.ts';
import type { LaunchDecider } from '../../service/index.ts';
import type { KnownContainer, KnownImage, KnownVolume } from './ask-engine.ts';
import { createDockerGate, type DockerGateParts, type DockerGateSettings } from './docker-gate.ts';
import { DockerGateError } from './docker-gate-error.ts';

const id = `sha256:${'ab'.repeat(32)}` as const;
const digest = `sha256:${'cd'.repeat(32)}` as const;

interface Scene {
  readonly rules?: RefereeRules;
  readonly settings?: Partial<DockerGateSettings>;
  readonly images?: Readonly<Record<string, KnownImage>>;
  readonly volumes?: Readonly<Record<string, KnownVolume>>;
  readonly containers?: Readonly<Record<string, KnownContainer>>;
  readonly parts?: Partial<DockerGateParts>;
}

function scene({ rules, settings, images = {}, volumes = {}, containers = {}, parts }: Scene = {}) {
  const referee = createLaunchReferee(rules);
  const gate = createDockerGate({
    launches: referee,
    host: 'quay-1',
    engine: {
      inspectImage: async (name) => images[name],
      inspectVolume: async (name) => volumes[name],
      inspectContainer: async (name) => containers[name],
    },
    images: {
      mayPull: async ({ repository, tag, digest: pinned }) =>
        repository === 'good' && (tag === '1' || pinned === digest)
          ? { allowed: true }
          : { allowed: false, reason: `${repository} is not certified`, remedy: 'certify it' },
    },
    settings: () => ({ whenUnreadable: 'deny', whenUndecided: 'deny', routes: {}, ...settings }),
    resolvePath: async (path) => path,
    log: silentLog,
    ...parts,
  });
  const ask = (method: string, uri: string, body?: string | object, headers: Record<string, string> = {}) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const call = {
      RequestMethod: method,
      RequestUri: uri,
      RequestHeaders: {
        ...(text === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': `${Buffer.byteLength(text)}` }),
        ...headers,
      },
      ...(text === '' ? {} : { RequestBody: Buffer.from(text).toString('base64') }),
    };
    return gate.answer(Buffer.from(JSON.stringify(call)));
  };
  return { referee, gate, ask };
}

const create = '/v1.41/containers/create';

describe('a gate that cannot read or decide', () => {
  it('denies where nothing is left to judge', async () => {
    const undecided: LaunchDecider = {
      decide: async () => ({
        id: '1',
        verdict: { outcome: 'undecided', cause: 'nobody could look', findings: [] },
        message: '',
      }),
      refuse: async () => ({ id: '2', verdict: { outcome: 'undecided', cause: '', findings: [] }, message: '' }),
    };
    const { ask } = scene({ parts: { launches: undecided } });
    expect(await ask('POST', create, { Image: 'a' })).toEqual({ Allow: false, Msg: 'nobody could look' });
    const observing = scene({ parts: { launches: undecided }, settings: { whenUndecided: 'allow-and-record' } });
    expect(await observing.ask('POST', create, { Image: 'a' })).toEqual({ Allow: true });
  });

  it.each([
    ['', 'no JSON'],
    ['[]', 'no object'],
    ['{}', 'no method'],
    ['{"RequestMethod":"GET"}', 'no path'],
    ['{"RequestMethod":"GET","RequestUri":"/_ping","RequestBody":"*"}', 'no base64'],
    ['{"RequestMethod":"GET","RequestUri":"/_ping","RequestBody":7}', 'no text'],
    ['\xff\xfe', 'no UTF-8'],
    ['['.repeat(500), 'too deep'],
  ])('denies a call that is none: %j', async (call) => {
    const { gate, referee } = scene();
    expect(await gate.answer(Buffer.from(call, 'latin1'))).toMatchObject({
      Allow: false,
      Msg: expect.stringMatching(/^bad-call: dockerd's call/),
    });
    expect(referee.refused).toHaveLength(1);
  });

  it('denies whatever is thrown, by whom ever, and says nothing of the inside', async () => {
    const broken = () => Promise.reject(new Error('secret of the inside'));
    for (const parts of [
      { launches: { ...createLaunchReferee(), decide: broken } },
      { engine: { inspectImage: broken, inspectVolume: broken, inspectContainer: broken } },
      { launches: { decide: broken, refuse: broken } },
    ]) {
      const reply = await scene({ parts }).ask('POST', create, { Image: 'a' });
      expect(reply.Allow).toBe(false);
      expect(reply.Msg).toMatch(/^gate-failure: /);
      expect(reply.Msg).not.toMatch(/secret/);
    }
    const settings = () => {
      throw new Error('no settings');
    };
    expect(await scene({ parts: { settings } }).ask('POST', '/build')).toMatchObject({ Allow: false });
  });

  it('denies where the engine or the paths of the host cannot be asked', async () => {
    const fails = (code: 'engine-away' | 'bad-host-path') => () =>
      Promise.reject(new DockerGateError(code, 'it fails'));
    const away = {
      inspectImage: fails('engine-away'),
      inspectVolume: async () => undefined,
      inspectContainer: async () => undefined,
    };
    expect((await scene({ parts: { engine: away } }).ask('POST', create, { Image: 'a' })).Msg).toMatch(
      /^engine-away: it fails/,
    );
    const bound = { Image: 'a', HostConfig: { Binds: ['/srv:/x'] } };
    const { ask } = scene({ parts: { resolvePath: fails('bad-host-path') } });
    expect((await ask('POST', create, bound)).Msg).toMatch(/^bad-host-path: it fails/);
  });
});

describe('routes', () => {
  it.each([
    ['GET', '/v1.41/containers/json'],
    ['GET', '/_ping'],
    ['POST', '/v1.41/containers/x/stop?t=1'],
    ['DELETE', '/v1.41/containers/x'],
    ['POST', '/v1.41/networks/create'],
    ['POST', '/v1.41/images/a/push'],
    ['POST', '/v1.41/containers/x/start'],
    ['POST', '/v1.41/containers/x/start?detachKeys=ctrl-p'],
  ])('%s %s passes, and nobody is asked', async (method, uri) => {
    const { ask, referee } = scene();
    expect(await ask(method, uri)).toEqual({ Allow: true });
    expect([referee.asked, referee.refused]).toEqual([[], []]);
  });

  it.each([
    ['POST', '/build', 'build'],
    ['POST', '/session', 'build'],
    ['POST', '/grpc', 'build'],
    ['POST', '/commit?container=x', 'commit'],
    ['POST', '/images/load', 'load'],
    ['POST', '/images/create?fromSrc=-&repo=x', 'import'],
    ['POST', '/images/create?fromImage=&fromSrc=http://x/', 'import'],
    ['POST', '/images/a/tag?repo=b', 'tag'],
    ['PUT', '/containers/x/archive?path=/', 'copy-in'],
    ['POST', '/containers/x/checkpoints', 'checkpoint'],
    ['POST', '/containers/x/start?checkpoint=a', 'checkpoint'],
    ['POST', '/containers/x/start?checkpoint-dir=/etc', 'checkpoint'],
    ['POST', '/plugins/pull?remote=x', 'plugin'],
    ['POST', '/plugins/a/b/disable', 'plugin'],
    ['POST', '/swarm/init', 'swarm'],
    ['GET', '/debug/pprof/heap', 'debug'],
  ] as const)('%s %s is refused unless the setting %s allows it', async (method, uri, setting) => {
    const { ask, referee } = scene();
    const reply = await ask(method, uri);
    expect(reply).toMatchObject({ Allow: false });
    expect(reply.Msg).toMatch(
      new RegExp(`^refused-route: ${setting} is refused: .+\\. .+ \\(portwarden explain refusal-1\\)$`),
    );
    expect(referee.refused).toMatchObject([{ gate: 'docker', host: 'quay-1', who: 'unknown (unix socket)' }]);
    const allowed = scene({ settings: { routes: { [setting]: 'allow' } } });
    expect(await allowed.ask(method, uri)).toEqual({ Allow: true });
  });

  it.each([
    ['POST', '/v1.23/containers/x/start', 'unknown-route'],
    ['POST', '/v1.41/containers/x/explode', 'unknown-route'],
    ['POST', '/v1.41//containers/create', 'bad-request'],
  ])('%s %s is refused, and where the gate only observes recorded', async (method, uri, code) => {
    expect((await scene().ask(method, uri)).Msg).toMatch(new RegExp(`^${code}: `));
    const { ask, referee } = scene({ settings: { whenUnreadable: 'allow-and-record' } });
    expect(await ask(method, uri)).toEqual({ Allow: true });
    expect(referee.refused).toHaveLength(1);
  });
});

describe('bodies', () => {
  const refusals: readonly (readonly [string, string, string | undefined, Record<string, string>, RegExp])[] = [
    [
      'hidden, with its length',
      create,
      undefined,
      { 'Content-Length': '2000000', 'Content-Type': 'application/json' },
      /^hidden-body/,
    ],
    ['hidden, chunked', create, undefined, { 'Content-Type': 'application/json' }, /^hidden-body/],
    ['absent', create, undefined, { 'Content-Length': '0' }, /^hidden-body/],
    ['of another length', create, '{"Image":"a"}', { 'Content-Length': '5' }, /^bad-request/],
    ['hidden, of an exec', '/v1.41/containers/x/exec', undefined, { 'Content-Length': '2000000' }, /^hidden-body/],
    ['hidden, of an update', '/v1.41/containers/x/update', undefined, {}, /^hidden-body/],
    ['hidden, of a volume', '/v1.41/volumes/create', undefined, {}, /^hidden-body/],
    [
      'shown at start',
      '/v1.41/containers/x/start',
      '{"Privileged":true}',
      {},
      /^hidden-body: this request must not have a body/,
    ],
    ['empty at start', '/v1.41/containers/x/start', '{}', {}, /^hidden-body/],
    ['hidden at start', '/v1.41/containers/x/start', undefined, { 'Content-Length': '2000000' }, /^hidden-body/],
    [
      'hidden and chunked at start',
      '/v1.41/containers/x/start',
      undefined,
      { 'Content-Type': 'application/json' },
      /^hidden-body/,
    ],
    [
      'a form at a pull',
      '/images/create?fromImage=good&tag=1',
      undefined,
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      /^hidden-body/,
    ],
    [
      'a form under two types',
      '/images/create?fromImage=good&tag=1',
      undefined,
      { 'Content-Type': 'text/plain' },
      /^hidden-body/,
    ],
    [
      'a key twice',
      create,
      '{"Image":"a","HostConfig":{},"HostConfig":{"Privileged":true}}',
      {},
      /^bad-launch: .*is there twice/,
    ],
    ['a key in other case', create, '{"Image":"a","hostconfig":{"privileged":true}}', {}, /^bad-launch: hostconfig/],
    [
      'a key with a long s',
      create,
      '{"Image":"a","Ho\u017ftConfig":{"Privileged":true}}',
      {},
      /^bad-launch: .*HostConfig/,
    ],
    ['two documents', create, '{"Image":"a"}{"HostConfig":{"Privileged":true}}', {}, /^bad-launch: something follows/],
    ['a byte order mark', create, '\ufeff{"Image":"a"}', {}, /^bad-launch: it begins with/],
    ['a number beyond doubles', create, '{"Image":"a","HostConfig":{"Memory":1e400}}', {}, /^bad-launch/],
    ['no object', create, '[]', {}, /^bad-launch/],
    ['no JSON', create, '{', {}, /^bad-launch/],
  ];
  it.each(refusals)('%s: refused', async (_, uri, body, headers, message) => {
    const { ask, referee } = scene();
    const reply = await ask('POST', uri, body, headers);
    expect(reply.Msg).toMatch(message);
    expect(reply.Allow).toBe(false);
    expect(referee.asked).toEqual([]);
    expect(referee.refused).toHaveLength(1);
  });

  it.each([
    ['name=a&name=b', /"name" is there twice/],
    ['Name=a', /"Name" is not known/],
    ['x=/auth', /"x" is not known/],
  ])('the query %s of a create is refused', async (query, message) => {
    expect((await scene().ask('POST', `${create}?${query}`, { Image: 'a' })).Msg).toMatch(message);
  });
});

describe('pulls', () => {
  it.each([
    ['fromImage=good&tag=1', true],
    [`fromImage=good&tag=${digest}`, true],
    [`fromImage=good@${digest}`, true],
    ['fromImage=good:1', true],
    ['fromImage=good:1:', true],
    ['fromImage=docker.io/library/good:1&platform=linux/amd64', false],
    ['fromImage=good:1&tag=2', false],
    ['fromImage=good', false],
    ['fromImage=good:', false],
    ['fromImage=evil&tag=1', false],
    ['fromImage=good&tag=1&fromImage=evil', false],
    ['fromImage=good&tag=1%20', false],
    ['fromImage=Good&tag=1', false],
    ['fromimage=good&tag=1', false],
  ])('%s: %s', async (query, good) => {
    const { ask } = scene({
      parts: {
        images: {
          mayPull: async (reference) =>
            reference.registry === 'docker.io' &&
            reference.repository === 'library/good' &&
            (reference.tag === '1' || reference.digest === digest) &&
            !query.includes('platform')
              ? { allowed: true }
              : { allowed: false, reason: 'it is not certified', remedy: 'certify it' },
        },
      },
    });
    const reply = await ask('POST', `/v1.41/images/create?${query}`, undefined, { 'Content-Length': '0' });
    expect(reply.Allow).toBe(good);
  });
});

describe('what names mean on the host', () => {
  const imageOf = async (name: string, known: KnownImage | undefined) => {
    const { ask, referee } = scene(known ? { images: { [name]: known } } : {});
    await ask('POST', create, { Image: name });
    return referee.asked[0]?.set.requests[0]?.image;
  };
  const app = { registry: 'trusted.example', repository: 'app' };

  it.each([
    [
      'a name that its registry gave',
      'trusted.example/app:1',
      [`trusted.example/app@${digest}`],
      { ...app, tag: '1', digest },
    ],
    [
      'a name that was put on an image from elsewhere',
      'trusted.example/app:1',
      [`evil.example/x@${digest}`],
      { registry: 'evil.example', repository: 'x', digest },
    ],
    ['a name that was put on an image from nowhere', 'trusted.example/app:1', [], undefined],
    ['the beginning of an ID', 'aba', [`trusted.example/app@${digest}`], { ...app, digest }],
    ['names that are none', 'trusted.example/app:1', ['<none>@<none>'], undefined],
  ])('%s', async (_, name, repoDigests, reference) => {
    expect(await imageOf(name, { id, repoDigests })).toEqual({
      value: name,
      path: 'Image',
      id,
      ...(reference ? { reference } : {}),
    });
  });

  it('of an image that is not here, what was asked', async () => {
    expect(await imageOf('trusted.example/app:1', undefined)).toEqual({
      value: 'trusted.example/app:1',
      path: 'Image',
      reference: { ...app, tag: '1' },
    });
    expect((await imageOf('aba', undefined))?.problem).toMatch(/beginning of an image ID/);
  });

  it('of a container that is entered by the beginning of its ID, which it is and of which image', async () => {
    const { ask, referee } = scene({
      containers: { a1b: { name: 'web', imageId: id, image: 'trusted.example/app:1' } },
      images: { [id]: { id, repoDigests: [`mirror.example/app@${digest}`, `trusted.example/app@${digest}`] } },
    });
    expect(await ask('POST', '/v1.41/containers/a1b/exec', { Cmd: ['sh'] })).toEqual({ Allow: true });
    expect(await ask('POST', '/v1.41/containers/other/update', { Memory: 1 })).toEqual({ Allow: true });
    const image = { value: 'trusted.example/app:1', path: '', id, reference: { ...app, tag: '1', digest } };
    expect(referee.asked.map(({ set }) => set.requests[0])).toMatchObject([{ name: 'web', image }, { name: 'other' }]);
    expect(referee.asked[1]?.set.requests[0]).not.toHaveProperty('image');
  });

  const disguised = { driver: 'local', options: { type: 'none', o: 'bind', device: '/etc' } };
  it.each([
    ['a bind', { Binds: ['/etc:/x:ro'] }, {}, '/etc'],
    ['a mount', { Mounts: [{ Type: 'bind', Source: '/etc', Target: '/x' }] }, {}, '/etc'],
    ['a volume that is a path in disguise', { Binds: ['data:/x'] }, { data: disguised }, '/etc'],
    [
      'one that the request describes as another',
      {
        Mounts: [
          {
            Type: 'volume',
            Source: 'data',
            Target: '/x',
            VolumeOptions: { DriverConfig: { Name: 'local', Options: {} } },
          },
        ],
      },
      { data: disguised },
      '/etc',
    ],
    [
      'one that the request makes',
      {
        Mounts: [
          {
            Type: 'volume',
            Source: 'new',
            Target: '/x',
            VolumeOptions: { DriverConfig: { Name: 'local', Options: disguised.options } },
          },
        ],
      },
      {},
      '/etc',
    ],
    ['a plain volume', { Binds: ['data:/x'] }, { data: { driver: 'local', options: {} } }, undefined],
  ])('%s', async (_, HostConfig, volumes, resolved) => {
    const { ask, referee } = scene({ volumes });
    const reply = await ask('POST', create, { Image: 'a', HostConfig });
    expect(referee.asked[0]?.set.requests[0]?.mounts.map((mount) => mount.resolved)).toEqual([resolved]);
    expect(reply.Allow).toBe(resolved === undefined);
  });

  it('a volume is judged when it is made', async () => {
    const { ask, referee } = scene();
    const reply = await ask('POST', '/v1.41/volumes/create', {
      Name: 'data',
      Driver: 'local',
      DriverOpts: disguised.options,
    });
    expect(reply.Msg).toMatch(/launch\/host-path: It reaches \/etc/);
    expect(referee.asked[0]?.set.requests[0]).toMatchObject({ action: 'update', name: 'data' });
    expect(await ask('POST', '/v1.41/volumes/create', { Name: 'plain' })).toEqual({ Allow: true });
  });
});

describe('who asks', () => {
  const whoOf = async (fields: object) => {
    const { gate, referee } = scene();
    const call = { RequestMethod: 'POST', RequestUri: '/swarm/init', ...fields };
    await gate.answer(Buffer.from(JSON.stringify(call)));
    return referee.refused[0]?.who;
  };
  it.each([
    [{}, 'unknown (unix socket)'],
    [{ User: '', UserAuthNMethod: '' }, 'unknown (unix socket)'],
    [{ User: 'alice', UserAuthNMethod: 'TLS' }, 'alice'],
    [{ User: 'a\u001b[2J\nb' }, 'a [2J b'],
    [{ RequestPeerCertificates: ['bm9uZQ=='] }, 'unknown (certificate that cannot be read)'],
    [{ RequestPeerCertificates: [7] }, 'unknown (certificate that cannot be read)'],
  ])('%j is %s', async (fields, who) => expect(await whoOf(fields)).toBe(who));
});
