import type { MapEdge, MapGraph } from './map-graph.ts';

export interface DrawnEdge extends MapEdge {
  /** One of very many at the same node outside. */
  readonly busy: boolean;
}

const last = ['allowed', 'observed', 'refused', 'closed', 'opened'];
/** From so many on, the edges of one node hide what they cross. */
const many = 14;

/** What matters most is drawn last, and so lies on top. */
export function drawOrder({ nodes, edges }: MapGraph): readonly DrawnEdge[] {
  const outside = new Set(nodes.filter(({ side }) => side !== 'within').map(({ id }) => id));
  const degrees = new Map<string, number>();
  for (const { from, to } of edges) {
    for (const id of [from, to]) degrees.set(id, (degrees.get(id) ?? 0) + 1);
  }
  const isMany = (id: string) => outside.has(id) && (degrees.get(id) ?? 0) >= many;
  return edges
    .toSorted((a, b) => last.indexOf(a.kind) - last.indexOf(b.kind) || (a.id < b.id ? -1 : 1))
    .map((edge) => ({ ...edge, busy: edge.kind === 'allowed' && (isMany(edge.from) || isMany(edge.to)) }));
}

/** How thick: by the order of magnitude of what was seen. */
export const widthOf = (seen: number): number => (seen <= 0 ? 1.1 : Math.min(4.4, 1.3 + Math.log10(seen) * 0.5));
