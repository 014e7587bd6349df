import { spansInclude } from '../../base/index.ts';
import {
  type ConnectionSet,
  equalConnections,
  type FlowEnd,
  type TrafficProtocol,
  type TrafficSource,
  unionConnections,
} from '../../model/index.ts';
import { type EndpointClass, edgeSources, type ReachParty, reachClasses } from '../../segmentation/index.ts';
import { createPartyNodes } from './party-nodes.ts';
import { edgeId, groupNodes, nodeHas, type TrafficNode } from './traffic-nodes.ts';
import type { HostTraffic } from './traffic-scene.ts';

/** Who reaches whom, between groups and what is outside: there are far fewer of these than of containers. */
export interface ReachMap {
  readonly edges: ReadonlyMap<string, MapEdge>;
  /**
   * The edge that stands for what was seen from one end to the other, of those that let the port pass where there is one;
   * undefined where nothing at all is let pass between them.
   */
  find(from: FlowEnd, to: FlowEnd, protocol: TrafficProtocol, port: number, host: string): MapEdge | undefined;
}

export interface MapEdge {
  readonly id: string;
  readonly from: TrafficNode;
  readonly to: TrafficNode;
  readonly connections: ConnectionSet;
  /** Not each member of one reaches each of the other so. */
  readonly isPartial: boolean;
  sources(): readonly TrafficSource[];
}

interface OpenEdge {
  readonly from: TrafficNode;
  readonly to: TrafficNode;
  connections: ConnectionSet;
  readonly pairs: EdgePair[];
  pairCount: number;
  isEven: boolean;
}

interface EdgePair {
  readonly host: HostTraffic;
  readonly from: ReachParty;
  readonly to: ReachParty;
  readonly connections: ConnectionSet;
}

/** Pairs of classes of an edge that are looked through for the rules that let it pass. */
const pairsKept = 16;

export function compileReachMap(hosts: readonly HostTraffic[]): ReachMap {
  const open = new Map<string, OpenEdge>();
  const known = new Map<string, ClassesByHost>();
  const partyNodes = createPartyNodes();
  for (const host of hosts) {
    const { classes, edges } = reachClasses(host.model);
    countClasses(known, host, classes);
    const nodesOf = partyNodes(host);
    for (const { from, to, connections } of edges)
      for (const fromNode of nodesOf(from))
        for (const toNode of nodesOf(to)) addPair(open, fromNode, toNode, { host, from, to, connections });
  }
  const edges = new Map([...open].map(([id, edge]) => [id, closeEdge(id, edge, expectedPairs(edge, known))]));
  return { edges, find: createFinder([...edges.values()]) };
}

function addPair(open: Map<string, OpenEdge>, from: TrafficNode, to: TrafficNode, pair: EdgePair): void {
  const id = edgeId(from, to);
  const edge = open.get(id);
  if (!edge) {
    open.set(id, { from, to, connections: pair.connections, pairs: [pair], pairCount: 1, isEven: true });
    return;
  }
  edge.pairCount += 1;
  if (edge.pairs.length < pairsKept) edge.pairs.push(pair);
  if (equalConnections(edge.connections, pair.connections)) return;
  edge.isEven = false;
  edge.connections = unionConnections(edge.connections, pair.connections);
}

function closeEdge(
  id: string,
  { from, to, connections, pairs, pairCount, isEven }: OpenEdge,
  expected: number,
): MapEdge {
  let sources: readonly TrafficSource[] | undefined;
  return {
    id,
    from,
    to,
    connections,
    isPartial: !isEven || pairCount < expected,
    sources: () => {
      sources ??= uniqueSources(pairs.flatMap((pair) => edgeSources(pair.host.model, pair)));
      return sources;
    },
  };
}

const sourcesShown = 20;

function uniqueSources(sources: readonly TrafficSource[]): readonly TrafficSource[] {
  const byText = new Map(sources.map((source) => [`${source.document}\n${source.path}`, source]));
  return [...byText.values()].slice(0, sourcesShown);
}

/** Classes of the members of a group, by host. */
type ClassesByHost = Map<HostTraffic, Set<EndpointClass>>;

function countClasses(known: Map<string, ClassesByHost>, host: HostTraffic, classes: readonly EndpointClass[]): void {
  for (const of of classes) {
    for (const { id } of groupNodes(of.endpoints[0]?.groups ?? [])) {
      const byHost: ClassesByHost = known.get(id) ?? new Map();
      const ofHost = byHost.get(host) ?? new Set<EndpointClass>();
      known.set(id, byHost.set(host, ofHost.add(of)));
    }
  }
}

/** How many pairs of classes an edge has where each member of one reaches each of the other, if only somehow. */
function expectedPairs({ from, to }: OpenEdge, classes: ReadonlyMap<string, ClassesByHost>): number {
  const [own, other] = [classes.get(from.id), classes.get(to.id)];
  const all = (byHost: ClassesByHost | undefined) =>
    [...(byHost?.values() ?? [])].reduce((sum, { size }) => sum + size, 0);
  if (from.kind !== 'group') return all(other);
  if (to.kind !== 'group') return all(own);
  let pairs = 0;
  for (const [host, ofHost] of own ?? []) {
    const others = other?.get(host) ?? new Set<EndpointClass>();
    // One endpoint alone has no edge to itself.
    for (const one of ofHost) pairs += others.size - (others.has(one) && one.endpoints.length < 2 ? 1 : 0);
  }
  return pairs;
}

function createFinder(edges: readonly MapEdge[]): ReachMap['find'] {
  const byFrom = Map.groupBy(edges, ({ from }) => from.id);
  const byTo = Map.groupBy(edges, ({ to }) => to.id);
  return (from, to, protocol, port, host) => {
    const candidates =
      from.kind === 'groups'
        ? groupNodes(from.groups).flatMap(({ id }) => byFrom.get(id) ?? [])
        : to.kind === 'groups'
          ? groupNodes(to.groups).flatMap(({ id }) => byTo.get(id) ?? [])
          : [];
    const fitting = candidates.filter((edge) => nodeHas(edge.from, from, host) && nodeHas(edge.to, to, host));
    const lets = ({ connections }: MapEdge) => spansInclude(connections[protocol], port);
    // A name says more than the addresses that it is among.
    return (
      fitting.find((edge) => lets(edge) && isNamed(edge)) ?? fitting.find(lets) ?? fitting.find(isNamed) ?? fitting[0]
    );
  };
}

function isNamed({ to }: MapEdge): boolean {
  return to.kind === 'name';
}
