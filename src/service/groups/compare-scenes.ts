import { type AddressSet, hasNoAddress, intersectAddresses, subtractAddresses } from '../../base/index.ts';
import {
  type ConnectionSet,
  hasNoConnection,
  noConnections,
  subtractConnections,
  type TrafficSource,
  unionConnections,
} from '../../model/index.ts';
import { type EndpointClass, type ReachClasses, type ReachParty, reachClasses } from '../../segmentation/index.ts';
import { decidingSources } from './deciding-sources.ts';
import { addressNode, edgeId, groupNodes, nameNode, type TrafficNode } from './traffic-nodes.ts';
import type { HostTraffic, TrafficScene } from './traffic-scene.ts';

/** What passes in one scene and not in the other, between groups as they are in the one where it passes. */
export interface SceneDifference {
  readonly opened: readonly DifferentEdge[];
  readonly closed: readonly DifferentEdge[];
}

export interface DifferentEdge {
  readonly id: string;
  readonly from: TrafficNode;
  readonly to: TrafficNode;
  readonly connections: ConnectionSet;
  /** What lets it pass. */
  readonly sources: readonly TrafficSource[];
}

/**
 * What a change of groups opens and closes, as containers would notice it: those that a group only observes are let pass.
 * Exact: containers that were alike and no longer are, or the other way round, are told apart. The scenes have the same hosts.
 */
export function compareScenes(before: TrafficScene, after: TrafficScene): SceneDifference {
  const opened = new Map<string, OpenDifference>();
  const closed = new Map<string, OpenDifference>();
  for (const hostAfter of after.hosts) {
    const hostBefore = before.hosts.find(({ host }) => host === hostAfter.host);
    if (!hostBefore) continue;
    const was = sideOf(hostBefore);
    const is = sideOf(hostAfter);
    const joint = jointClasses(was.reach, is.reach);
    const swapped = joint.map(({ before: one, after: other, ...rest }) => ({ ...rest, before: other, after: one }));
    addPassing(opened, was, is, joint);
    addPassing(closed, is, was, swapped);
  }
  return { opened: sorted(opened), closed: sorted(closed) };
}

interface Side {
  readonly host: HostTraffic;
  readonly reach: ReachClasses;
  readonly parties: ReadonlyMap<EndpointClass, ReachParty>;
  readonly outbound: ReadonlyMap<EndpointClass, Peers>;
  readonly inbound: ReadonlyMap<EndpointClass, Peers>;
}

/** What a class reaches, or is reached by. */
interface Peers {
  readonly classes: Map<EndpointClass, ConnectionSet>;
  readonly addresses: { readonly addresses: AddressSet; readonly connections: ConnectionSet }[];
  readonly names: Map<string, ConnectionSet>;
}

interface ClassSide {
  readonly class: EndpointClass;
  readonly groups: readonly string[];
}

/** Endpoints that are alike on both sides. */
interface JointClass {
  readonly before: ClassSide;
  readonly after: ClassSide;
  readonly size: number;
}

interface OpenDifference {
  readonly from: TrafficNode;
  readonly to: TrafficNode;
  connections: ConnectionSet;
  readonly sources: Map<string, TrafficSource>;
}

function sideOf(host: HostTraffic): Side {
  const reach = reachClasses(host.model, { asIf: 'today' });
  const parties = new Map<EndpointClass, ReachParty>(reach.classes.map((of) => [of, { kind: 'class', class: of }]));
  const outbound = new Map<EndpointClass, Peers>();
  const inbound = new Map<EndpointClass, Peers>();
  for (const { from, to, connections } of reach.edges) {
    if (from.kind === 'class') addPeer(outbound, from.class, to, connections);
    else if (to.kind === 'class') addPeer(inbound, to.class, from, connections);
  }
  return { host, reach, parties, outbound, inbound };
}

function addPeer(all: Map<EndpointClass, Peers>, of: EndpointClass, peer: ReachParty, connections: ConnectionSet): void {
  const peers = all.get(of) ?? { classes: new Map(), addresses: [], names: new Map() };
  all.set(of, peers);
  if (peer.kind === 'class') peers.classes.set(peer.class, connections);
  else if (peer.kind === 'name') peers.names.set(peer.name, connections);
  else peers.addresses.push({ addresses: peer.addresses, connections });
}

function jointClasses(before: ReachClasses, after: ReachClasses): readonly JointClass[] {
  const sides = new Map<string, ClassSide>();
  for (const of of before.classes)
    for (const { id, groups } of of.endpoints) sides.set(id, { class: of, groups });
  const joint = new Map<string, { before: ClassSide; after: ClassSide; size: number }>();
  for (const of of after.classes) {
    for (const { id, groups } of of.endpoints) {
      const side = sides.get(id);
      if (!side) continue;
      const key = `${side.class.number}/${of.number}/${side.groups.join(',')}/${groups.join(',')}`;
      const known = joint.get(key);
      if (known) known.size += 1;
      else joint.set(key, { before: side, after: { class: of, groups }, size: 1 });
    }
  }
  return [...joint.values()];
}

/** Adds what passes on the side `is` and not on `was`. */
function addPassing(found: Map<string, OpenDifference>, was: Side, is: Side, joint: readonly JointClass[]): void {
  const members = Map.groupBy(joint, ({ after }) => after.class);
  for (const one of joint) {
    const out = is.outbound.get(one.after.class);
    const outBefore = was.outbound.get(one.before.class);
    for (const [to, connections] of out?.classes ?? []) {
      for (const other of members.get(to) ?? []) {
        if (other === one && one.size < 2) continue;
        const passed = outBefore?.classes.get(other.before.class) ?? noConnections;
        add(found, is, one, other, subtractConnections(connections, passed));
      }
    }
    for (const [name, connections] of out?.names ?? [])
      addOutside(found, is, one, 'to', { kind: 'name', name }, subtractConnections(connections, outBefore?.names.get(name) ?? noConnections));
    for (const { addresses, connections } of newAddresses(out, outBefore))
      addOutside(found, is, one, 'to', { kind: 'addresses', addresses }, connections);
    for (const { addresses, connections } of newAddresses(
      is.inbound.get(one.after.class),
      was.inbound.get(one.before.class),
    ))
      addOutside(found, is, one, 'from', { kind: 'addresses', addresses }, connections);
  }
}

function newAddresses(now: Peers | undefined, before: Peers | undefined): Peers['addresses'] {
  const found: Peers['addresses'] = [];
  for (const { addresses, connections } of now?.addresses ?? []) {
    let rest = addresses;
    for (const passed of before?.addresses ?? []) {
      const shared = intersectAddresses(rest, passed.addresses);
      if (hasNoAddress(shared)) continue;
      rest = subtractAddresses(rest, shared);
      found.push({ addresses: shared, connections: subtractConnections(connections, passed.connections) });
    }
    found.push({ addresses: rest, connections });
  }
  return found.filter((part) => !hasNoAddress(part.addresses) && !hasNoConnection(part.connections));
}

function add(
  found: Map<string, OpenDifference>,
  side: Side,
  from: JointClass,
  to: JointClass,
  connections: ConnectionSet,
): void {
  if (hasNoConnection(connections)) return;
  for (const fromNode of groupNodes(from.after.groups))
    for (const toNode of groupNodes(to.after.groups))
      addEdge(found, fromNode, toNode, connections, () =>
        decidingSources(side.host.model, partyOf(side, from), partyOf(side, to), connections),
      );
}

type Outside = Exclude<ReachParty, { readonly kind: 'class' }>;

function addOutside(
  found: Map<string, OpenDifference>,
  side: Side,
  one: JointClass,
  way: 'from' | 'to',
  outside: Outside,
  connections: ConnectionSet,
): void {
  if (hasNoConnection(connections)) return;
  const node = outside.kind === 'name' ? nameNode(outside.name) : addressNode(outside.addresses);
  const own = partyOf(side, one);
  const sources = () =>
    way === 'to'
      ? decidingSources(side.host.model, own, outside, connections)
      : decidingSources(side.host.model, outside, own, connections);
  for (const group of groupNodes(one.after.groups)) {
    if (way === 'to') addEdge(found, group, node, connections, sources);
    else addEdge(found, node, group, connections, sources);
  }
}

const sourcesShown = 20;

function addEdge(
  found: Map<string, OpenDifference>,
  from: TrafficNode,
  to: TrafficNode,
  connections: ConnectionSet,
  sources: () => readonly TrafficSource[],
): void {
  const id = edgeId(from, to);
  const edge = found.get(id) ?? { from, to, connections: noConnections, sources: new Map() };
  found.set(id, edge);
  edge.connections = unionConnections(edge.connections, connections);
  if (edge.sources.size >= sourcesShown) return;
  for (const source of sources()) edge.sources.set(`${source.document}\n${source.path}`, source);
}

function partyOf({ parties }: Side, { after }: JointClass): ReachParty {
  return parties.get(after.class) ?? { kind: 'class', class: after.class };
}

function sorted(found: ReadonlyMap<string, OpenDifference>): readonly DifferentEdge[] {
  return [...found]
    .map(([id, { sources, ...edge }]) => ({ id, ...edge, sources: [...sources.values()].slice(0, sourcesShown) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
