import { type ConnectionSet, noConnections, type TrafficSource, unionConnections } from '../../model/index.ts';
import { compareReachClasses, edgeSources, type ReachClassEdge, type ReachParty } from '../../segmentation/index.ts';
import { createPartyNodes } from './party-nodes.ts';
import { edgeId, type TrafficNode } from './traffic-nodes.ts';
import type { HostTraffic, TrafficScene } from './traffic-scene.ts';

/**
 * What passes in one scene and not in the other, between groups as they are in the one where it passes; what no group has
 * there is called by its groups in the other.
 */
export interface SceneDifference {
  readonly opened: readonly DifferentEdge[];
  readonly closed: readonly DifferentEdge[];
}

export interface DifferentEdge {
  readonly id: string;
  readonly from: TrafficNode;
  readonly to: TrafficNode;
  readonly connections: ConnectionSet;
  /** What lets it pass; empty where nothing is enforced. */
  readonly sources: readonly TrafficSource[];
}

interface OpenDifference {
  readonly from: TrafficNode;
  readonly to: TrafficNode;
  connections: ConnectionSet;
  readonly sources: Map<string, TrafficSource>;
}

/**
 * What a change of groups opens and closes, as containers would notice it: those that a group only observes are let pass.
 * The scenes have the same hosts.
 */
export function compareScenes(before: TrafficScene, after: TrafficScene): SceneDifference {
  const opened = new Map<string, OpenDifference>();
  const closed = new Map<string, OpenDifference>();
  const partyNodes = createPartyNodes();
  for (const is of after.hosts) {
    const was = before.hosts.find(({ host }) => host === is.host);
    if (!was) continue;
    const difference = compareReachClasses(was.model, is.model, { asIf: 'today' });
    const groupsAfter = new Map(is.model.endpoints.map(({ id, groups }) => [id, groups]));
    const nodesAfter = partyNodes(is);
    const nodesBefore = partyNodes(was, ({ id, groups }) => (groups.length > 0 ? groups : (groupsAfter.get(id) ?? [])));
    for (const edge of difference.opened) add(opened, is, nodesAfter, edge);
    for (const edge of difference.closed) add(closed, was, nodesBefore, edge);
  }
  return { opened: sorted(opened), closed: sorted(closed) };
}

const sourcesShown = 20;

function add(
  found: Map<string, OpenDifference>,
  host: HostTraffic,
  nodesOf: (party: ReachParty) => readonly TrafficNode[],
  difference: ReachClassEdge,
): void {
  const { from, to, connections } = difference;
  for (const fromNode of nodesOf(from)) {
    for (const toNode of nodesOf(to)) {
      const id = edgeId(fromNode, toNode);
      const edge = found.get(id) ?? { from: fromNode, to: toNode, connections: noConnections, sources: new Map() };
      found.set(id, edge);
      edge.connections = unionConnections(edge.connections, connections);
      if (edge.sources.size >= sourcesShown) continue;
      for (const source of edgeSources(host.model, difference))
        edge.sources.set(`${source.document}\n${source.path}`, source);
    }
  }
}

function sorted(found: ReadonlyMap<string, OpenDifference>): readonly DifferentEdge[] {
  return [...found]
    .map(([id, { sources, ...edge }]) => ({ id, ...edge, sources: [...sources.values()].slice(0, sourcesShown) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
