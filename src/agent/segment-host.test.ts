import { afterEach, describe, expect, it, vi } from 'vitest';
import { shopContainer, shopGroup, shopNetwork, startSegmentScene } from '../../test/fakes/segment-scene.ts';
import { SegmentationError } from '../segmentation/index.ts';
import { createSegmenter } from './segment-host.ts';

const web = shopContainer(2, 'web');
const db = shopContainer(3, 'db');
const shop = [shopGroup('web', ['db'], []), shopGroup('db', [], ['web'])];

let scene: ReturnType<typeof startSegmentScene>;
afterEach(() => scene.stop());

function start(...args: Parameters<typeof startSegmentScene>): typeof scene {
  scene = startSegmentScene(...args);
  return scene;
}
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5000, interval: 5 });
const rules = () => scene.kernel.held ?? '';

describe('the rules of a host', () => {
  it('hold for what runs, from the first look on', async () => {
    const { engine, kernel, run } = start({ groups: shop });
    engine.put(web);
    engine.put(db);
    engine.put(shopContainer(4, 'stopped', { running: false, pid: 0 }));
    run();
    await until(() => expect(scene.segmenter.status()).toMatchObject({ state: 'in-force', bound: 2, waiting: 0 }));
    expect(kernel.calls).toEqual(['whole']);
    expect(rules()).toContain('10.77.0.3');
    expect(rules()).not.toContain('10.77.0.4');
  });

  it('hold for nothing, and nothing is in the kernel, where there are no groups', async () => {
    const { engine, kernel, run } = start();
    engine.put(web);
    run();
    await until(() => expect(scene.segmenter.status().state).toBe('idle'));
    expect(kernel.calls).toEqual(['remove']);
    scene.office.change(shop);
    await until(() => expect(scene.segmenter.status().state).toBe('in-force'));
    scene.office.change([]);
    await until(() => expect(scene.segmenter.status().state).toBe('idle'));
    expect(kernel.held).toBeUndefined();
  });

  it('follow a container that starts and one that dies, at the cost of one look', async () => {
    const { engine, kernel, run } = start({ groups: shop });
    engine.put(web);
    run();
    await until(() => expect(kernel.calls).toEqual(['whole']));
    engine.asked.length = 0;
    engine.start(db);
    await until(() => expect(rules()).toContain('10.77.0.3'));
    expect(engine.asked).toEqual(['inspect 3']);
    engine.die(db);
    await until(() => expect(rules()).not.toContain('10.77.0.3'));
    expect(engine.asked).toEqual(['inspect 3']);
    expect(kernel.calls).toEqual(['whole', 'elements', 'elements']);
  });

  it('close a network before the first container in it runs', async () => {
    const { engine, kernel, run } = start({ groups: shop });
    run();
    await until(() => expect(kernel.calls).toEqual(['whole']));
    engine.addNetwork({ ...shopNetwork, networkId: 'b'.repeat(64), name: 'back', bridge: 'br-back' });
    await until(() => expect(rules()).toContain('br-back'));
    // Podman does not tell of networks: the container that will be in it does.
    const quiet = { ...shopNetwork, networkId: 'c'.repeat(64), name: 'quiet', bridge: 'br-quiet' };
    engine.addNetwork(quiet, false);
    const [end] = web.endpoints;
    const later = shopContainer(9, 'later', {
      running: false,
      pid: 0,
      endpoints: end ? [{ ...end, network: 'quiet', networkId: quiet.networkId, addresses: [] }] : [],
    });
    engine.put(later);
    engine.emit('container', 'create', later.containerId);
    await until(() => expect(rules()).toContain('br-quiet'));
  });

  it('follow a container into another network', async () => {
    const { engine, run } = start({ groups: shop });
    const back = { ...shopNetwork, networkId: 'b'.repeat(64), name: 'back', bridge: 'br-back' };
    engine.addNetwork(back);
    engine.put(web);
    run();
    await until(() => expect(rules()).toContain('10.77.0.2'));
    const end = { network: 'back', networkId: back.networkId, mac: '02:42:0a:4e:00:02', addresses: ['10.78.0.2'] };
    engine.connect({ ...web, endpoints: [...web.endpoints, end] });
    await until(() => expect(rules()).toContain('10.78.0.2'));
  });

  it('are made to hold for an interface that comes a moment later; until then it is closed and told', async () => {
    const { engine, run } = start({ groups: shop });
    run();
    await until(() => expect(scene.segmenter.status().state).toBe('in-force'));
    engine.unplugged.add('web');
    engine.start(web);
    await until(() => expect(scene.segmenter.status()).toMatchObject({ waiting: 1, bound: 0 }));
    engine.unplugged.clear();
    await until(() => expect(scene.segmenter.status()).toMatchObject({ waiting: 0, bound: 1 }));
  });

  it('change with documents, and what is refused from then on is cut', async () => {
    const { engine, cuts, office, run } = start({ groups: shop });
    engine.put(web);
    engine.put(db);
    run();
    await until(() => expect(cuts).toEqual(['all']));
    office.change([shopGroup('web', [], []), shopGroup('db', [], [])]);
    await until(() => expect(cuts).toEqual(['all', ['10.77.0.2', '10.77.0.3']]));
    // The same again changes nothing, and no connection is looked at.
    office.change([shopGroup('web', [], []), shopGroup('db', [], [])]);
    engine.start(shopContainer(9, 'other'));
    await until(() => expect(cuts).toHaveLength(3));
    expect(cuts[2]).toEqual(['10.77.0.9']);
  });

  it('are repaired when somebody else takes them away, and that is told', async () => {
    const { engine, kernel, office, run } = start({ groups: shop });
    engine.put(web);
    run();
    await until(() => expect(kernel.calls).toEqual(['whole']));
    const before = kernel.held;
    kernel.flush();
    await until(() => expect(kernel.calls).toEqual(['whole', 'repaired']));
    expect(kernel.held).toBe(before);
    await until(() =>
      expect(office.state.reports.flatMap(({ events }) => events)).toMatchObject([{ kind: 'foreign-change' }]),
    );
  });
});

describe('while something is away', () => {
  it('the engine: what it ran is kept, and followed again when it is back', async () => {
    const { engine, run } = start({ groups: shop });
    engine.put(web);
    run();
    await until(() => expect(rules()).toContain('10.77.0.2'));
    engine.goAway();
    await until(() => expect(scene.segmenter.status().message).toMatch(/docker does not answer: new containers/));
    expect(rules()).toContain('10.77.0.2');
    engine.put(db);
    engine.comeBack();
    await until(() => expect(rules()).toContain('10.77.0.3'));
    await until(() => expect(scene.segmenter.status()).not.toHaveProperty('message'));
  });

  it('the engine at the start: rules hold without it after a time, and not before', async () => {
    const { engine, kernel, run } = start({ groups: shop, parts: { graceTime: 300 } });
    engine.goAway();
    run();
    await until(() => expect(scene.office.state.statuses.at(-1)?.message).toMatch(/Waiting for the engines/));
    expect(kernel.calls).toEqual([]);
    await until(() => expect(kernel.calls).toEqual(['whole']));
  });

  it('the store: what held last holds on, also after a start', async () => {
    const first = start({ groups: shop });
    first.engine.put(web);
    first.run();
    await until(() => expect(rules()).toContain('10.77.0.2'));
    const held = first.kernel.held;
    await first.stop();
    expect(first.kernel.held).toBe(held);

    first.office.state.isAway = true;
    const again = createSegmenter(first.parts);
    const controller = new AbortController();
    const ended = again.run(controller.signal);
    await until(() => expect(again.status()).toMatchObject({ state: 'in-force' }));
    expect(again.status().message).toMatch(/the store is away.*holds on/);
    expect(first.kernel.held).toBe(held);
    expect(first.kernel.calls).toEqual(['whole', 'none']);
    controller.abort();
    await ended;
  });

  it('the store, and nothing was kept: what is in the kernel is left alone', async () => {
    const { kernel, office, run } = start({ groups: shop });
    office.state.isAway = true;
    run();
    await until(() => expect(scene.segmenter.status().message).toMatch(/none were kept/));
    expect(scene.segmenter.status().state).toBe('failed');
    expect(kernel.calls).toEqual([]);
  });

  it('nft: it says so and what to do, and goes on when it is there', async () => {
    const { kernel, run } = start({ groups: shop, parts: { checkEvery: 20 } });
    kernel.failure = new SegmentationError('no-dataplane', 'nft could not be run', { remedy: 'Install nftables.' });
    run();
    await until(() => expect(scene.segmenter.status()).toMatchObject({ state: 'off' }));
    expect(scene.segmenter.status().message).toBe('Nft could not be run. Install nftables.');
    kernel.failure = undefined;
    await until(() => expect(scene.segmenter.status().state).toBe('in-force'));
  });
});

it('what rules cannot hold for on the whole host is told', async () => {
  const { engine, run } = start({ groups: shop });
  engine.unplugged.add('limits');
  run();
  await until(() => expect(scene.segmenter.status().state).toBe('in-force'));
  expect(scene.segmenter.status().message).toBe('A program sees packets before any rule.');
});

describe('connections that cannot be ended', () => {
  it('are told, and all are looked at again with the next change', async () => {
    const asked: string[] = [];
    let failure: Error | undefined = new Error('conntrack is not there');
    const first = startSegmentScene({ groups: shop });
    scene = startSegmentScene({
      groups: shop,
      parts: {
        machine: {
          ...first.parts.machine,
          client: () => scene.engine.client,
          async cut({ only }) {
            asked.push(only ? 'some' : 'all');
            if (failure) throw failure;
            return { looked: 0, refused: [], cut: 0, more: false };
          },
        },
      },
    });
    scene.engine.put(web);
    scene.run();
    await until(() => expect(asked).toEqual(['all']));
    scene.engine.start(db);
    await until(() => expect(asked).toEqual(['all', 'all']));
    expect(scene.segmenter.status()).toMatchObject({ state: 'in-force' });
    expect(scene.segmenter.status().message).toMatch(/are not ended: conntrack is not there/);
    failure = undefined;
    scene.engine.die(db);
    await until(() => expect(asked).toEqual(['all', 'all', 'all']));
    scene.engine.start(db);
    await until(() => expect(asked.at(-1)).toBe('some'));
    await until(() => expect(scene.segmenter.status()).not.toHaveProperty('message'));
  });
});

describe('what passes', () => {
  it('is told as flows of containers, and what is on the host when that changes', async () => {
    const { engine, kernel, office, run } = start({ groups: shop });
    engine.put(web);
    engine.put(db);
    run();
    await until(() => expect(office.state.hosts).toEqual([['db', 'web']]));
    const count = { source: '10.77.0.2', destination: '10.77.0.3', protocol: 'tcp', port: 5432, packets: 2 } as const;
    kernel.counters = { allowed: [count], refused: [], observed: [], spoofed: [], overflowed: false };
    await until(() => expect(office.state.reports.flatMap(({ flows }) => flows)).toHaveLength(2));
    const flows = office.state.reports.flatMap((report) => report.flows);
    expect(flows).toMatchObject([
      {
        container: { name: 'web', groups: ['web'] },
        direction: 'outbound',
        port: 5432,
        attempts: 2,
        outcome: 'allowed',
      },
      { container: { name: 'db', groups: ['db'] }, direction: 'inbound' },
    ]);
    expect(office.state.hosts).toHaveLength(1);
    expect(office.state.reports.flatMap(({ newPeers }) => newPeers)).toEqual(['web > group db tcp/5432']);
  });

  it('waits while the store is away, and nothing is lost', async () => {
    const { engine, kernel, office, run } = start({ groups: shop });
    engine.put(web);
    engine.put(db);
    run();
    await until(() => expect(office.state.hosts).toHaveLength(1));
    office.state.isAway = true;
    const count = { source: '10.77.0.2', destination: '10.77.0.3', protocol: 'tcp', port: 80, packets: 1 } as const;
    kernel.counters = { allowed: [count], refused: [], observed: [], spoofed: [], overflowed: false };
    await until(() => expect(scene.segmenter.status().message).toMatch(/What passes is not told: the store is away/));
    office.state.isAway = false;
    await until(() => expect(office.state.reports.flatMap(({ flows }) => flows)).toHaveLength(2));
  });
});

describe('what holds at a boot', () => {
  const boot = () => {
    const calls: string[] = [];
    return {
      calls,
      keep: async (bridges: readonly string[]): Promise<'kept'> => {
        calls.push(`keep ${bridges}`);
        return 'kept';
      },
      remove: async () => void calls.push('remove'),
    };
  };

  it('is kept for the bridges that there are, and goes with the last group that enforces', async () => {
    const kept = boot();
    const { engine, office, run } = start({ groups: shop, parts: { boot: kept } });
    run();
    await until(() => expect(kept.calls).toEqual(['keep br-shop']));
    engine.addNetwork({ ...shopNetwork, networkId: 'b'.repeat(64), name: 'back', bridge: 'br-back' });
    await until(() => expect(kept.calls).toEqual(['keep br-shop', 'keep br-shop,br-back']));
    office.change(shop.map((group) => ({ ...group, mode: 'observe' as const })));
    await until(() => expect(kept.calls.at(-1)).toBe('remove'));
  });

  it('is told where nobody asked for it, until somebody does', async () => {
    let isWanted = false;
    const asked = { ...boot(), keep: async () => (isWanted ? ('kept' as const) : ('unwanted' as const)) };
    start({ groups: shop, parts: { boot: asked, checkEvery: 20 } }).run();
    await until(() => expect(scene.segmenter.status().message).toMatch(/After a boot .*: .*groups boot install\.$/));
    isWanted = true;
    await until(() => expect(scene.segmenter.status().message).toBeUndefined());
  });

  it('is told where it cannot be written', async () => {
    const broken = { ...boot(), keep: () => Promise.reject(new Error('the disk is full')) };
    start({ groups: shop, parts: { boot: broken } }).run();
    await until(() => expect(scene.segmenter.status().message).toMatch(/open until the agent runs: the disk is full/));
    expect(scene.segmenter.status().state).toBe('in-force');
  });
});

describe('containers that share a network', () => {
  it('have one binding and the groups of both', async () => {
    const { engine, run } = start({ groups: [...shop, shopGroup('side', [], [])] });
    engine.put(web);
    engine.put(shopContainer(2, 'side', { containerId: 'f'.repeat(64), endpoints: [], networkMode: 'container:web' }));
    run();
    await until(() => expect(scene.segmenter.status()).toMatchObject({ state: 'in-force', bound: 2 }));
    const endpoints = scene.segmenter.view().enforced?.model.endpoints ?? [];
    expect(endpoints.map(({ name, groups, addresses }) => ({ name, groups, addresses }))).toEqual([
      { name: 'web', groups: ['side', 'web'], addresses: ['10.77.0.2'] },
      { name: 'side', groups: ['side', 'web'], addresses: [] },
    ]);
    expect(rules()).toContain('10.77.0.2');
  });
});
