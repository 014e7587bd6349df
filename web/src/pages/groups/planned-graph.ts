import type { GroupMap, GroupPlan } from '../../api/wire.ts';
import type { MapGraph } from './map/map-graph.ts';
import { graphOf, readMap } from './map/read-map.ts';

/** What would be opened and closed, and between the same nodes what stays as it is. */
export function plannedGraph(
  { opened, closed }: Pick<GroupPlan, 'opened' | 'closed'>,
  map: GroupMap | undefined,
): MapGraph {
  const edges = [
    ...opened.map((edge) => ({ edge, kind: 'opened' as const })),
    ...closed.map((edge) => ({ edge, kind: 'closed' as const })),
  ];
  const nodes = new Map(edges.flatMap(({ edge: { from, to } }) => [from, to]).map((node) => [node.id, node]));
  const planned = graphOf(
    [...nodes.values()],
    edges.map(({ edge, kind }) => ({ edge: { id: edge.id, from: edge.from.id, to: edge.to.id }, kind, seen: 0 })),
  );
  const changed = new Set(edges.map(({ edge }) => edge.id));
  const stays = map?.edges.filter(({ id, from, to }) => !changed.has(id) && nodes.has(from) && nodes.has(to)) ?? [];
  const around = readMap([...nodes.values()], stays);
  const known = new Set(planned.nodes.map(({ id }) => id));
  return {
    nodes: [...planned.nodes, ...around.nodes.filter(({ id }) => !known.has(id))],
    edges: [...planned.edges, ...around.edges.filter(({ kind }) => kind === 'allowed')],
  };
}
