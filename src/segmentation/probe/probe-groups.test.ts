import { describe, expect, it } from 'vitest';
import {
  type ConnectionSet,
  connectionsTo,
  type HostNetwork,
  type NetworkedContainer,
  noConnections,
  type SecurityGroup,
  unionConnections,
} from '../../model/index.ts';
import { compileTraffic } from '../groups/compile-traffic.ts';
import { createTrafficJudge } from '../reach/traffic-judge.ts';
import { type ProbeEnd, parseProbeAnswer } from './open-end.ts';
import { planProbes, portsAtBoundaries } from './plan-probes.ts';
import { type ProbeMachine, probeGroups } from './probe-groups.ts';

const { signal } = new AbortController();
const network: HostNetwork = {
  host: 'quay',
  bridges: [
    { bridge: 'br-shop', network: 'shop', engine: 'docker', subnets: ['10.77.0.0/24'], gateways: ['10.77.0.1'] },
  ],
  services: new Map([
    ['metadata', [{ addresses: '169.254.169.254/32' }]],
    ['portwarden', [{ addresses: '10.77.0.1/32', protocol: 'tcp', ports: [7080, 7080] }]],
    ['host', [{ addresses: '10.77.0.1/32' }, { addresses: '192.0.2.1/32' }]],
  ]),
};

function container(number: number, name: string, bridges: readonly string[] = ['br-shop']): NetworkedContainer {
  return {
    host: 'quay',
    engine: 'docker',
    containerId: `${number}`.padStart(64, '0'),
    name,
    imageReference: 'web:1',
    labels: {},
    pid: number,
    attachments: bridges.map((bridge, at) => ({
      network: bridge,
      bridge,
      port: `veth${number}${at}`,
      mac: `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`,
      addresses: [`10.${77 + at}.0.${number}`],
    })),
    published: [],
    outOfReach: [],
  };
}

function group(
  name: string,
  peer: string,
  connections: ConnectionSet,
  mode: 'enforce' | 'observe' = 'enforce',
): SecurityGroup {
  const rule = (path: string) => [{ path, peers: [{ kind: 'group' as const, group: peer }], connections }];
  const [inbound, outbound] = [rule('inbound[0]'), rule('outbound[0]')];
  return { name, mode, isDefault: false, members: [{ name: `${name}*` }], inbound, outbound };
}

const web = container(2, 'web');
const db = container(3, 'db');
const sql = connectionsTo('tcp', 5432, 5432);
function scene(containers: readonly NetworkedContainer[], groups: readonly SecurityGroup[]) {
  const { model } = compileTraffic({ groups, denyLists: [], containers, network });
  return { model, judge: createTrafficJudge(model), containers, network };
}
const shop = () => scene([web, db], [group('web', 'db', sql), group('db', 'web', sql)]);

describe('ports that are worth trying', () => {
  it('are both sides of each end, and one that no rule is likely to name', () => {
    const set = unionConnections(sql, connectionsTo('tcp', 8000, 8010));
    expect(portsAtBoundaries(set, 'tcp')).toEqual([5431, 5432, 5433, 7999, 8000, 8010, 8011, 47_321]);
    expect(portsAtBoundaries(noConnections, 'udp')).toEqual([47_321]);
  });
  it('are ports, and few', () => {
    expect(portsAtBoundaries(connectionsTo('tcp'), 'tcp')).toEqual([47_321, 65_535]);
    const many = Array.from({ length: 90 }, (_, at) => connectionsTo('tcp', at * 10, at * 10));
    expect(portsAtBoundaries(many.reduce(unionConnections, noConnections), 'tcp').length).toBeLessThan(20);
  });
});

describe('a plan', () => {
  it('has what passes and what does not, of each pair, both ways', () => {
    const { probes, isEveryPair } = planProbes(shop());
    expect(isEveryPair).toBe(true);
    const between = probes.filter(({ isEndpoint, protocol }) => isEndpoint && protocol === 'tcp');
    expect(between.map(({ source, port, expected }) => `${source} ${port} ${expected}`).toSorted()).toEqual(
      ['10.77.0.2', '10.77.0.3'].flatMap((source) =>
        ['47321 stopped', '5431 stopped', '5432 passed', '5433 stopped'].map((rest) => `${source} ${rest}`),
      ),
    );
  });

  it('tries what is protected, the host at the addresses that the container has before it', () => {
    const services = planProbes(shop()).probes.filter(({ isEndpoint }) => !isEndpoint);
    expect(
      [...new Set(services.map(({ to, destination, port }) => `${to} ${destination} ${port}`))].toSorted(),
    ).toEqual(['host 10.77.0.1 22', 'metadata 169.254.169.254 80', 'portwarden 10.77.0.1 7080']);
    expect(services.every(({ expected }) => expected === 'stopped')).toBe(true);
  });

  it('does not expect to pass what the engine keeps apart, and says so', () => {
    const far = { ...container(4, 'db-2'), attachments: container(4, 'db-2', ['br-back']).attachments };
    const { probes, left } = planProbes(scene([web, far], [group('web', 'db', sql), group('db', 'web', sql)]));
    expect(probes.filter(({ expected }) => expected === 'passed')).toEqual([]);
    expect(probes.some(({ expected, isEndpoint }) => isEndpoint && expected === 'stopped')).toBe(true);
    expect(left).toContainEqual({
      from: `docker:${web.containerId}`,
      to: `docker:${far.containerId}`,
      reason: expect.stringMatching(/no network in common/),
    });
  });

  it('says that SCTP is not tried, where a group lets it', () => {
    const sctp = connectionsTo('sctp', 9, 9);
    const { left } = planProbes(scene([web, db], [group('web', 'db', sctp), group('db', 'web', sctp)]));
    const [a, b] = [`docker:${web.containerId}`, `docker:${db.containerId}`];
    expect(left).toEqual([
      { from: a, to: b, reason: expect.stringMatching(/SCTP/) },
      { from: b, to: a, reason: expect.stringMatching(/SCTP/) },
    ]);
  });

  it('expects to pass what is only observed', () => {
    const groups = [group('web', 'nobody', noConnections, 'observe'), group('db', 'nobody', noConnections, 'observe')];
    const { probes } = planProbes(scene([web, db], groups));
    expect(probes.filter(({ isEndpoint }) => isEndpoint).every(({ expected }) => expected === 'passed')).toBe(true);
  });

  it('of many containers has each kind with each kind, and never more than is said', () => {
    const many = Array.from({ length: 60 }, (_, at) => container(at + 2, at % 2 ? `web-${at}` : `db-${at}`));
    const groups = [group('web', 'db', sql), group('db', 'web', sql)];
    const plan = planProbes(scene(many, groups));
    expect(plan.isEveryPair).toBe(false);
    expect(new Set(plan.probes.map(({ from }) => from)).size).toBe(4);
    const few = planProbes({ ...scene(many, groups), mostProbes: 10 });
    expect(few.probes).toHaveLength(10);
    expect(few.isEveryPair).toBe(false);
  });
});

/** Namespaces in memory: who listens where, and what comes through. */
function fakeMachine(
  passes: (source: string, destination: string, port: number) => boolean,
  options: { readonly taken?: number; readonly gone?: string; readonly silent?: true } = {},
) {
  const listening = new Set<string>();
  const state = { open: 0, mostOpen: 0, listened: 0, sent: [] as boolean[] };
  const machine: ProbeMachine = {
    namespaceOf: async ({ name, pid }) => (name === options.gone ? undefined : pid),
    async open(): Promise<ProbeEnd> {
      state.open++;
      state.mostOpen = Math.max(state.mostOpen, state.open);
      return {
        async ask(order) {
          if (order.do === 'answer-pings') return options.silent ? { is: 'failed', why: 'silent' } : { is: 'done' };
          if (order.do === 'ping')
            return passes(order.source, order.address, -1) ? { is: 'passed' } : { is: 'stopped', why: 'timed out' };
          const door = `${order.protocol} ${order.address} ${order.port}`;
          if (order.do === 'close') listening.delete(door);
          else if (order.do === 'listen') {
            if (order.port === options.taken) return { is: 'taken' };
            listening.add(door);
            state.listened++;
          } else {
            state.sent.push(order.connectOnly);
            const isThere = listening.has(door) || order.port === options.taken;
            const through = isThere && passes(order.source, order.address, order.port);
            return through ? { is: 'passed' } : { is: 'stopped', why: 'timed out' };
          }
          return { is: 'done' };
        },
        async close() {
          state.open--;
        },
      };
    },
  };
  return { machine, state, listening };
}

describe('a run', () => {
  it('agrees where the kernel does what the model says, and leaves nothing behind', async () => {
    const { machine, state, listening } = fakeMachine((_, __, port) => port === 5432);
    const report = await probeGroups({ ...shop(), signal, machine });
    expect(report.disagreed).toEqual([]);
    expect(report.untried).toEqual([]);
    expect(report.agreed).toBe(report.results.length);
    expect(report.results.length).toBeGreaterThan(10);
    expect(report.names).toEqual({ [`docker:${web.containerId}`]: 'web', [`docker:${db.containerId}`]: 'db' });
    expect({ open: state.open, listening: listening.size }).toEqual({ open: 0, listening: 0 });
  });

  it('sees both a hole and a wall that should not be there', async () => {
    const { machine } = fakeMachine((_, __, port) => port === 5433);
    const { disagreed } = await probeGroups({ ...shop(), signal, machine });
    expect([...new Set(disagreed.map(({ probe, seen }) => `${probe.port} ${seen}`))].toSorted()).toEqual([
      '5432 stopped',
      '5433 passed',
    ]);
  });

  it('only connects where a program of the container listens, and by UDP lets it be', async () => {
    const groups = [
      group('web', 'db', unionConnections(sql, connectionsTo('udp', 5432, 5432))),
      group('db', 'web', unionConnections(sql, connectionsTo('udp', 5432, 5432))),
    ];
    const { machine } = fakeMachine((_, __, port) => port === 5432, { taken: 5432 });
    const report = await probeGroups({ ...scene([web, db], groups), signal, machine });
    expect(report.disagreed).toEqual([]);
    expect(
      report.untried.every(({ probe, why }) => probe.protocol === 'udp' && /nothing is sent/.test(why ?? '')),
    ).toBe(true);
    expect(report.untried).toHaveLength(2);
  });

  it('sends echo requests by the type of the version, and says nothing of a container that answers none', async () => {
    const ping = { ...noConnections, icmp: [{ from: 8, end: 9 }] };
    const groups = [group('web', 'db', ping), group('db', 'web', ping)];
    const { machine } = fakeMachine((source, _, port) => port === -1 && source.endsWith('.2'));
    const report = await probeGroups({ ...scene([web, db], groups), signal, machine });
    const pings = report.results.filter(({ probe }) => probe.protocol === 'icmp');
    expect(pings.map(({ probe, seen }) => [probe.port, probe.expected, seen]).toSorted()).toEqual([
      [8, 'passed', 'passed'],
      [8, 'passed', 'stopped'],
    ]);
    expect(report.disagreed.map(({ probe }) => probe.protocol)).toEqual(['icmp']);
    const silent = await probeGroups({
      ...scene([web, db], groups),
      signal,
      machine: fakeMachine(() => false, { silent: true }).machine,
    });
    expect(silent.untried.map(({ probe, why }) => `${probe.protocol} ${why}`)).toEqual(['icmp silent', 'icmp silent']);
    expect(silent.disagreed).toEqual([]);
  });

  it('says what could not be tried since a container is gone', async () => {
    const { machine } = fakeMachine((_, __, port) => port === 5432, { gone: 'db' });
    const report = await probeGroups({ ...shop(), signal, machine });
    const ofDb = report.results.filter(({ probe }) => [probe.from, probe.to].includes(`docker:${db.containerId}`));
    expect(ofDb.length).toBeGreaterThan(0);
    expect(ofDb.every(({ seen, agrees }) => seen === 'untried' && !agrees)).toBe(true);
  });

  it('meets each pair of many with few processes at a time', async () => {
    const many = Array.from({ length: 20 }, (_, at) => container(at + 2, at % 2 ? `web-${at}` : `db-${at}`));
    const { machine, state } = fakeMachine((_, __, port) => port === 5432);
    const groups = [group('web', 'db', sql), group('db', 'web', sql)];
    const report = await probeGroups({ ...scene(many, groups), signal, machine });
    expect(report.isEveryPair).toBe(true);
    expect(report.untried).toEqual([]);
    expect(state.mostOpen).toBeLessThanOrEqual(12);
    expect(state.open).toBe(0);
    const pairs = new Set(
      report.results.filter(({ probe }) => probe.isEndpoint).map(({ probe }) => `${probe.from} ${probe.to}`),
    );
    expect(pairs.size).toBe(20 * 19);
  });

  it('ends with the signal, tells what it did not try, and leaves nothing behind', async () => {
    const controller = new AbortController();
    const { machine, state } = fakeMachine((_, __, port) => {
      controller.abort();
      return port === 5432;
    });
    const report = await probeGroups({ ...shop(), signal: controller.signal, machine });
    expect(report.untried.length + report.agreed + report.disagreed.length).toBe(report.results.length);
    expect(state.open).toBe(0);
  });
});

describe('what an end says', () => {
  it('is read strictly', () => {
    expect(parseProbeAnswer('{"id":3,"is":"stopped","why":"timed out"}')).toEqual({
      id: 3,
      is: 'stopped',
      why: 'timed out',
    });
    for (const line of [
      '',
      '{}',
      '{"id":"3","is":"done"}',
      '{"id":3,"is":"open"}',
      '7',
      `{"id":3,"is":"done","why":"${'x'.repeat(2000)}"}`,
    ]) {
      expect(parseProbeAnswer(line)).toBeUndefined();
    }
  });
});
