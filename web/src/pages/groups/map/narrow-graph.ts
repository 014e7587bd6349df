import { edgeId, type MapEdge, type MapGraph, type MapNode, mergeEdges } from './map-graph.ts';

/** The projects that are not open become one node each: edges within are gone, those to others are one for each pair. */
export function foldProjects({ nodes, edges }: MapGraph, isOpen: (project: string) => boolean): MapGraph {
  const nameOf = new Map<string, string>();
  const folded = new Map<string, MapNode>();
  const kept: MapNode[] = [];
  for (const node of nodes) {
    if (node.project === '' || isOpen(node.project)) {
      kept.push(node);
      continue;
    }
    const id = `${prefix}${node.project}`;
    nameOf.set(node.id, id);
    const before = folded.get(id);
    folded.set(id, {
      id,
      of: undefined,
      kind: 'project',
      side: 'within',
      label: node.project,
      project: '',
      count: (before?.count ?? 0) + 1,
      observes: (before?.observes ?? true) && node.observes,
    });
  }
  const moved = edges.flatMap((edge): MapEdge[] => {
    const from = nameOf.get(edge.from) ?? edge.from;
    const to = nameOf.get(edge.to) ?? edge.to;
    if (from === to && nameOf.has(edge.from)) return [];
    return [{ ...edge, from, to, id: edgeId(from, to, edge.kind) }];
  });
  return { nodes: [...kept, ...folded.values()], edges: mergeEdges(moved) };
}

const prefix = 'project ';
export const projectOf = (id: string): string | undefined =>
  id.startsWith(prefix) ? id.slice(prefix.length) : undefined;

/** What fits, with whatever it has an edge with. */
export function keepNodes({ nodes, edges }: MapGraph, fits: (node: MapNode) => boolean): MapGraph {
  const chosen = new Set(nodes.filter(fits).map(({ id }) => id));
  const kept = edges.filter(({ from, to }) => chosen.has(from) || chosen.has(to));
  const ids = new Set([...chosen, ...kept.flatMap(({ from, to }) => [from, to])]);
  return { nodes: nodes.filter(({ id }) => ids.has(id)), edges: kept };
}

/** The edges that fit, and what they join. */
export function keepEdges({ nodes, edges }: MapGraph, fits: (edge: MapEdge) => boolean): MapGraph {
  const kept = edges.filter(fits);
  const ids = new Set(kept.flatMap(({ from, to }) => [from, to]));
  return { nodes: nodes.filter(({ id }) => ids.has(id)), edges: kept };
}
