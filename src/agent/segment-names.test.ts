import { afterEach, describe, expect, it, vi } from 'vitest';
import { shopContainer, shopGroup, startSegmentScene } from '../../test/fakes/segment-scene.ts';
import { allConnections, type SecurityGroup } from '../model/index.ts';
import { SegmentationError } from '../segmentation/index.ts';
import type { SegmentResolver } from './enforce-rules.ts';

const named: SecurityGroup = {
  ...shopGroup('web', [], []),
  outbound: [{ path: 'outbound[0]', peers: [{ kind: 'name', name: 'a.example' }], connections: allConnections }],
};
const web = { ...shopContainer(2, 'web'), resolverFile: '/web-from-host' };

let scene: ReturnType<typeof startSegmentScene>;
afterEach(() => scene.stop());
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5000, interval: 5 });

function createFakeResolver() {
  const state: { port?: number; failure?: string; refusal?: Error; followed: number } = { followed: 0 };
  const resolver: SegmentResolver = {
    get port() {
      return state.port;
    },
    async open() {
      if (state.refusal) throw state.refusal;
      state.port = 10_053;
    },
    follow: () => {
      state.followed++;
    },
    nameOf: () => undefined,
    exempts: () => false,
    takeNotes: () => [],
    remembered: () => [],
    recall: () => undefined,
    revision: 0,
    get failure() {
      return state.failure;
    },
  };
  return { state, resolver };
}

async function messageWith(groups: readonly SecurityGroup[], resolver?: SegmentResolver): Promise<string | undefined> {
  scene = startSegmentScene({ groups, parts: { ...(resolver ? { resolver } : {}) } });
  scene.engine.put(web);
  scene.run();
  await until(() => expect(scene.segmenter.status()).toMatchObject({ state: 'in-force', bound: 1 }));
  return scene.segmenter.status().message;
}

describe('names', () => {
  it('are led to the resolver from the first rule on that says one', async () => {
    const { state, resolver } = createFakeResolver();
    const message = await messageWith([shopGroup('web', [], [])], resolver);
    expect(message).toBeUndefined();
    expect(scene.kernel.held).not.toContain('redirect to');
    scene.office.change([named]);
    await until(() => expect(scene.kernel.held).toContain('th dport @answered redirect to :10053'));
    expect(state.followed).toBeGreaterThan(0);
  });

  it('go to the resolver as long as the agent is there', async () => {
    await messageWith([named], createFakeResolver().resolver);
    const answers = () => scene.kernel.calls.filter((call) => call.startsWith('answer'));
    await until(() => expect(answers()).toEqual(['answer 30']));
    await scene.stop();
    expect(answers()).toEqual(['answer 30', 'answer 0']);
  });

  it('that dockerd asks for from the host are told, until the container is gone', async () => {
    const { resolver } = createFakeResolver();
    expect(await messageWith([named], resolver)).toMatch(
      /^dockerd asks for the names of web from the host, .*daemon.json/,
    );
    scene.engine.die(web);
    await until(() => expect(scene.segmenter.status().message).toBeUndefined());
  });

  it('are told to be nowhere, where there is no resolver', async () => {
    expect(await messageWith([named])).toContain('Rules by name open nothing new: it is switched off.');
    expect(scene.kernel.held).not.toContain('redirect to');
  });

  it('are told to be nowhere as long as it cannot listen, or nobody answers it', async () => {
    const { state, resolver } = createFakeResolver();
    state.refusal = new SegmentationError('no-resolver', 'no port is free');
    expect(await messageWith([named], resolver)).toContain('Rules by name open nothing new: no port is free.');
    delete state.refusal;
    state.failure = 'no server answers';
    scene.office.change([named]);
    await until(() => expect(scene.segmenter.status().message).toContain('nothing new: no server answers.'));
    expect(scene.kernel.held).toContain('redirect to :10053');
    delete state.failure;
    scene.office.change([named]);
    await until(() => expect(scene.segmenter.status().message).not.toContain('nothing new'));
  });
});
