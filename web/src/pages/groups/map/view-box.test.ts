import { describe, expect, it } from 'vitest';
import { aimView, fitView, moveView, zoomView } from './view-box.ts';

describe('the part of the map in sight', () => {
  it.each([
    ['wide', { width: 2000, height: 100 }, { scale: 0.478, x: 22, y: 276.1 }],
    ['high', { width: 100, height: 2000 }, { scale: 0.278, x: 486.1, y: 22 }],
    ['small: not made larger', { width: 100, height: 100 }, { scale: 1, x: 450, y: 250 }],
    ['empty', { width: 0, height: 0 }, { scale: 1, x: 500, y: 300 }],
  ])('of a map that is %s', (_, map, view) => {
    const { scale, x, y } = fitView(map, { width: 1000, height: 600 });
    expect({ scale, x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 }).toEqual(view);
  });

  it('goes to a part of it, large enough to be read', () => {
    const part = { x: 1000, y: 100, width: 200, height: 100 };
    const room = { width: 1000, height: 600 };
    expect(aimView({ x: 0, y: 0, scale: 0.2 }, part, room)).toEqual({ scale: 0.85, x: 500 - 935, y: 300 - 127.5 });
    expect(aimView({ x: 0, y: 0, scale: 2 }, part, room)).toEqual({ scale: 2, x: 500 - 2200, y: 0 });
  });

  it('grows around a point, within bounds', () => {
    const view = { x: 10, y: 20, scale: 1 };
    expect(zoomView(view, 2, { x: 110, y: 120 })).toEqual({ scale: 2, x: -90, y: -80 });
    expect(zoomView(view, 100, { x: 10, y: 20 })).toEqual({ scale: 2.5, x: 10, y: 20 });
    expect(zoomView(view, 0.0001, { x: 0, y: 0 }).scale).toBe(0.08);
    expect(moveView(view, -5, 5)).toEqual({ x: 5, y: 25, scale: 1 });
  });
});
