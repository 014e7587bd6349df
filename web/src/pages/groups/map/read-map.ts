import type { GroupEdge, GroupNode } from '../../../api/wire.ts';
import {
  edgeId,
  type MapEdge,
  type MapEdgeKind,
  type MapGraph,
  type MapNode,
  type MapSide,
  mergeEdges,
} from './map-graph.ts';

type Ends = Pick<GroupEdge, 'id' | 'from' | 'to'>;

/** The map as the API says it: an edge where something is allowed, another where more was refused, and one where more was let pass. */
export function readMap(nodes: readonly GroupNode[], edges: readonly GroupEdge[]): MapGraph {
  return graphOf(
    nodes,
    edges.flatMap((edge) => {
      const { connections, attempts } = edge;
      const kinds: [MapEdgeKind, number][] = [];
      if (connections !== 'none') kinds.push(['allowed', attempts.allowed]);
      if (attempts.refused > 0) kinds.push(['refused', attempts.refused]);
      if (attempts.observed > 0) kinds.push(['observed', attempts.observed]);
      return kinds.map(([kind, seen]) => ({ edge, kind, seen }));
    }),
  );
}

interface DrawnEdge {
  readonly edge: Ends;
  readonly kind: MapEdgeKind;
  readonly seen: number;
}

/** All groups, and of what is outside the ends of edges, on the side where they are such. */
export function graphOf(nodes: readonly GroupNode[], drawn: readonly DrawnEdge[]): MapGraph {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const projects = projectsOf(nodes);
  const used = new Map<string, MapNode>();
  const use = (node: GroupNode, side: MapSide): string => {
    const isGroup = node.kind === 'group';
    const id = isGroup ? node.id : `${side} ${node.id}`;
    used.set(id, {
      id,
      of: node.id,
      kind: node.kind === 'group' && node.isDefault ? 'default' : node.kind,
      side: isGroup ? 'within' : side,
      label: node.name,
      project: projects.get(node.id) ?? '',
      count: node.members ?? undefined,
      observes: node.mode === 'observe',
    });
    return id;
  };
  for (const node of nodes) {
    if (node.kind === 'group') use(node, 'within');
  }
  const edges = drawn.flatMap(({ edge, kind, seen }): MapEdge[] => {
    const [a, b] = [byId.get(edge.from), byId.get(edge.to)];
    if (a === undefined || b === undefined) return [];
    const [from, to] = [use(a, 'from'), use(b, 'to')];
    return [{ id: edgeId(from, to, kind), of: [edge.id], from, to, kind, seen }];
  });
  return { nodes: [...used.values()], edges: mergeEdges(edges) };
}

/** Compose projects where they are known; otherwise what names of several groups begin with: `shop` of `shop-web`. */
export function projectsOf(nodes: readonly GroupNode[]): ReadonlyMap<string, string> {
  const groups = nodes.filter(({ kind, isDefault }) => kind === 'group' && !isDefault);
  const begins = ({ name }: GroupNode) => /^[^-./_]+(?=[-./_])/.exec(name)?.[0] ?? '';
  const many = Map.groupBy(groups, begins);
  return new Map(
    groups.map((node) => {
      const begin = begins(node);
      return [node.id, node.project ?? ((many.get(begin)?.length ?? 0) > 1 ? begin : '')];
    }),
  );
}
