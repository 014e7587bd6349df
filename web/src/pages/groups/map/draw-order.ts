import type { MapEdge, MapGraph } from './map-graph.ts';

export interface DrawnEdge extends MapEdge {
  /** Moved aside where there are several between the same two. */
  readonly shift: number;
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
  const between = new Map<string, number>();
  return edges
    .toSorted((a, b) => last.indexOf(a.kind) - last.indexOf(b.kind) || (a.id < b.id ? -1 : 1))
    .map((edge) => {
      const pair = [edge.from, edge.to].toSorted().join(' ');
      const before = between.get(pair) ?? 0;
      between.set(pair, before + 1);
      const shift = before === 0 ? 0 : (before % 2 === 1 ? 7 : -7) * Math.ceil(before / 2);
      return { ...edge, shift, busy: edge.kind === 'allowed' && (isMany(edge.from) || isMany(edge.to)) };
    });
}

/** How thick: by the order of magnitude of what was seen. */
export const widthOf = (seen: number): number => (seen <= 0 ? 1.1 : Math.min(5.5, 1.6 + Math.log10(seen) * 0.7));
