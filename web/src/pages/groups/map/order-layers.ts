export interface Link {
  readonly from: string;
  readonly to: string;
}
type Layers = readonly (readonly string[])[];

const sweeps = 12;

/**
 * Layers from left to right such that links go right, but for those that would close a circle (Sugiyama's first step, by
 * longest paths). In each layer by name: the same for the same links, in whatever order they come.
 */
export function findLayers(ids: readonly string[], links: readonly Link[]): Layers {
  const waiting = new Set(ids.toSorted(byName));
  const within = links.filter(({ from, to }) => from !== to && waiting.has(from) && waiting.has(to));
  const after = groupLinks(within, 'from', 'to');
  const before = groupLinks(within, 'to', 'from');
  const layerOf = new Map<string, number>();
  const open = (id: string, of: ReadonlyMap<string, readonly string[]>) =>
    (of.get(id) ?? []).filter((other) => waiting.has(other)).length;
  while (waiting.size > 0) {
    let ready = [...waiting].filter((id) => open(id, before) === 0);
    if (ready.length === 0) {
      // A circle: it is cut before the one that has most to the right of it.
      const first = [...waiting].toSorted(
        (a, b) => open(b, after) - open(b, before) - (open(a, after) - open(a, before)) || byName(a, b),
      )[0];
      ready = first === undefined ? [] : [first];
    }
    for (const id of ready) {
      const layers = (before.get(id) ?? []).map((other) => layerOf.get(other) ?? -1);
      layerOf.set(id, layers.reduce((most, layer) => Math.max(most, layer), -1) + 1);
      waiting.delete(id);
    }
  }
  const layers: string[][] = [];
  for (const id of ids.toSorted(byName)) {
    const layer = layerOf.get(id) ?? 0;
    while (layers.length <= layer) layers.push([]);
    layers[layer]?.push(id);
  }
  return layers;
}

/** Each layer in an order with few crossings: barycenters from the left and from the right in turn; the best is kept. */
export function orderLayers(layers: Layers, links: readonly Link[]): Layers {
  const neighbors = groupLinks([...links, ...links.map(({ from, to }) => ({ from: to, to: from }))], 'from', 'to');
  let best = layers;
  let fewest = countCrossings(layers, links);
  let now = layers.map((layer) => [...layer]);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    const place = placesIn(now);
    const order = sweep % 2 === 0 ? now.keys() : [...now.keys()].reverse();
    for (const at of order) {
      const layer = now[at] ?? [];
      const wanted = new Map(layer.map((id) => [id, center(id, at)]));
      const sorted = layer.toSorted((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      now = now.with(at, sorted);
      sorted.forEach((id, index) => {
        place.set(id, { layer: at, at: (index + 0.5) / sorted.length });
      });
    }
    const crossings = countCrossings(now, links);
    if (crossings < fewest) [best, fewest] = [now, crossings];

    /** Where those are that it is linked with, on the side that this sweep comes from; where it is itself if nowhere. */
    function center(id: string, layer: number): number {
      const own = place.get(id)?.at ?? 0;
      const places = (neighbors.get(id) ?? []).flatMap((other) => {
        const found = place.get(other);
        return found !== undefined && (sweep % 2 === 0 ? found.layer < layer : found.layer > layer) ? [found.at] : [];
      });
      return places.length === 0 ? own : places.reduce((sum, at) => sum + at, 0) / places.length;
    }
  }
  return best;
}

/** Pairs of links that cross, of those between the same two layers. */
export function countCrossings(layers: Layers, links: readonly Link[]): number {
  const place = placesIn(layers);
  const between = new Map<string, [number, number][]>();
  for (const { from, to } of links) {
    const [a, b] = [place.get(from), place.get(to)];
    if (a === undefined || b === undefined || a.layer === b.layer) continue;
    const [left, right] = a.layer < b.layer ? [a, b] : [b, a];
    const key = `${left.layer} ${right.layer}`;
    const known = between.get(key) ?? [];
    known.push([left.at, right.at]);
    between.set(key, known);
  }
  let crossings = 0;
  for (const lines of between.values()) {
    lines.forEach(([left, right], index) => {
      for (const [otherLeft, otherRight] of lines.slice(index + 1)) {
        if ((left - otherLeft) * (right - otherRight) < 0) crossings += 1;
      }
    });
  }
  return crossings;
}

function placesIn(layers: Layers): Map<string, { layer: number; at: number }> {
  const places = new Map<string, { layer: number; at: number }>();
  layers.forEach((ids, layer) => {
    ids.forEach((id, index) => {
      places.set(id, { layer, at: (index + 0.5) / ids.length });
    });
  });
  return places;
}

function groupLinks(links: readonly Link[], by: keyof Link, what: keyof Link): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const link of links) {
    const known = groups.get(link[by]) ?? [];
    known.push(link[what]);
    groups.set(link[by], known);
  }
  return groups;
}

/** Not by the language of the browser: the map is the same everywhere. */
export const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
