import { describe, expect, it } from 'vitest';
import { makeCertificate, makeKey } from '../../../test/fakes/certificate-maker.ts';
import { dockerGateScene, imageId, manifestDigest } from '../../../test/fakes/docker-gate-scene.ts';
import { createLaunchReferee } from '../../../test/fakes/launch-referee.ts';
import type { DockerGateParts } from './docker-gate.ts';
import { DockerGateError } from './docker-gate-error.ts';

const create = '/v1.41/containers/create';

describe('a gate that cannot read or decide', () => {
  it('denies where nothing is left to judge', async () => {
    const undecided: DockerGateParts['launches'] = {
      decide: async () => ({
        id: '1',
        verdict: { outcome: 'undecided', cause: 'nobody could look', findings: [] },
        message: '',
      }),
      refuse: async () => ({ id: '2', verdict: { outcome: 'undecided', cause: '', findings: [] }, message: '' }),
    };
    const { ask } = dockerGateScene({ parts: { launches: undecided } });
    const hint = 'The image is not on this host: docker pull it first';
    expect(await ask('POST', create, { Image: 'a' })).toEqual({ Allow: false, Msg: `nobody could look. ${hint}` });
    const images = { a: { id: imageId, repoDigests: [] } };
    const there = dockerGateScene({ parts: { launches: undecided }, images });
    expect(await there.ask('POST', create, { Image: 'a' })).toEqual({ Allow: false, Msg: 'nobody could look' });
    const observing = dockerGateScene({
      parts: { launches: undecided },
      settings: { whenUndecided: 'allow-and-record' },
    });
    expect(await observing.ask('POST', create, { Image: 'a' })).toEqual({ Allow: true });
  });

  it.each([
    ['{', 'no JSON'],
    ['[]', 'no object'],
    ['{}', 'no method'],
    ['{"RequestMethod":"GET"}', 'no path'],
    ['{"RequestMethod":"GET","RequestUri":"/_ping","RequestBody":"*"}', 'no base64'],
    ['{"RequestMethod":"GET","RequestUri":"/_ping","RequestBody":7}', 'no text'],
    ['\xff\xfe', 'no UTF-8'],
    ['['.repeat(500), 'too deep'],
  ])('denies a call that is none: %j', async (call) => {
    const { gate, referee } = dockerGateScene();
    expect(await gate.answer(Buffer.from(call, 'latin1'))).toMatchObject({
      Allow: false,
      Msg: expect.stringMatching(/^bad-call: dockerd's call/),
    });
    expect(referee.refused).toHaveLength(1);
  });

  it('tells what dockerd lost to run it again', async () => {
    const { gate } = dockerGateScene();
    expect((await gate.answer(new Uint8Array())).Msg).toMatch(
      /^bad-call: dockerd lost the request .+ run the command again/,
    );
  });

  it('denies whatever is thrown, by whom ever, and says nothing of the inside', async () => {
    const broken = () => Promise.reject(new Error('secret of the inside'));
    for (const parts of [
      { launches: { ...createLaunchReferee(), decide: broken } },
      { engine: { inspectImage: broken, inspectVolume: broken, inspectContainer: broken, ownPaths: broken } },
      { launches: { decide: broken, refuse: broken } },
    ]) {
      const reply = await dockerGateScene({ parts }).ask('POST', create, { Image: 'a' });
      expect(reply.Allow).toBe(false);
      expect(reply.Msg).toMatch(/^gate-failure: /);
      expect(reply.Msg).not.toMatch(/secret/);
    }
    const settings = () => {
      throw new Error('no settings');
    };
    expect(await dockerGateScene({ parts: { settings } }).ask('POST', '/build')).toMatchObject({ Allow: false });
  });

  it.each([
    ['/srv/engine/docker.sock', true],
    ['/srv/engine/data/overlay2/x', true],
    ['/srv/engine', true],
    ['/srv', true],
    ['/', true],
    ['/srv/engine/database', undefined],
    ['/srv/other', undefined],
  ])('says of the bind %s whether the engine lies there: %s', async (source, isEngine) => {
    const { ask, referee } = dockerGateScene();
    await ask('POST', create, { Image: 'a', HostConfig: { Binds: [`${source}:/x`] } });
    expect(referee.asked[0]?.set.requests[0]?.mounts[0]?.isEngine).toBe(isEngine);
  });

  it('denies where the engine or the paths of the host cannot be asked', async () => {
    const fails = (code: 'engine-away' | 'bad-host-path') => () =>
      Promise.reject(new DockerGateError(code, 'it fails'));
    const away = {
      inspectImage: fails('engine-away'),
      inspectVolume: async () => undefined,
      inspectContainer: async () => undefined,
      ownPaths: async () => [],
    };
    expect((await dockerGateScene({ parts: { engine: away } }).ask('POST', create, { Image: 'a' })).Msg).toMatch(
      /^engine-away: it fails/,
    );
    const bound = { Image: 'a', HostConfig: { Binds: ['/srv:/x'] } };
    const { ask } = dockerGateScene({ parts: { resolvePath: fails('bad-host-path') } });
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
    const { ask, referee } = dockerGateScene();
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
    const { ask, referee } = dockerGateScene();
    const reply = await ask(method, uri);
    expect(reply).toMatchObject({ Allow: false });
    expect(reply.Msg).toMatch(
      new RegExp(`^refused-route: ${setting} is refused: .+\\. .+ \\(portwarden explain refusal-1\\)$`),
    );
    const recorded = { gate: 'docker', host: 'quay-1', who: 'unknown (unix socket)' };
    expect(referee.refused).toMatchObject([recorded]);
    expect(referee.refused[0]?.reason).toMatch(new RegExp(`^${method} [^ ?]+: refused-route: ${setting} is refused`));
    const allowed = dockerGateScene({ settings: { routes: { [setting]: 'allow' } } });
    expect(await allowed.ask(method, uri)).toEqual({ Allow: true });
  });

  it.each([
    ['POST', '/v1.23/containers/x/start', 'unknown-route'],
    ['POST', '/v1.41/containers/x/explode', 'unknown-route'],
    ['POST', '/v1.41//containers/create', 'bad-request'],
  ])('%s %s is refused, and where the gate only observes recorded', async (method, uri, code) => {
    expect((await dockerGateScene().ask(method, uri)).Msg).toMatch(new RegExp(`^${code}: `));
    const { ask, referee } = dockerGateScene({ settings: { whenUnreadable: 'allow-and-record' } });
    expect(await ask(method, uri)).toEqual({ Allow: true });
    expect(referee.refused).toHaveLength(1);
  });

  it.each([
    ['deny', true, false],
    ['by-policy', true, true],
    ['by-policy', false, false],
    ['allow-and-record', false, true],
  ] as const)(
    '%s, where policies observe: %s, lets pass what is refused: %s',
    async (whenUnreadable, observes, passes) => {
      const { ask } = dockerGateScene({ settings: { whenUnreadable }, rules: { observes } });
      expect((await ask('POST', '/swarm/init')).Allow).toBe(passes);
    },
  );

  it('denies by policy where the policy cannot be asked', async () => {
    const launches = { decide: createLaunchReferee().decide, refuse: () => Promise.reject(new Error('away')) };
    const { ask } = dockerGateScene({ settings: { whenUnreadable: 'by-policy' }, parts: { launches } });
    expect((await ask('POST', '/swarm/init')).Allow).toBe(false);
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
    const { ask, referee } = dockerGateScene();
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
    expect((await dockerGateScene().ask('POST', `${create}?${query}`, { Image: 'a' })).Msg).toMatch(message);
  });
});

describe('pulls', () => {
  it.each([
    ['fromImage=good&tag=1', true],
    [`fromImage=good&tag=${manifestDigest}`, true],
    [`fromImage=good@${manifestDigest}`, true],
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
    const { ask } = dockerGateScene({
      parts: {
        images: {
          mayPull: async (reference) =>
            reference.registry === 'docker.io' &&
            reference.repository === 'library/good' &&
            (reference.tag === '1' || reference.digest === manifestDigest) &&
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

describe('who asks', () => {
  const whoOf = async (fields: object) => {
    const { gate, referee } = dockerGateScene();
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

  it.each([
    ['O=Harbor, OU=Pilots', 'O=Harbor OU=Pilots'],
    ['', 'unknown (certificate without a name)'],
  ])('of a certificate without a common name, its subject %j', async (subject, who) => {
    const { x509 } = makeCertificate({ subject, key: makeKey() });
    // dockerd sends PEM, and Go writes bytes as base64.
    const certificate = Buffer.from(x509.toString()).toString('base64');
    expect(await whoOf({ User: '', UserAuthNMethod: 'TLS', RequestPeerCertificates: [certificate] })).toBe(who);
  });
});
