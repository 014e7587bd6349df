import { formatInstant } from '../../src/base/index.ts';
import type {
  Attempts,
  FlowView,
  GroupEdge,
  GroupMember,
  GroupNode,
  GroupRule,
  GroupView,
  NetworkView,
  TrafficEventView,
} from '../../src/model/wire/index.ts';
import { createRandom, type Random } from './random.ts';

/** Made-up groups of made-up compose projects, with what was seen between them. */
export interface FakeTraffic {
  readonly groups: GroupView[];
  readonly nodes: GroupNode[];
  readonly edges: GroupEdge[];
  readonly members: ReadonlyMap<string, readonly GroupMember[]>;
  readonly rules: ReadonlyMap<string, readonly GroupRule[]>;
  readonly flows: FlowView[];
  readonly events: TrafficEventView[];
  readonly networks: NetworkView[];
}

const minute = 60_000;
const hosts = ['harbor-1', 'harbor-2', 'harbor-3'];
const projectNames =
  'shop wiki mail chat blog billing search media stats ledger portal docs forum queue vault photo video radio maps news';
/** As the service calls what nobody wrote. */
const noGroup = '(no group)';
const services = ['web', 'app', 'worker', 'cache', 'db'] as const;
const noAttempts: Attempts = { allowed: 0, refused: 0, observed: 0 };

/** Groups: five for each tier of each project, and what has no group. */
export function inventTraffic(now: number, projects = 8, tiers = 1, seed = 7): FakeTraffic {
  const random = createRandom(seed);
  const at = (minutes: number) => formatInstant(now - minutes * minute);
  const projectOf = new Map<string, string>();
  for (let n = 0; n < projects; n++) {
    const list = projectNames.split(' ');
    const name = list[n % list.length] ?? 'shop';
    const project = n < list.length ? name : `${name}${Math.floor(n / list.length) + 1}`;
    for (let tier = 1; tier <= tiers; tier++) projectOf.set(tier === 1 ? project : `${project}-${tier}`, project);
  }
  const names = [...projectOf.keys()];
  const groupNames = names.flatMap((project) => services.map((service) => ({ project, service })));
  const members = new Map<string, GroupMember[]>();
  const rules = new Map<string, GroupRule[]>();
  const edges = new Map<string, GroupEdge>();

  for (const { project, service } of groupNames) {
    const name = `${project}-${service}`;
    members.set(
      name,
      Array.from({ length: 1 + random.integer(4) }, (_, n) => inventMember(random, project, service, n)),
    );
    rules.set(name, []);
  }
  members.set(noGroup, [
    { ...inventMember(random, 'loose', 'tool', 1), groups: [], mode: 'observe' },
    {
      ...inventMember(random, 'loose', 'monitor', 2),
      groups: [],
      mode: 'observe',
      outOfReach: ['It has the network of the host: no rule holds for it. Give it a network of its own.'],
    },
  ]);
  rules.set(noGroup, []);

  function open(from: string, to: string, connections: string, seen: number): void {
    const id = `${from}>${to}`;
    const sources: GroupEdge['sources'] = [];
    for (const [direction, node, other] of [
      ['outbound', from, to],
      ['inbound', to, from],
    ] as const) {
      const name = node.replace(/^group:/, '');
      const own = rules.get(name);
      if (!node.startsWith('group:') || own === undefined) continue;
      const path = `${direction}[${own.filter((rule) => rule.direction === direction).length}]`;
      own.push({
        ...{ path, direction, connections, description: null },
        peers: [other.replace(/^group:/, 'group ')],
        lastDay: { ...noAttempts, allowed: seen },
        lastSeen: seen > 0 ? at(1 + random.integer(900)) : null,
      });
      sources.push({ document: `SecurityGroup ${name}`, path, at: null });
    }
    edges.set(id, { id, from, to, connections, isPartial: false, sources, attempts: { ...noAttempts, allowed: seen } });
  }
  function refuse(from: string, to: string, seen: number, outcome: 'refused' | 'observed' = 'refused'): void {
    const id = `${from}>${to}`;
    const edge = edges.get(id) ?? {
      ...{ id, from, to, connections: 'none', isPartial: false, sources: [], attempts: noAttempts },
    };
    edges.set(id, { ...edge, attempts: { ...edge.attempts, [outcome]: seen } });
  }

  for (const [n, project] of names.entries()) {
    const group = (service: string) => `group:${project}-${service}`;
    const often = () => (random.chance(0.85) ? 1 + random.integer(60_000) : 0);
    if (n % 2 === 0) open('addresses:0.0.0.0/0,::/0', group('web'), 'tcp 443', often());
    else open('addresses:10.0.0.0/8', group('web'), 'tcp 80,443', often());
    open(group('web'), group('app'), 'tcp 8080', often());
    open(group('app'), group('db'), 'tcp 5432', often());
    open(group('app'), group('cache'), 'tcp 6379', often());
    open(group('worker'), group('db'), 'tcp 5432', often());
    open(group('worker'), group('cache'), 'tcp 6379', often());
    for (const service of ['app', 'worker']) open(group(service), 'addresses:dns', 'udp 53', often());
    if (n % 3 === 0) open(group('app'), `name:api.${project}-pay.example`, 'tcp 443', often());
    if (n % 4 === 1) open(group('worker'), 'name:*.storage.example', 'tcp 443', often());
    const other = names[(n * 7 + 3) % names.length];
    if (other !== undefined && other !== project && n % 3 !== 2)
      open(group('app'), `group:${other}-app`, 'tcp 8080', often());
    if (n % 5 === 0 && names[1] !== undefined) refuse(group('worker'), `group:${names[1]}-db`, 1 + random.integer(400));
    if (n % 6 === 2) refuse(group('web'), 'addresses:203.0.113.0/24', 1 + random.integer(90));
    if (n % 7 === 3) refuse(group('app'), 'host:harbor-1', 1 + random.integer(20));
    if (n % 4 === 0) refuse(group('web'), group('db'), 1 + random.integer(40), 'observed');
  }
  refuse(`group:${noGroup}`, `group:${names[0]}-db`, 12, 'observed');

  const sums = new Map<string, Attempts>();
  for (const { from, to, attempts } of edges.values()) {
    for (const id of [from, to]) sums.set(id, addAttempts(sums.get(id) ?? noAttempts, attempts));
  }
  const groups = [...members].map(([name, own], n): GroupView => {
    const ruled = rules.get(name) ?? [];
    const isDefault = name === noGroup;
    const perHost = hosts.map((host) => ({ host, members: own.filter((member) => member.host === host).length }));
    return {
      ...{ name, isDefault, isBuiltIn: isDefault, mode: isDefault || n % 10 === 3 ? 'observe' : 'enforce' },
      members: own.length,
      hosts: perHost.filter((host) => host.members > 0),
      rules: {
        inbound: ruled.filter(({ direction }) => direction === 'inbound').length,
        outbound: ruled.filter(({ direction }) => direction === 'outbound').length,
      },
      remarks:
        n === 0
          ? [
              {
                kind: 'shadowed',
                source: { document: `SecurityGroup ${name}`, path: 'inbound[0]', at: null },
                message: 'inbound[0] lets nothing pass that inbound[1] does not let pass',
              },
            ]
          : [],
      lastDay: sums.get(`group:${name}`) ?? noAttempts,
      appliedAt: isDefault ? null : at(4000),
      appliedBy: isDefault ? null : 'ada@example.com',
    };
  });
  const used = new Set([...edges.values()].flatMap(({ from, to }) => [from, to]));
  const nodes: GroupNode[] = [
    ...groups.map(
      (group): GroupNode => ({
        ...{ id: `group:${group.name}`, kind: 'group', name: group.name, mode: group.mode, isDefault: group.isDefault },
        ...{ members: group.members, attempts: group.lastDay },
        project: projectOf.get(group.name.replace(/-[a-z]+$/, '')) ?? null,
      }),
    ),
    ...[...used].filter((id) => !id.startsWith('group:')).map((id) => outsideNode(id, sums.get(id) ?? noAttempts)),
  ];
  const flows = [...edges.values()].flatMap((edge) => flowsOf(edge, members, at, random));
  flows.sort((a, b) => (a.last < b.last ? 1 : -1));
  return {
    groups,
    nodes,
    edges: [...edges.values()],
    members,
    rules,
    flows,
    events: eventsOf(flows, at),
    networks: inventNetworks(at),
  };
}

function inventMember(random: Random, project: string, service: string, n: number): GroupMember {
  return {
    host: random.pick(hosts),
    engine: n % 3 === 2 ? 'podman' : 'docker',
    id: random.hex(64),
    name: `${project}-${service}-${n + 1}`,
    image: `registry.example/${project}/${service}:1.${n}`,
    addresses: [`172.18.${random.integer(200)}.${2 + random.integer(250)}`],
    groups: [`${project}-${service}`],
    mode: 'enforce',
    outOfReach: [],
  };
}

function outsideNode(id: string, attempts: Attempts): GroupNode {
  const [kind = 'addresses', text = ''] = id.split(/:(.*)/s);
  return {
    id,
    kind: kind === 'name' || kind === 'host' ? kind : 'addresses',
    name: text.startsWith('0.0.0.0/0') ? 'anywhere' : text === 'dns' ? 'service dns' : text,
    ...{ mode: null, isDefault: false, members: null, project: null, attempts },
  };
}

function flowsOf(
  edge: GroupEdge,
  members: FakeTraffic['members'],
  at: (minutes: number) => string,
  random: Random,
): FlowView[] {
  const end = (id: string) => members.get(id.replace(/^group:/, ''))?.[0];
  const [from, to] = [end(edge.from), end(edge.to)];
  const container = from ?? to;
  if (container === undefined) return [];
  const other = from === undefined ? undefined : to;
  const outside = from === undefined ? edge.from : edge.to;
  const address = outside.startsWith('addresses:')
    ? outside
        .replace(/^addresses:/, '')
        .replace(/^dns$/, '10.0.0.53')
        .replace(/\/.*$/, '')
    : '198.51.100.7';
  const [, protocol, port] = /^(tcp|udp) (\d+)/.exec(edge.connections) ?? [];
  return (['allowed', 'refused', 'observed'] as const).flatMap((outcome): FlowView[] => {
    const attempts = edge.attempts[outcome];
    if (attempts === 0) return [];
    const last = random.integer(1400);
    return [
      {
        host: container.host,
        container: { engine: container.engine, id: container.id, name: container.name, groups: container.groups },
        direction: from === undefined ? 'inbound' : 'outbound',
        peer:
          other === undefined
            ? {
                kind: outside.startsWith('host:') ? 'host' : 'address',
                container: null,
                address: outside.startsWith('host:') ? null : address,
                name: outside.startsWith('name:') ? outside.replace(/^name:/, '') : null,
              }
            : {
                kind: 'container',
                container: { engine: other.engine, id: other.id, name: other.name, groups: other.groups },
                address: null,
                name: null,
              },
        protocol: protocol === 'udp' ? 'udp' : 'tcp',
        ...{ port: outcome === 'allowed' ? Number(port ?? 5432) : 22, outcome, attempts, edge: edge.id },
        listed: outside.includes('203.0.113.') ? 'known-bad' : null,
        first: at(last + (1 + random.integer(9000))),
        last: at(last),
      },
    ];
  });
}

function eventsOf(flows: readonly FlowView[], at: (minutes: number) => string): TrafficEventView[] {
  return flows
    .filter(({ outcome }) => outcome !== 'allowed')
    .slice(0, 30)
    .map((flow, n) => ({
      at: at(n * 11),
      kind: flow.listed !== null ? 'listed' : flow.outcome === 'refused' ? 'refused' : 'new-peer',
      host: flow.host,
      message:
        flow.listed === null
          ? `${flow.container.name} to port ${flow.port}: ${flow.outcome}`
          : `${flow.container.name} asked for ${flow.peer.address}, which is on the list ${flow.listed}`,
      flow,
    }));
}

function inventNetworks(at: (minutes: number) => string): NetworkView[] {
  return hosts.map(
    (host, n): NetworkView => ({
      host,
      state: n === 2 ? 'failed' : 'in-force',
      message: n === 2 ? 'nft is not installed: install nftables, or nothing is refused on this host' : null,
      at: at(1),
      containers: 30 - n * 7,
      waiting: n === 1 ? 1 : 0,
      bridges: [{ bridge: 'docker0', network: 'bridge', engine: 'docker', subnets: ['172.17.0.0/16'] }],
      outOfReach:
        n === 0
          ? [
              {
                ...{ engine: 'docker', id: 'f'.repeat(64), name: 'loose-monitor-3', driver: 'host', network: 'host' },
                message: 'It has the network of the host: no rule holds for it. Give it a network of its own.',
              },
            ]
          : [],
      recording: { host, from: at(9 * 1440), to: at(0), overflowed: false },
    }),
  );
}

const addAttempts = (a: Attempts, b: Attempts): Attempts => ({
  allowed: a.allowed + b.allowed,
  refused: a.refused + b.refused,
  observed: a.observed + b.observed,
});
