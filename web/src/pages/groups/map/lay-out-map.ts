import type { MapGraph, MapNode } from './map-graph.ts';
import { byName, findLayers, type Link } from './order-layers.ts';
import { type Box, type PlacedBox, placeBoxes } from './place-boxes.ts';

/** Where everything is drawn, in units of the map. */
export interface MapLayout {
  readonly nodes: ReadonlyMap<string, PlacedBox>;
  /** Around the groups of a project, by its name. */
  readonly projects: readonly (PlacedBox & { readonly project: string })[];
  readonly width: number;
  readonly height: number;
}

export const nodeSize = { width: 166, height: 30 } as const;
/** Of the box of a project, around its groups; its name stands in the head. */
const padding = 14;
const head = 24;
const inner = { between: 12, layers: 54, columns: 26, height: 240 } as const;
/** Of a screen. */
const aspect = 1.7;
const layerGap = 96;
/** A map that is no wider is read without being made smaller by much. */
const readable = 1000;

/**
 * Outside on the left, then projects in layers as connections go, then what they reach outside. A project is laid out by
 * itself, and then is one box among the others. Deterministic: whoever looks twice sees the same map.
 */
export function layOutMap({ nodes, edges }: MapGraph): MapLayout {
  const unitOf = new Map(nodes.map((node) => [node.id, unitName(node)]));
  const projects = new Map<string, MapNode[]>();
  for (const node of nodes.toSorted((a, b) => byName(a.id, b.id))) {
    if (node.project === '') continue;
    const known = projects.get(node.project) ?? [];
    known.push(node);
    projects.set(node.project, known);
  }
  const insides = new Map(
    [...projects].map(([project, members]) => [boxName(project), { project, ...layOutProject(members, edges) }]),
  );

  const links = edges.flatMap(({ from, to }): Link[] => {
    const [a, b] = [unitOf.get(from), unitOf.get(to)];
    return a === undefined || b === undefined || a === b ? [] : [{ from: a, to: b }];
  });
  const boxOf = (id: string): Box => {
    const inside = insides.get(id);
    if (inside === undefined) return { id, ...nodeSize };
    return { id, width: inside.width + 2 * padding, height: inside.height + head + padding };
  };
  const unitsOn = (side: MapNode['side']) =>
    [...new Set(nodes.filter((node) => node.side === side).map(unitName))].toSorted(byName);
  const within = findLayers(unitsOn('within'), links).map((ids) => ids.map(boxOf));
  const layers = [unitsOn('from').map(boxOf), ...mergeLayers(within), unitsOn('to').map(boxOf)];
  const placed = placeBoxes(layers, links, {
    between: 16,
    layers: layerGap,
    columns: 34,
    height: heightFor(layers.flat()),
  });

  const all = new Map<string, PlacedBox>();
  for (const [id, unit] of unitOf) {
    const box = placed.boxes.get(unit);
    const within = insides.get(unit)?.boxes.get(id);
    if (box === undefined) continue;
    all.set(id, within === undefined ? box : { ...within, x: box.x + padding + within.x, y: box.y + head + within.y });
  }
  return {
    nodes: all,
    projects: [...insides].flatMap(([id, { project }]) => {
      const box = placed.boxes.get(id);
      return box === undefined ? [] : [{ ...box, project }];
    }),
    width: placed.width,
    height: placed.height,
  };
}

const boxName = (project: string): string => `box ${project}`;
const unitName = ({ id, project }: MapNode): string => (project === '' ? `node ${id}` : boxName(project));

function layOutProject(members: readonly MapNode[], edges: MapGraph['edges']) {
  const ids = new Set(members.map(({ id }) => id));
  const links = edges.filter(({ from, to }) => from !== to && ids.has(from) && ids.has(to));
  const layers = findLayers([...ids], links).map((layer) => layer.map((id) => ({ id, ...nodeSize })));
  return placeBoxes(layers, links, inner);
}

/** Layers beside each other become one, those with the least in them first, until the map is no mere strip. */
function mergeLayers(layers: readonly (readonly Box[])[]): readonly (readonly Box[])[] {
  const heightOf = (layer: readonly Box[]) => layer.reduce((sum, { height }) => sum + height + 16, 0);
  const widthOf = (layer: readonly Box[]) => Math.max(...layer.map(({ width }) => width)) + layerGap;
  let merged = layers;
  for (;;) {
    const width = merged.reduce((sum, layer) => sum + widthOf(layer), 0);
    const height = Math.max(...merged.map(heightOf));
    if (merged.length < 2 || width < readable || width < aspect * height) return merged;
    const sums = merged.slice(1).map((layer, index) => heightOf(layer) + heightOf(merged[index] ?? []));
    const at = sums.indexOf(Math.min(...sums));
    merged = merged.toSpliced(at, 2, [...(merged[at] ?? []), ...(merged[at + 1] ?? [])]);
  }
}

/** As high as a screen of about the area that the boxes need, and no less than the highest of them. */
function heightFor(boxes: readonly Box[]): number {
  const area = boxes.reduce((sum, { width, height }) => sum + (width + 70) * (height + 16), 0);
  return Math.max(220, Math.sqrt(area / aspect), ...boxes.map(({ height }) => height + 16));
}
