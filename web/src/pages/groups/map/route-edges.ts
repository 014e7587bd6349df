import { curveAside, curveThrough, type EdgeCurve } from './edge-path.ts';
import type { MapLayout } from './lay-out-map.ts';
import type { MapEdge, MapGraph } from './map-graph.ts';
import { byName } from './order-layers.ts';
import type { PlacedBox } from './place-boxes.ts';

/** Room for the arrow. */
const tip = 5;
/** Between two edges at one side of a node, where they have room. */
const apart = 7;

type Side = 'left' | 'right';
interface End {
  readonly edge: MapEdge;
  readonly role: 'from' | 'to';
  readonly side: Side;
  readonly other: PlacedBox;
}

/**
 * The lines of the edges: out on the right and in on the left; back to the left the other way round; within a column in a bow
 * on the right. Each has a place of its own at its nodes, in the order of where it goes, and runs through no other node.
 */
export function routeEdges({ edges }: Pick<MapGraph, 'edges'>, { nodes }: MapLayout): ReadonlyMap<string, EdgeCurve> {
  const ends = new Map<string, End[]>();
  const put = (node: string, end: End) => {
    const key = `${end.side} ${node}`;
    const known = ends.get(key) ?? [];
    known.push(end);
    ends.set(key, known);
  };
  for (const edge of edges) {
    const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
    if (from === undefined || to === undefined) continue;
    const [out, into] = sidesOf(from, to);
    put(edge.from, { edge, role: 'from', side: out, other: to });
    put(edge.to, { edge, role: 'to', side: into, other: from });
  }
  const offsets = new Map<string, number>();
  for (const [key, list] of ends) {
    const box = nodes.get(key.slice(key.indexOf(' ') + 1));
    const step = Math.min(apart, ((box?.height ?? 30) - 8) / Math.max(1, list.length - 1));
    list
      .toSorted((a, b) => a.other.y - b.other.y || byName(a.edge.id, b.edge.id) || byName(a.role, b.role))
      .forEach(({ edge, role }, index) => {
        offsets.set(`${role} ${edge.id}`, (index - (list.length - 1) / 2) * step);
      });
  }
  const boxes = [...nodes.values()];
  return new Map(
    edges.flatMap((edge) => {
      const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
      if (from === undefined || to === undefined) return [];
      const [out, into] = sidesOf(from, to);
      const start = { x: sideOf(from, out), y: middleOf(from) + (offsets.get(`from ${edge.id}`) ?? 0) };
      const end = {
        x: sideOf(to, into) + (into === 'left' ? -tip : tip),
        y: middleOf(to) + (offsets.get(`to ${edge.id}`) ?? 0),
      };
      const others = boxes.filter((box) => box !== from && box !== to);
      return [[edge.id, out === into ? curveAside(start, end) : curveThrough(start, end, others)] as const];
    }),
  );
}

function sidesOf(from: PlacedBox, to: PlacedBox): readonly [out: Side, into: Side] {
  if (to.x >= from.x + from.width) return ['right', 'left'];
  if (to.x + to.width <= from.x) return ['left', 'right'];
  return ['right', 'right'];
}

const sideOf = ({ x, width }: PlacedBox, side: Side): number => (side === 'left' ? x : x + width);
const middleOf = ({ y, height }: PlacedBox): number => y + height / 2;
