import { afterEach, expect, it } from 'vitest';
import { type ContainerHostOptions, startContainerHost } from '../../test/fakes/container-host.ts';
import { type AttackRequest, planAttacks, runAttacks } from './run-attacks.ts';

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

async function open(options: ContainerHostOptions = {}) {
  const host = await startContainerHost(options);
  stop = host.stop;
  const request = (over: Partial<AttackRequest> = {}): AttackRequest => ({
    ...{ engine: 'docker', socket: host.socket, only: ['docker/body/plain'], signal: new AbortController().signal },
    ...over,
  });
  const outcomes = async (over: Partial<AttackRequest> = {}) =>
    (await runAttacks(request(over))).results.map(({ outcome }) => outcome);
  return { ...host, request, outcomes };
}

const isPrivileged = (body: Readonly<Record<string, unknown>>) =>
  JSON.stringify(body.HostConfig ?? {}).includes('"Privileged":true');

it('calls broken what took effect, with what proves it, and takes it away', async () => {
  const { outcomes, containers } = await open();
  expect(await outcomes()).toEqual([
    { state: 'broken', witness: 'a container was created: HostConfig.Privileged is true' },
  ]);
  expect(containers.size).toBe(0);
});

it('calls held what a gate refuses, in its words', async () => {
  const { outcomes } = await open({
    refuses: (_, body) => (isPrivileged(body) ? 'it is\u001b[31m privileged' : undefined),
  });
  expect(await outcomes()).toEqual([{ state: 'held', by: 'gate', words: 'plugin gate: it is [31m privileged' }]);
});

it('calls held what the engine refuses, or what has no effect', async () => {
  const { outcomes } = await open();
  const only = ['docker/body/byte-order-mark', 'docker/body/old-place', 'docker/path/slash-at-end'];
  expect(await outcomes({ only })).toEqual([
    { state: 'held', by: 'engine', words: 'invalid character' },
    { state: 'held', by: 'engine', words: expect.stringContaining('had no effect') },
    { state: 'held', by: 'engine', words: expect.stringMatching(/not found|No such/) },
  ]);
});

it('claims nothing of what the engine does not show', async () => {
  const { outcomes } = await open({ shows: {} });
  expect(await outcomes({ only: ['docker/body/old-place'] })).toEqual([
    { state: 'undetermined', reason: expect.stringContaining('does not show HostConfig.Privileged') },
  ]);
});

it('takes no refusal for a proof where a harmless container is refused as well', async () => {
  const { outcomes } = await open({ refuses: () => 'the image is not certified' });
  expect(await outcomes()).toEqual([
    {
      state: 'undetermined',
      reason: expect.stringMatching(/small:1 that asks for nothing is refused as well.*not certified/),
    },
  ]);
});

it('goes on to the next image where one may not start', async () => {
  const { request } = await open({
    images: ['small:1', 'large:1'],
    refuses: (_, body) => (body.Image === 'small:1' ? 'not this one' : undefined),
  });
  expect((await runAttacks(request())).image).toBe('large:1');
});

it.each([
  [{ images: [] }, {}, 'no-local-image'],
  [{}, { image: 'other:1' }, 'no-local-image'],
  [{}, { image: 'x HTTP/1.1\r\nA: b' }, 'no-local-image'],
  [{}, { only: ['docker/none'] }, 'unknown-attack'],
  [{}, { socket: '/nonexistent/engine.sock' }, 'engine-silent'],
] as const)('of %j with %j is not run: %s', async (options, over, code) => {
  const { request, asked } = await open(options);
  await expect(runAttacks(request(over))).rejects.toMatchObject({ code });
  expect(asked).not.toContain('POST /containers/create');
});

it('tries nothing after an interrupt, and takes away what was made', async () => {
  const { request, containers } = await open();
  const interrupt = new AbortController();
  const only = ['docker/body/plain', 'docker/body/oversize', 'docker/body/chunked'];
  const report = await runAttacks(request({ only, signal: interrupt.signal }), (done) => {
    if (done === 1) interrupt.abort();
  });
  expect(report.results.map(({ outcome }) => outcome.state)).toEqual(['broken', 'undetermined', 'undetermined']);
  expect([containers.size, report.left]).toEqual([0, []]);
});

it('says what it could not take away', async () => {
  const { request } = await open({ keeps: true });
  expect((await runAttacks(request())).left).toEqual(['container c1', 'container c2']);
});

it('plans without making anything', async () => {
  const { request, asked } = await open();
  const plan = await planAttacks(request({ only: ['docker/exec'] }));
  expect(plan).toMatchObject({ version: '20.10', plugins: [], images: ['small:1'] });
  expect(plan.attacks).toHaveLength(8);
  expect(asked.filter((line) => !line.startsWith('GET '))).toEqual([]);
});
