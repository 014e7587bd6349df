import { describe, expect, it } from 'vitest';
import type { GroupEdge, GroupNode } from '../../../api/wire.ts';
import { chooseGraph, foldGraph, projectNames } from '../choose-graph.ts';
import { plannedGraph } from '../planned-graph.ts';
import { drawOrder, widthOf } from './draw-order.ts';
import { projectsOf, readMap } from './read-map.ts';

const none = { allowed: 0, refused: 0, observed: 0 };
const node = (id: string, over: Partial<GroupNode> = {}): GroupNode => {
  const isGroup = id.startsWith('group:');
  return {
    id,
    kind: isGroup ? 'group' : id.startsWith('name:') ? 'name' : 'addresses',
    name: id.replace(/^\w+:/, ''),
    mode: isGroup ? 'enforce' : null,
    isDefault: false,
    members: isGroup ? 1 : null,
    project: null,
    attempts: none,
    ...over,
  };
};
const edge = (
  from: string,
  to: string,
  connections: string,
  attempts: Partial<GroupEdge['attempts']> = {},
): GroupEdge => ({
  ...{ id: `${from}>${to}`, from, to, connections, isPartial: false, sources: [], attempts: { ...none, ...attempts } },
});

const nodes = [
  node('group:shop-web'),
  node('group:shop-db', { mode: 'observe' }),
  node('group:alone'),
  node('group:default', { isDefault: true, mode: 'observe' }),
  node('addresses:10.0.0.0/8'),
  node('name:api.example.com'),
];
const edges = [
  edge('addresses:10.0.0.0/8', 'group:shop-web', 'tcp 443', { allowed: 5, refused: 2 }),
  edge('group:shop-web', 'group:shop-db', 'tcp 5432'),
  edge('group:alone', 'group:shop-db', 'none', { refused: 3 }),
  edge('group:shop-web', 'addresses:10.0.0.0/8', 'none', { observed: 1 }),
  edge('group:gone', 'group:shop-db', 'none', { refused: 1 }),
];
const graph = readMap(nodes, edges);

describe('readMap', () => {
  it('has a line for what is allowed, and another for what was refused beyond that', () => {
    expect(graph.edges.map(({ id, seen }) => [id, seen])).toEqual([
      ['from addresses:10.0.0.0/8 > group:shop-web > allowed', 5],
      ['from addresses:10.0.0.0/8 > group:shop-web > refused', 2],
      ['group:shop-web > group:shop-db > allowed', 0],
      ['group:alone > group:shop-db > refused', 3],
      ['group:shop-web > to addresses:10.0.0.0/8 > observed', 1],
    ]);
  });

  it('has every group, and what is outside on the side where it is the end of something', () => {
    expect(graph.nodes.map(({ id }) => id).toSorted()).toEqual([
      'from addresses:10.0.0.0/8',
      'group:alone',
      'group:default',
      'group:shop-db',
      'group:shop-web',
      'to addresses:10.0.0.0/8',
    ]);
    expect(graph.nodes.find(({ id }) => id === 'group:default')).toMatchObject({ kind: 'default', observes: true });
  });

  it('takes projects from the server, and otherwise from names that begin alike', () => {
    expect(Object.fromEntries(projectsOf(nodes))).toEqual({
      ...{ 'group:shop-web': 'shop', 'group:shop-db': 'shop', 'group:alone': '' },
    });
    const said = [node('group:shop-web', { project: 'store' }), node('group:shop-db'), node('group:one-x')];
    expect([...projectsOf(said).values()]).toEqual(['store', 'shop', '']);
    expect(projectNames(graph)).toEqual(['shop']);
  });
});

describe('chooseGraph', () => {
  const idsOf = (choice: Parameters<typeof chooseGraph>[1]) => chooseGraph(graph, choice).edges.map(({ id }) => id);

  it.each([
    ['all', {}, 5],
    ['what was refused', { only: 'refused' as const }, 3],
    ['a project with its neighbors', { project: 'shop' }, 5],
    ['groups that observe', { mode: 'observe' as const }, 2],
    ['one with its neighbors', { focus: 'group:alone' }, 1],
    ['one outside, on both sides', { focus: 'addresses:10.0.0.0/8' }, 3],
    ['nothing', { focus: 'group:unknown' }, 0],
  ])('keeps %s', (_, choice, count) => expect(idsOf(choice)).toHaveLength(count));

  it('folds projects only where there are many groups, and never what is looked for', () => {
    const many = readMap(
      Array.from({ length: 60 }, (_, n) => node(`group:p${n % 10}-g${n}`)),
      [],
    );
    expect(foldGraph(many, {}, new Set()).nodes).toHaveLength(10);
    expect(foldGraph(many, {}, new Set(['p3'])).nodes).toHaveLength(15);
    expect(foldGraph(many, { project: 'p3' }, new Set()).nodes).toHaveLength(15);
    expect(foldGraph(many, { focus: 'group:p3-g3' }, new Set()).nodes).toHaveLength(60);
    expect(foldGraph(graph, {}, new Set()).nodes).toHaveLength(6);
    expect(foldGraph(graph, {}, new Set(['shop'])).nodes).toHaveLength(5);
  });
});

describe('plannedGraph', () => {
  it('has what changes, and between the same nodes what stays', () => {
    const [web, db] = [node('group:shop-web'), node('group:shop-db')];
    const planned = plannedGraph(
      {
        opened: [{ id: 'group:shop-db>group:shop-web', from: db, to: web, connections: 'tcp 80', sources: [] }],
        closed: [],
      },
      { nodes, edges, more: 0, since: '', recordings: [] },
    );
    expect(planned.edges.map(({ id }) => id)).toEqual([
      'group:shop-db > group:shop-web > opened',
      'group:shop-web > group:shop-db > allowed',
    ]);
    expect(planned.nodes).toHaveLength(2);
  });
});

describe('drawOrder', () => {
  it('draws what was refused on top, and steps back where very many go to one place outside', () => {
    expect(drawOrder(graph).map(({ kind }) => kind)).toEqual(['allowed', 'allowed', 'observed', 'refused', 'refused']);
    const fan = Array.from({ length: 20 }, (_, n) => node(`group:g${n}`));
    const busy = readMap(
      [...fan, node('addresses:0.0.0.0/0')],
      fan.map(({ id }) => edge('addresses:0.0.0.0/0', id, 'all')),
    );
    expect(drawOrder(busy).every((each) => each.busy)).toBe(true);
    expect(drawOrder(graph).some((each) => each.busy)).toBe(false);
  });

  it('is thicker the more was seen, within bounds', () => {
    const widths = [0, 1, 1000, 1e12].map(widthOf);
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    expect(widths.at(-1)).toBe(4.4);
  });
});
