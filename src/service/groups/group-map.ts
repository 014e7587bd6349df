import { formatInstant, type Instant } from '../../base/index.ts';
import { describeConnections, type FlowRecording, type FlowSum, noConnections } from '../../model/index.ts';
import type { Attempts, GroupEdge, GroupMap, GroupNode } from '../../model/wire/index.ts';
import { composeProject } from './compose-project.ts';
import type { ReachMap } from './reach-map.ts';
import { edgeId, elsewhere, groupNode, groupNodes, hostNode, noGroup, type TrafficNode } from './traffic-nodes.ts';
import type { TrafficScene } from './traffic-scene.ts';
import { recordingView, sourceView } from './view-traffic.ts';

/** What is drawn: beyond it nobody sees anything. */
const edgesShown = 4000;

type Counted = { -readonly [Outcome in keyof Attempts]: number };

interface SeenEdge {
  readonly id: string;
  readonly from: TrafficNode;
  readonly to: TrafficNode;
  readonly attempts: Counted;
}

/** Attempts by edge; what nothing lets pass has edges of its own. */
export function seenEdges(map: ReachMap, sums: readonly FlowSum[]): ReadonlyMap<string, SeenEdge> {
  const seen = new Map<string, SeenEdge>();
  for (const { from, to, protocol, port, host, outcome, attempts } of sums) {
    const known = map.find(from, to, protocol, port, host);
    const ends = known ?? { from: nodeOf(from, host), to: nodeOf(to, host) };
    const id = edgeId(ends.from, ends.to);
    const edge = seen.get(id) ?? { id, from: ends.from, to: ends.to, attempts: noAttempts() };
    edge.attempts[outcome] += attempts;
    seen.set(id, edge);
  }
  return seen;
}

/** The ID of the edge that stands for what was seen, whether or not anything lets it pass. */
export function edgeOfSum(map: ReachMap, sum: Pick<FlowSum, 'from' | 'to' | 'protocol' | 'port' | 'host'>): string {
  const { from, to, protocol, port, host } = sum;
  return map.find(from, to, protocol, port, host)?.id ?? edgeId(nodeOf(from, host), nodeOf(to, host));
}

function nodeOf(end: FlowSum['from'], host: string): TrafficNode {
  if (end.kind === 'groups') return groupNodes(end.groups)[0] ?? elsewhere;
  return end.kind === 'host' ? hostNode(host) : elsewhere;
}

export interface GroupMapInput {
  readonly scene: TrafficScene;
  readonly map: ReachMap;
  readonly sums: readonly FlowSum[];
  readonly since: Instant;
  readonly recordings: readonly FlowRecording[];
  /** Edges that begin or end there alone. */
  readonly group?: string;
  /** Without groups that have no container in the scene, where they are the end of no edge. */
  readonly onlyMembers?: boolean;
}

/** The map of groups with what was tried on it. */
export function compileGroupMap({ scene, map, sums, since, recordings, group, onlyMembers }: GroupMapInput): GroupMap {
  const seen = seenEdges(map, sums);
  const concerned = ({ from, to }: { readonly from: TrafficNode; readonly to: TrafficNode }) =>
    group === undefined || [from, to].some(({ id }) => id === groupNode(group).id);
  const all = new Map<string, Pick<SeenEdge, 'from' | 'to'>>(
    [...map.edges.values(), ...seen.values()].filter(concerned).map((edge) => [edge.id, edge]),
  );
  const tried = (id: string) => sumOf(seen.get(id)?.attempts);
  const ids = [...all.keys()].sort((a, b) => tried(b) - tried(a) || (a < b ? -1 : 1));
  const shown = ids.slice(0, edgesShown).sort();
  const nodes = createNodes(scene);
  if (group === undefined) {
    const written = scene.groups.filter(({ name }) => !onlyMembers || nodes.hasMembers(name));
    for (const { name } of written) nodes.add(groupNode(name), noAttempts());
    if (nodes.hasMembers(noGroup)) nodes.add(groupNode(noGroup), noAttempts());
  }
  const edges = shown.flatMap((id): readonly GroupEdge[] => {
    const edge = all.get(id);
    if (!edge) return [];
    const attempts = seen.get(id)?.attempts ?? noAttempts();
    nodes.add(edge.from, attempts);
    if (edge.to.id !== edge.from.id) nodes.add(edge.to, attempts);
    const known = map.edges.get(id);
    return [
      {
        id,
        from: edge.from.id,
        to: edge.to.id,
        connections: describeConnections(known?.connections ?? noConnections),
        isPartial: known?.isPartial ?? false,
        sources: (known?.sources() ?? []).map(sourceView),
        attempts,
      },
    ];
  });
  return {
    nodes: nodes.list(),
    edges,
    more: ids.length - shown.length,
    since: formatInstant(since),
    recordings: recordings.map(recordingView),
  };
}

/** Nodes as the map shows them, each once, with attempts of the edges that it is an end of. */
export function createNodes(scene: TrafficScene) {
  const members = countMembers(scene);
  const projects = projectsOf(scene);
  const groups = new Map(scene.groups.map((group) => [group.name, group]));
  const nodes = new Map<string, GroupNode & { readonly attempts: Counted }>();
  return {
    add(node: TrafficNode, attempts: Attempts): void {
      const known = nodes.get(node.id) ?? { ...view(node), attempts: noAttempts() };
      known.attempts.allowed += attempts.allowed;
      known.attempts.refused += attempts.refused;
      known.attempts.observed += attempts.observed;
      nodes.set(node.id, known);
    },
    hasMembers: (group: string): boolean => members.has(group),
    list: (): GroupNode[] => [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    view: (node: TrafficNode): GroupNode => ({ ...view(node), attempts: noAttempts() }),
  };

  function view({ id, kind, name }: TrafficNode) {
    const isGroup = kind === 'group';
    const group = isGroup ? groups.get(name) : undefined;
    return {
      id,
      kind,
      name,
      mode: isGroup ? (group?.mode ?? ('observe' as const)) : null,
      isDefault: group?.isDefault ?? (isGroup && name === noGroup),
      members: isGroup ? (members.get(name) ?? 0) : null,
      project: isGroup ? (projects.get(name) ?? null) : null,
    };
  }
}

/** Containers by group. */
export function countMembers({ hosts }: TrafficScene): ReadonlyMap<string, number> {
  const members = new Map<string, number>();
  for (const { model } of hosts)
    for (const { groups } of model.endpoints)
      for (const { name } of groupNodes(groups)) members.set(name, (members.get(name) ?? 0) + 1);
  return members;
}

/** Compose projects of groups whose members are all of one; while there are none, as their selectors say. */
function projectsOf({ hosts, groups }: TrafficScene): ReadonlyMap<string, string | undefined> {
  const projects = new Map<string, string | undefined>();
  for (const { model, report } of hosts) {
    const labels = new Map(report.containers.map((one) => [`${one.engine}:${one.containerId}`, one.labels]));
    for (const { id, groups: of } of model.endpoints) {
      const project = composeProject(labels.get(id) ?? {});
      for (const { name } of groupNodes(of))
        projects.set(name, !projects.has(name) || projects.get(name) === project ? project : undefined);
    }
  }
  for (const { name, members } of groups) {
    const [first, ...others] = new Set(members.map(({ project }) => project));
    if (!projects.has(name) && others.length === 0 && !/[*?[]/.test(first ?? '')) projects.set(name, first);
  }
  return projects;
}

export function noAttempts(): Counted {
  return { allowed: 0, refused: 0, observed: 0 };
}

function sumOf(attempts: Attempts | undefined): number {
  return attempts ? attempts.allowed + attempts.refused + attempts.observed : 0;
}
