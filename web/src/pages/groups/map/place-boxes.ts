import { type Link, orderLayers } from './order-layers.ts';

export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}
export interface PlacedBox extends Box {
  readonly x: number;
  readonly y: number;
}
interface Placed {
  readonly boxes: ReadonlyMap<string, PlacedBox>;
  readonly width: number;
  readonly height: number;
}
export interface Gaps {
  readonly between: number;
  /** Between layers, where the edges are. */
  readonly layers: number;
  /** Between the columns that a layer is broken into. */
  readonly columns: number;
  /** About as high as a column may be: a layer that is higher is broken into several. */
  readonly height: number;
}

const alignments = 6;

/** Boxes in layers from left to right, each as near as can be to the height of what it is linked with. */
export function placeBoxes(layers: readonly (readonly Box[])[], links: readonly Link[], gaps: Gaps): Placed {
  const boxOf = new Map(layers.flat().map((box) => [box.id, box]));
  const ordered = orderLayers(
    layers.map((layer) => layer.map(({ id }) => id)),
    links,
  ).map((layer) => layer.flatMap((id) => boxOf.get(id) ?? []));
  const columns: PlacedBox[][] = [];
  let x = 0;
  for (const layer of ordered) {
    for (const column of breakLayer(layer, gaps)) {
      const width = Math.max(...column.map((box) => box.width));
      const total = column.reduce((sum, { height }) => sum + height + gaps.between, -gaps.between);
      let y = -total / 2;
      columns.push(
        column.map((box) => {
          const placed = { ...box, x: x + (width - box.width) / 2, y };
          y += box.height + gaps.between;
          return placed;
        }),
      );
      x += width + gaps.columns;
    }
    if (layer.length > 0) x += gaps.layers - gaps.columns;
  }
  const boxes = align(columns, links, gaps.between);
  const top = Math.min(0, ...[...boxes.values()].map(({ y }) => y));
  const bottom = Math.max(0, ...[...boxes.values()].map(({ y, height }) => y + height));
  return {
    boxes: new Map([...boxes].map(([id, box]) => [id, { ...box, y: box.y - top }])),
    width: Math.max(0, x - gaps.layers),
    height: bottom - top,
  };
}

/** As many columns as its height needs, about as high as each other: each box where its middle falls. */
function breakLayer(layer: readonly Box[], gaps: Gaps): readonly (readonly Box[])[] {
  const total = layer.reduce((sum, { height }) => sum + height + gaps.between, 0);
  const many = Math.max(1, Math.round(total / gaps.height));
  const columns: Box[][] = Array.from({ length: many }, () => []);
  let used = 0;
  for (const box of layer) {
    const middle = used + (box.height + gaps.between) / 2;
    columns[Math.min(many - 1, Math.floor((middle / total) * many))]?.push(box);
    used += box.height + gaps.between;
  }
  return columns.filter((column) => column.length > 0);
}

function align(columns: readonly (readonly PlacedBox[])[], links: readonly Link[], gap: number) {
  const boxes = new Map(columns.flat().map((box) => [box.id, box]));
  const linked = new Map<string, string[]>();
  for (const { from, to } of links) {
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      const known = linked.get(one) ?? [];
      known.push(other);
      linked.set(one, known);
    }
  }
  const middle = ({ y, height }: PlacedBox) => y + height / 2;
  for (let turn = 0; turn < alignments; turn += 1) {
    for (const column of turn % 2 === 0 ? columns : columns.toReversed()) {
      const now = column.map(({ id }) => boxes.get(id)).filter((box) => box !== undefined);
      const wanted = now.map((box) => {
        const others = (linked.get(box.id) ?? []).flatMap((id) => boxes.get(id) ?? []);
        if (others.length === 0) return middle(box);
        return others.reduce((sum, other) => sum + middle(other), 0) / others.length;
      });
      const middles = spreadOut(
        wanted,
        now.map(({ height }) => height + gap),
      );
      now.forEach((box, index) => {
        boxes.set(box.id, { ...box, y: (middles[index] ?? 0) - box.height / 2 });
      });
    }
  }
  return boxes;
}

/**
 * Middles in the order given that are nearest to those wanted, by least squares, and nowhere nearer than the sizes let:
 * isotonic regression by pooling adjacent violators.
 */
export function spreadOut(wanted: readonly number[], sizes: readonly number[]): readonly number[] {
  const offsets: number[] = [];
  let offset = 0;
  sizes.forEach((size, index) => {
    offset += index === 0 ? 0 : (size + (sizes[index - 1] ?? 0)) / 2;
    offsets.push(offset);
  });
  const pools: { sum: number; count: number }[] = [];
  wanted.forEach((value, index) => {
    let pool = { sum: value - (offsets[index] ?? 0), count: 1 };
    for (let last = pools.at(-1); last !== undefined; last = pools.at(-1)) {
      if (last.sum / last.count <= pool.sum / pool.count) break;
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  });
  const bases = pools.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
  return bases.map((base, index) => base + (offsets[index] ?? 0));
}
