import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeBoxes, spreadOut } from './place-boxes.ts';

const gaps = { between: 10, layers: 80, columns: 30, height: 200 };
const box = (id: string, height = 30) => ({ id, width: 100, height });

describe('spreadOut', () => {
  it.each([
    [
      [0, 100],
      [30, 30],
      [0, 100],
    ],
    [
      [50, 50],
      [30, 30],
      [35, 65],
    ],
    [
      [50, 50, 50],
      [30, 30, 30],
      [20, 50, 80],
    ],
    // Those that want to pass each other meet halfway, in their order.
    [
      [100, 0],
      [30, 30],
      [35, 65],
    ],
    [[], [], []],
  ])('of %j with sizes %j is %j', (wanted, sizes, middles) => expect(spreadOut(wanted, sizes)).toEqual(middles));

  it('keeps the order and the distance', () => {
    const rows = fc.array(
      fc.record({ wanted: fc.integer({ min: -500, max: 500 }), size: fc.integer({ min: 1, max: 90 }) }),
    );
    fc.assert(
      fc.property(rows, (given) => {
        const middles = spreadOut(
          given.map(({ wanted }) => wanted),
          given.map(({ size }) => size),
        );
        middles.slice(1).forEach((middle, index) => {
          const apart = ((given[index]?.size ?? 0) + (given[index + 1]?.size ?? 0)) / 2;
          expect(middle - (middles[index] ?? 0)).toBeGreaterThanOrEqual(apart - 1e-6);
        });
      }),
    );
  });
});

describe('placeBoxes', () => {
  it('puts layers beside each other, and what is linked at one height', () => {
    const { boxes, width, height } = placeBoxes([[box('a'), box('b')], [box('c')]], [{ from: 'b', to: 'c' }], gaps);
    expect(boxes.get('c')).toMatchObject({ x: 180, y: boxes.get('b')?.y });
    expect({ width, height }).toEqual({ width: 280, height: 70 });
  });

  it('breaks a layer that is too high into columns, and has the next one after the last of them', () => {
    const many = Array.from({ length: 12 }, (_, n) => box(`n${n + 10}`));
    const { boxes, height } = placeBoxes([many, [box('end')]], [], gaps);
    expect(new Set([...boxes.values()].map(({ x }) => x)).size).toBe(3);
    expect(height).toBe(6 * 40 - 10);
    expect(boxes.get('end')?.x).toBe(2 * 130 - 30 + 80);
  });

  it('lets none lie on another', () => {
    const layers = fc.array(fc.array(fc.integer({ min: 20, max: 260 }), { maxLength: 8 }), { maxLength: 5 });
    fc.assert(
      fc.property(layers, fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 30 }), (heights, pairs) => {
        const given = heights.map((layer, at) => layer.map((height, n) => box(`${at}.${n}`, height)));
        const ids = given.flat().map(({ id }) => id);
        const links = pairs.flatMap(([a, b]) => {
          const [from, to] = [ids[a], ids[b]];
          return from === undefined || to === undefined ? [] : [{ from, to }];
        });
        const { boxes, width, height } = placeBoxes(given, links, gaps);
        const all = [...boxes.values()];
        expect(all.length).toBe(ids.length);
        for (const one of all) {
          expect(one.x >= 0 && one.x + one.width <= width + 1e-6).toBe(true);
          expect(one.y >= -1e-6 && one.y + one.height <= height + 1e-6).toBe(true);
          for (const other of all) {
            if (one.id >= other.id) continue;
            const apart =
              one.x + one.width <= other.x ||
              other.x + other.width <= one.x ||
              one.y + one.height <= other.y + 1e-6 ||
              other.y + other.height <= one.y + 1e-6;
            expect(apart, `${one.id} ${other.id}`).toBe(true);
          }
        }
      }),
    );
  });
});
