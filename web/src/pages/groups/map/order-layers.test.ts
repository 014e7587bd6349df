import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCrossings, findLayers, type Link, orderLayers } from './order-layers.ts';

const link = (text: string): Link => {
  const [from = '', to = ''] = text.split('>');
  return { from, to };
};
const links = (text: string) => text.split(' ').filter(Boolean).map(link);

describe('findLayers', () => {
  it.each([
    ['web>app app>db', [['web'], ['app'], ['db']]],
    ['web>app web>db app>db', [['web'], ['app'], ['db']]],
    ['web>app', [['db', 'web'], ['app']]],
    ['', [['app', 'db', 'web']]],
    // A circle is cut before the one with most to its right.
    ['web>app app>web web>db', [['web'], ['app', 'db']]],
    ['web>web web>nobody', [['app', 'db', 'web']]],
  ])('of %s', (text, layers) => expect(findLayers(['web', 'app', 'db'], links(text))).toEqual(layers));

  const graphs = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 14 }).chain((ids) =>
    fc.record({
      ids: fc.constant(ids),
      links: fc.array(fc.record({ from: fc.constantFrom(...ids), to: fc.constantFrom(...ids) }), { maxLength: 40 }),
    }),
  );

  it('has each once, whatever circles there are, and is the same in whatever order they come', () => {
    fc.assert(
      fc.property(graphs, ({ ids, links: given }) => {
        const layers = findLayers(ids, given);
        expect(layers.flat().toSorted()).toEqual(ids.toSorted());
        expect(layers.every((layer) => layer.length > 0)).toBe(true);
        expect(findLayers(ids.toReversed(), given.toReversed())).toEqual(layers);
      }),
    );
  });

  it('sends every link to the right where there is no circle', () => {
    fc.assert(
      fc.property(graphs, ({ ids, links: given }) => {
        const forward = given.filter(({ from, to }) => from < to);
        const layers = findLayers(ids, forward);
        const at = new Map(layers.flatMap((layer, index) => layer.map((id) => [id, index] as const)));
        for (const { from, to } of forward) expect(at.get(from)).toBeLessThan(at.get(to) ?? -1);
      }),
    );
  });
});

describe('orderLayers', () => {
  it('takes out crossings that need not be', () => {
    const layers = [
      ['a', 'b', 'c'],
      ['x', 'y', 'z'],
    ];
    const given = links('a>z b>y c>x');
    expect(countCrossings(layers, given)).toBe(3);
    expect(countCrossings(orderLayers(layers, given), given)).toBe(0);
  });

  it('never has more crossings than before, and keeps each in its layer', () => {
    const columns = [
      ['a', 'b', 'c', 'd'],
      ['m', 'n', 'o'],
      ['w', 'x', 'y', 'z'],
    ] as const;
    const pair = (left: number, right: number) =>
      fc.record({ from: fc.constantFrom(...(columns[left] ?? [])), to: fc.constantFrom(...(columns[right] ?? [])) });
    fc.assert(
      fc.property(fc.array(fc.oneof(pair(0, 1), pair(1, 2), pair(0, 2)), { maxLength: 24 }), (given) => {
        const ordered = orderLayers(columns, given);
        expect(countCrossings(ordered, given)).toBeLessThanOrEqual(countCrossings(columns, given));
        expect(ordered.map((layer) => layer.toSorted())).toEqual(columns);
      }),
    );
  });
});
