import type { Clock } from '../../src/base/index.ts';
import type { FlowQuery, FlowView, GroupEdge, PlannedEdge } from '../../src/model/wire/index.ts';
import type { EventBus, GroupService } from '../../src/service/services.ts';
import { type FakeTraffic, inventTraffic } from './groups.ts';

/** Groups and traffic, answered from what is made up; where agents would report there is nothing. */
export interface FakeGroupService extends GroupService {
  readonly traffic: FakeTraffic;
  /** One more attempt that is refused, as the newest flow, told as the recorder would. */
  refuse(): FlowView;
}

const nothing = async () => {};

export function createFakeGroups(clock: Clock, bus: EventBus, projects = 8, tiers = 1): FakeGroupService {
  const traffic = inventTraffic(clock.now(), projects, tiers);
  const { groups, nodes, edges, flows, events, networks, members, rules } = traffic;
  const recordings = networks.flatMap(({ recording }) => recording ?? []);
  const nodesOf = (of: readonly GroupEdge[]) => {
    const ids = new Set(of.flatMap(({ from, to }) => [from, to]));
    return nodes.filter(({ id }) => ids.has(id));
  };
  const planned = ({ id, from, to, connections, sources }: GroupEdge): PlannedEdge[] => {
    const ends = [from, to].map((end) => nodes.find((node) => node.id === end));
    return ends[0] && ends[1] ? [{ id, from: ends[0], to: ends[1], connections, sources }] : [];
  };
  return {
    traffic,
    list: async () => ({ items: groups, total: groups.length, denyLists: [], ungrouped: 2, outOfReach: 1 }),
    async map({ host }) {
      const isThere = (name: string) =>
        (members.get(name) ?? []).some((member) => host === undefined || member.host === host);
      const shown = nodes.filter(({ kind, name }) => kind !== 'group' || isThere(name));
      const ids = new Set(shown.map(({ id }) => id));
      return {
        nodes: shown,
        edges: edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
        ...{ more: 0, since: recordings[0]?.from ?? '' },
        recordings: recordings.filter((one) => host === undefined || one.host === host),
      };
    },
    proofs: { ask: async () => undefined, take: async () => undefined },
    numbers: async () => [
      {
        host: 'harbor-1',
        state: 'in-force',
        waiting: 2,
        counts: { host: 'harbor-1', allowed: 70, refused: 5, observed: 1, listed: 3, spoofed: 4 },
      },
      { host: 'harbor-2', state: 'unknown', waiting: 0, counts: undefined },
    ],
    async show(name) {
      const group = groups.find((one) => one.name === name);
      if (group === undefined) return undefined;
      const own = edges.filter(({ from, to }) => from === `group:${name}` || to === `group:${name}`);
      return {
        ...group,
        text: group.isBuiltIn ? null : groupText(name),
        rulesInForce: [...(rules.get(name) ?? [])],
        containers: [...(members.get(name) ?? [])],
        moreContainers: 0,
        edges: own,
        nodes: nodesOf(own),
      };
    },
    async plan(files) {
      const name = /name: *"?([a-z0-9-]+)/.exec(files[0]?.text ?? '')?.[1] ?? '';
      const closed = edges
        .filter(({ to, connections }) => to === `group:${name}` && connections !== 'none')
        .slice(0, 1);
      const opened = edges
        .filter(({ to, connections }) => to === `group:${name}` && connections === 'none')
        .slice(0, 1);
      const broken = flows.filter(({ edge, outcome }) => outcome === 'allowed' && closed.some(({ id }) => id === edge));
      return {
        changes: [{ kind: 'SecurityGroup', name, change: 'change' }],
        opened: opened.map((edge) => ({ ...edge, connections: 'tcp 5432' })).flatMap(planned),
        closed: closed.flatMap(planned),
        ...{ moreEdges: 0, broken, moreBroken: 0, recordings, remarks: [] },
      };
    },
    suggest: async () => ({
      text: groupText('suggested-web'),
      groups: 1,
      flows: flows.length,
      recordings,
      remarks: ['suggested-web reaches anywhere: say which addresses it needs'],
    }),
    explain: async ({ from, to, protocol = 'tcp', port }) => ({
      ...{ from, to, protocol, port, outcome: 'refused', refusedBy: 'inbound', outbound: null, inbound: null },
      message: `${to} lets nothing in from ${from}`,
    }),
    async flows(query) {
      const found = flows.filter((flow) => fits(flow, query, new Date(clock.now()).toISOString().slice(0, 10)));
      const { limit = 100, offset = 0 } = query;
      return { items: found.slice(offset, offset + limit), total: found.length, recordings };
    },
    async events({ kind, host, since = '', limit = 100, offset = 0 }) {
      const found = events.filter(
        (event) =>
          (kind === undefined || event.kind === kind) &&
          (host === undefined || event.host === host) &&
          event.at >= since,
      );
      return { items: found.slice(offset, offset + limit), total: found.length };
    },
    networks: async () => ({ items: networks }),
    scene: async () => ({ groups: [], denyLists: [], documents: [], lists: [], hosts: [] }),
    documentsChanged() {},
    work: nothing,
    recorder: {
      rules: async () => ({ groups: [], denyLists: [] }),
      knownPeers: async () => [],
      network: nothing,
      status: nothing,
      traffic: nothing,
      onRulesChanged: () => () => {},
    },
    refuse() {
      const now = new Date(clock.now()).toISOString();
      const old = flows.find(({ outcome }) => outcome === 'refused');
      if (old === undefined) throw new Error('nothing was refused');
      const flow = { ...old, first: now, last: now, attempts: 1, port: 2375 };
      flows.unshift(flow);
      const at = edges.findIndex(({ id }) => id === flow.edge);
      const edge = edges[at];
      if (edge) edges[at] = { ...edge, attempts: { ...edge.attempts, refused: edge.attempts.refused + 1 } };
      const event = { at: now, kind: 'refused', host: flow.host, message: refusal(flow) } as const;
      events.unshift({ ...event, flow });
      bus.publish({ type: 'traffic', ...event, edge: flow.edge ?? '' });
      return flow;
    },
  };
}

function fits(flow: FlowView, query: FlowQuery, today: string): boolean {
  const { host, container, peer, outcome, last, first, edge } = flow;
  const named = ({ groups }: { readonly groups: readonly string[] }) => (groups.length > 0 ? groups : ['(no group)']);
  const groups = [...named(container), ...(peer.container ? named(peer.container) : [])];
  return (
    (query.host === undefined || host === query.host) &&
    (query.group === undefined || groups.includes(query.group)) &&
    (query.outcome === undefined || outcome === query.outcome) &&
    (query.edge === undefined || edge === query.edge) &&
    (query.new === true ? first >= (query.since ?? today) : last >= (query.since ?? ''))
  );
}

const refusal = ({ container, peer, protocol, port }: FlowView): string =>
  `${container.name} to ${peer.container?.name ?? peer.address}, ${protocol} ${port}: refused`;

const groupText = (name: string): string =>
  [
    'apiVersion: portwarden/v1',
    'kind: SecurityGroup',
    'metadata:',
    `  name: ${name}`,
    'mode: enforce',
    'spec:',
    '  members: []',
    '',
  ].join('\n');
