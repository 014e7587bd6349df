import { describe, expect, it } from 'vitest';
import { edgeId, type MapEdge } from './map-graph.ts';
import { routeEdges } from './route-edges.ts';

const box = (id: string, x: number, y: number) => ({ id, x, y, width: 100, height: 30 });
const edge = (from: string, to: string, kind: MapEdge['kind'] = 'allowed'): MapEdge => ({
  ...{ id: edgeId(from, to, kind), of: [], from, to, kind, seen: 0 },
});

function pathsOf(boxes: readonly ReturnType<typeof box>[], edges: readonly MapEdge[]): readonly string[] {
  const nodes = new Map(boxes.map((each) => [each.id, each]));
  return [...routeEdges({ edges }, { nodes, projects: [], width: 0, height: 0 }).values()].map(({ path }) => path);
}
/** All points of a path, with those that only shape it. */
const heights = (path: string) =>
  path
    .slice(1)
    .split(/[C ]/)
    .map((point) => Number(point.split(',')[1]));

describe('routeEdges', () => {
  it.each([
    ['to the right', box('b', 300, 0), 'M100,15C187.8,15 207.3,15 295,15'],
    ['to the left', box('b', -300, 0), 'M0,15C-87.7,15 -107.2,15 -195,15'],
    ['in a column', box('b', 0, 100), 'M100,15C137,15 137,115 105,115'],
  ])('goes %s', (_, to, path) => expect(pathsOf([box('a', 0, 0), to], [edge('a', 'b')])).toEqual([path]));

  it('goes to itself, from one place to another', () => {
    expect(pathsOf([box('a', 0, 0)], [edge('a', 'a')])).toEqual(['M100,11.5C127.7,11.5 127.7,18.5 105,18.5']);
  });

  it.each([
    ['over what is in the way', 4, -1],
    ['under it, where that is nearer', -4, 35],
  ])('goes %s', (_, y, height) => {
    const [path = ''] = pathsOf([box('a', 0, 0), box('between', 200, y), box('b', 400, 0)], [edge('a', 'b')]);
    expect(heights(path)).toContain(height === -1 ? y - 5 : y + 35);
    expect(heights(path)).not.toContain(height === -1 ? y + 35 : y - 5);
  });

  it('passes between two that stand above each other only where there is room', () => {
    const boxes = [box('a', 0, 0), box('one', 200, -20), box('two', 200, 14), box('b', 400, 0)];
    const [path = ''] = pathsOf(boxes, [edge('a', 'b')]);
    expect(heights(path)).toContain(49);
    const roomy = pathsOf(
      [box('a', 0, 0), box('one', 200, -20), box('two', 200, 25), box('b', 400, 0)],
      [edge('a', 'b')],
    );
    expect(heights(roomy[0] ?? '')).toContain(15);
  });

  it('keeps edges apart at a node, in the order of where they go', () => {
    const boxes = [box('a', 0, 0), box('up', 300, -100), box('down', 300, 100)];
    const [down = '', up = '', refused = ''] = pathsOf(boxes, [
      edge('a', 'down'),
      edge('a', 'up'),
      edge('a', 'up', 'refused'),
    ]);
    expect([up, refused, down].map((path) => heights(path)[0])).toEqual([8, 15, 22]);
  });
});
