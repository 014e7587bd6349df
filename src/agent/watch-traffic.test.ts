import { describe, expect, it } from 'vitest';
import { createFakeDataplane, createFakeDesk, shopGroup } from '../../test/fakes/segment-scene.ts';
import { fixedClock, silentLog } from '../base/index.ts';
import type { NetworkedContainer } from '../model/index.ts';
import { compileTraffic, createTrafficJudge, type TrafficCount } from '../segmentation/index.ts';
import type { Enforcer } from './enforce-rules.ts';
import type { SegmentedHost } from './segmented-host.ts';
import { createTrafficWatch } from './watch-traffic.ts';

const web: NetworkedContainer = {
  host: 'quay',
  engine: 'docker',
  containerId: 'a'.repeat(64),
  name: 'web',
  imageReference: 'web:1',
  labels: {},
  pid: 2,
  attachments: [{ network: 'shop', bridge: 'br', port: 'veth1', mac: '02:00:00:00:00:01', addresses: ['10.77.0.2'] }],
  published: [],
  outOfReach: [],
};
const network = { host: 'quay', bridges: [], services: new Map() };
const rules = { groups: [shopGroup('web', [], [])], denyLists: [] };
const { model } = compileTraffic({ ...rules, containers: [web], network });
const count = (port: number): TrafficCount => ({
  source: '10.77.0.2',
  destination: '192.0.2.9',
  protocol: 'tcp',
  port,
  packets: 1,
});

function watch(isEnforced = true) {
  const kernel = createFakeDataplane();
  const office = createFakeDesk(rules);
  const clock = fixedClock('2026-03-04T00:00:00Z');
  const enforced = isEnforced
    ? { model, rules, network, containers: [web], judge: createTrafficJudge(model) }
    : undefined;
  const watched = createTrafficWatch({
    host: { containers: [web], network, revision: 1 } as unknown as SegmentedHost,
    enforcer: { enforced } as unknown as Enforcer,
    dataplane: kernel.dataplane,
    desk: office.desk,
    clock,
    log: silentLog,
  });
  const refuse = (...ports: readonly number[]): void => {
    kernel.state.counters = { allowed: [], refused: ports.map(count), observed: [], spoofed: [], overflowed: false };
  };
  const told = () => office.state.reports.map(({ flows }) => flows.map(({ port }) => port));
  return { watched, refuse, told, office, clock };
}

describe('traffic of a host', () => {
  it('is told with the time between two looks', async () => {
    const { watched, refuse, office, clock } = watch();
    await watched.look();
    clock.set('2026-03-04T00:00:02Z');
    refuse(80);
    await watched.look();
    const [first, second] = office.state.reports;
    expect(second).toMatchObject({ from: first?.to, to: clock.now(), overflowed: false });
    expect(second?.events).toMatchObject([{ kind: 'refused', flow: { port: 80 } }]);
  });

  it('is not looked at where nothing is in force', async () => {
    const { watched, refuse, office } = watch(false);
    refuse(80);
    await watched.look();
    expect(office.state.reports).toEqual([]);
    expect(office.state.hosts).toEqual([['web']]);
  });

  it('without what proofs send, until a while after them', async () => {
    const { watched, refuse, told } = watch();
    const end = watched.leaveOut([count(80)]);
    for (let look = 0; look < 5; look++) {
      refuse(80, 81);
      await watched.look();
    }
    end();
    for (let look = 0; look < 4; look++) {
      refuse(80);
      await watched.look();
    }
    expect(told()).toEqual([[81], [81], [81], [81], [81], [], [], [], [80]]);
  });

  it('that waits for the store is bounded, and says that it is', async () => {
    const { watched, refuse, office } = watch();
    await watched.look();
    office.state.isAway = true;
    for (let look = 0; look < 60; look++) {
      refuse(...Array.from({ length: 900 }, (_, port) => port + 1));
      await watched.look();
    }
    expect(watched.failure).toBe('the store is away');
    office.state.isAway = false;
    await watched.look();
    const last = office.state.reports.at(-1);
    expect(last?.flows.length).toBeLessThanOrEqual(50_000);
    expect(last?.flows.length).toBeGreaterThan(1000);
    expect(last?.events.length).toBeLessThanOrEqual(5000);
    expect(watched.failure).toBeUndefined();
  });
});
