/** What the map of groups draws: made from what the API says, and the same whatever order that comes in. */
export interface MapGraph {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

/** Outside stands on the left where connections come from, and on the right where they go: it is never one node of both. */
export type MapSide = 'from' | 'within' | 'to';

export interface MapNode {
  readonly id: string;
  /** ID of the API; undefined of a project. */
  readonly of: string | undefined;
  readonly kind: 'group' | 'default' | 'project' | 'addresses' | 'name' | 'host';
  readonly side: MapSide;
  readonly label: string;
  /** Drawn in the box of its compose project; empty: in none. */
  readonly project: string;
  /** Containers; of a project that is folded, its groups. Undefined of what is outside. */
  readonly count: number | undefined;
  /** What it refuses passes all the same. */
  readonly observes: boolean;
}

/** `observed`: passed, and would have been refused. `opened` and `closed` are of a plan. */
export type MapEdgeKind = 'allowed' | 'refused' | 'observed' | 'opened' | 'closed';

export interface MapEdge {
  readonly id: string;
  /** IDs of the API: of projects that are folded, several. */
  readonly of: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly kind: MapEdgeKind;
  /** What was seen of it: connections that passed, or attempts that were refused. */
  readonly seen: number;
}

export const edgeId = (from: string, to: string, kind: MapEdgeKind): string => `${from} > ${to} > ${kind}`;

/** Of what has the same ends and the same kind, one. */
export function mergeEdges(edges: readonly MapEdge[]): readonly MapEdge[] {
  const merged = new Map<string, { edge: MapEdge; of: string[]; seen: number }>();
  for (const edge of edges) {
    const before = merged.get(edge.id);
    if (before === undefined) {
      merged.set(edge.id, { edge, of: [...edge.of], seen: edge.seen });
    } else {
      before.of.push(...edge.of);
      before.seen += edge.seen;
    }
  }
  return [...merged.values()].map(({ edge, of, seen }) => ({ ...edge, of, seen }));
}
