import type { Flow, FlowRecording, HostNetwork } from '../../model/index.ts';
import { describeConnections } from '../../model/index.ts';
import type { DocumentChange, GroupNode, GroupPlan, PlannedEdge } from '../../model/wire/index.ts';
import { breakingFlows } from '../../segmentation/index.ts';
import { compareScenes, type DifferentEdge } from './compare-scenes.ts';
import { createNodes } from './group-map.ts';
import { remarksOf } from './group-views.ts';
import type { ReachMap } from './reach-map.ts';
import { edgeOfFlow } from './record-traffic.ts';
import type { TrafficNode } from './traffic-nodes.ts';
import type { HostTraffic, TrafficScene } from './traffic-scene.ts';
import { flowView, recordingView, sourceView } from './view-traffic.ts';

const edgesShown = 500;
const brokenShown = 200;

export interface PlanInput {
  readonly before: TrafficScene;
  readonly after: TrafficScene;
  readonly changes: readonly DocumentChange[];
  /** Recorded flows that passed. */
  readonly flows: readonly Flow[];
  readonly recordings: readonly FlowRecording[];
  /** Of `before`. */
  readonly map: ReachMap;
}

/** What a change of documents opens and closes, and which recorded connections it would break. Pure. */
export function compileGroupPlan({ before, after, changes, flows, recordings, map }: PlanInput): GroupPlan {
  const { opened, closed } = compareScenes(before, after);
  const broken = seenOnce(after.hosts.flatMap((host) => brokenOf(host, before, flows)));
  const changed = new Set(changes.filter(({ change }) => change !== 'none').map(({ kind, name }) => `${kind} ${name}`));
  const [nodesAfter, nodesBefore] = [createNodes(after), createNodes(before)];
  const written = new Set(before.groups.map(({ name }) => name));
  const viewBefore = (node: TrafficNode) =>
    (node.kind === 'group' && !written.has(node.name) ? nodesAfter : nodesBefore).view(node);
  const more = Math.max(0, opened.length - edgesShown) + Math.max(0, closed.length - edgesShown);
  return {
    changes: [...changes],
    opened: opened.slice(0, edgesShown).map((edge) => plannedEdge(edge, nodesAfter.view)),
    closed: closed.slice(0, edgesShown).map((edge) => plannedEdge(edge, viewBefore)),
    moreEdges: more,
    broken: broken.slice(0, brokenShown).map((flow) => flowView(flow, (of) => edgeOfFlow(map, of))),
    moreBroken: Math.max(0, broken.length - brokenShown),
    recordings: recordings.map(recordingView),
    remarks: remarksOf(after, (document) => changed.has(document)),
  };
}

/** What is refused already is not broken by the change. */
function brokenOf(after: HostTraffic, before: TrafficScene, flows: readonly Flow[]): readonly Flow[] {
  const here = flows.filter(({ host }) => host === after.host);
  const hostAddresses = new Map([[after.host, addressesOfHost(after.report.network)]]);
  const refused = breakingFlows(after.model, here, { hostAddresses }).breaking.map(({ flow }) => flow);
  const was = before.hosts.find(({ host }) => host === after.host);
  if (!was || refused.length === 0) return refused;
  const already = new Set(breakingFlows(was.model, refused, { hostAddresses }).breaking.map(({ flow }) => flow));
  return refused.filter((flow) => !already.has(flow)).sort((a, b) => b.attempts - a.attempts);
}

/** Without what the container that asks saw as well. */
function seenOnce(flows: readonly Flow[]): readonly Flow[] {
  const keyOf = (from: string, to: string, { host, protocol, port, outcome }: Flow) =>
    JSON.stringify([host, from, to, protocol, port, outcome]);
  const asked = new Set(
    flows.flatMap((flow) =>
      flow.direction === 'outbound' && flow.peer.kind === 'container'
        ? keyOf(flow.container.containerId, flow.peer.containerId, flow)
        : [],
    ),
  );
  return flows.filter(
    (flow) =>
      flow.direction === 'outbound' ||
      flow.peer.kind !== 'container' ||
      !asked.has(keyOf(flow.peer.containerId, flow.container.containerId, flow)),
  );
}

function addressesOfHost({ bridges }: HostNetwork): readonly string[] {
  return bridges.flatMap(({ gateways }) => gateways);
}

function plannedEdge(
  { id, from, to, connections, sources }: DifferentEdge,
  view: (node: TrafficNode) => GroupNode,
): PlannedEdge {
  return {
    id,
    from: view(from),
    to: view(to),
    connections: describeConnections(connections),
    sources: sources.map(sourceView),
  };
}
