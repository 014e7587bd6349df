import { describe, expect, it } from 'vitest';
import { layOutMap } from './lay-out-map.ts';
import { edgeId, type MapGraph, type MapNode } from './map-graph.ts';
import { foldProjects, keepEdges, keepNodes, projectOf } from './narrow-graph.ts';

const node = (id: string, over: Partial<MapNode> = {}): MapNode => ({
  ...{ id, of: id, kind: 'group', side: 'within', label: id, project: '', count: 1, observes: false },
  ...over,
});
const edge = (from: string, to: string, kind: 'allowed' | 'refused' = 'allowed', seen = 1) => ({
  ...{ id: edgeId(from, to, kind), of: [`${from}/${to}`], from, to, kind, seen },
});
const shop: MapGraph = {
  nodes: [
    node('in', { kind: 'addresses', side: 'from' }),
    node('web', { project: 'shop' }),
    node('db', { project: 'shop', observes: true }),
    node('backup', { project: 'ops' }),
    node('alone'),
    node('out', { kind: 'name', side: 'to' }),
  ],
  edges: [
    edge('in', 'web'),
    edge('web', 'db'),
    edge('backup', 'db', 'allowed', 5),
    edge('backup', 'web', 'allowed', 2),
    edge('alone', 'db', 'refused'),
    edge('web', 'out'),
  ],
};

describe('layOutMap', () => {
  const layout = layOutMap(shop);
  const at = (id: string) => layout.nodes.get(id) ?? { x: Number.NaN, y: Number.NaN };

  it('goes from outside on the left to outside on the right', () => {
    const order = ['in', 'backup', 'web', 'db', 'out'].map((id) => at(id).x);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order.every(Number.isFinite)).toBe(true);
  });

  it('has the groups of a project in its box, and no others', () => {
    const box = layout.projects.find(({ project }) => project === 'shop');
    if (box === undefined) throw new Error('no box');
    const inside = [...layout.nodes].filter(
      ([, { x, y }]) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height,
    );
    expect(inside.map(([id]) => id).toSorted()).toEqual(['db', 'web']);
  });

  it('is the same in whatever order its parts come', () => {
    const other = layOutMap({ nodes: shop.nodes.toReversed(), edges: shop.edges.toReversed() });
    expect(Object.fromEntries(other.nodes)).toEqual(Object.fromEntries(layout.nodes));
  });

  it('of nothing is nothing', () => expect(layOutMap({ nodes: [], edges: [] })).toMatchObject({ width: 0, height: 0 }));

  it('is no strip where each project leads to the next', () => {
    const nodes = Array.from({ length: 32 }, (_, n) => node(`g${n + 10}`, { project: `p${Math.floor(n / 4)}` }));
    const { width, height, projects } = layOutMap({
      nodes,
      edges: nodes.slice(1).map(({ id }, n) => edge(`g${n + 10}`, id)),
    });
    expect(width / height).toBeLessThan(4);
    expect(new Set(projects.map(({ x, width: own }) => Math.round(x + own / 2))).size).toBeLessThan(5);
  });

  it('has about the shape of a screen with two hundred groups', () => {
    const nodes = Array.from({ length: 200 }, (_, n) => node(`g${n}`, { project: `p${Math.floor(n / 5)}` }));
    const edges = nodes.flatMap(({ id }, n) => (n % 5 === 0 ? [] : [edge(`g${n - 1}`, id)]));
    const { width, height } = layOutMap({ nodes, edges });
    expect(width / height).toBeGreaterThan(1);
    expect(width / height).toBeLessThan(3);
  });
});

describe('narrowing', () => {
  it('folds projects into a node each, and their edges into one for each pair', () => {
    const folded = foldProjects(shop, () => false);
    expect(folded.nodes.map(({ id }) => id)).toEqual(['in', 'alone', 'out', 'project shop', 'project ops']);
    expect(folded.nodes.find(({ label }) => label === 'shop')).toMatchObject({ count: 2, observes: false });
    expect(folded.edges.map(({ id, seen }) => [id, seen])).toEqual([
      ['in > project shop > allowed', 1],
      ['project ops > project shop > allowed', 7],
      ['alone > project shop > refused', 1],
      ['project shop > out > allowed', 1],
    ]);
    expect(projectOf('project shop')).toBe('shop');
    expect(projectOf('shop')).toBeUndefined();
  });

  it('leaves those that are open as they are', () => {
    const folded = foldProjects(shop, (project) => project === 'shop');
    expect(folded.nodes.map(({ id }) => id)).toContain('web');
    expect(folded.edges.map(({ id }) => id)).toContain('project ops > web > allowed');
  });

  it('focuses a node with its neighbors', () => {
    const near = keepNodes(shop, ({ id }) => id === 'db');
    expect(near.nodes.map(({ id }) => id)).toEqual(['web', 'db', 'backup', 'alone']);
    expect(near.edges.length).toBe(3);
  });

  it('keeps what fits, with what it is linked with', () => {
    const ops = keepNodes(shop, ({ project }) => project === 'ops');
    expect(ops.nodes.map(({ id }) => id)).toEqual(['web', 'db', 'backup']);
    const refused = keepEdges(shop, ({ kind }) => kind === 'refused');
    expect(refused.nodes.map(({ id }) => id)).toEqual(['db', 'alone']);
  });
});
