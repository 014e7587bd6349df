import type { PlacedBox } from './place-boxes.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}
export interface EdgeCurve {
  /** Of an SVG path. */
  readonly path: string;
  /** Where a number may stand. */
  readonly middle: Point;
}

/** Room for the arrow. */
const tip = 5;

/**
 * A curve from one box to another: out on the right, in on the left; back to the left the other way round; within a column
 * in a bow on the right. `shift` moves it, so that two edges between the same boxes are told apart.
 */
export function edgeCurve(from: PlacedBox, to: PlacedBox, shift: number): EdgeCurve {
  const [a, b] = [middleOf(from, shift), middleOf(to, shift)];
  if (from.id === to.id) {
    const right = from.x + from.width;
    const [start, end] = [
      { x: right, y: a - 6 },
      { x: right + tip, y: a + 7 },
    ];
    return curve(start, { x: right + 34, y: a - 20 }, { x: right + 34, y: a + 20 }, end);
  }
  if (to.x >= from.x + from.width) {
    const start = { x: from.x + from.width, y: a };
    const end = { x: to.x - tip, y: b };
    const reach = Math.max(24, (end.x - start.x) * 0.45);
    return curve(start, { x: start.x + reach, y: a }, { x: end.x - reach, y: b }, end);
  }
  if (to.x + to.width <= from.x) {
    const start = { x: from.x, y: a };
    const end = { x: to.x + to.width + tip, y: b };
    const reach = Math.max(24, (start.x - end.x) * 0.45);
    return curve(start, { x: start.x - reach, y: a }, { x: end.x + reach, y: b }, end);
  }
  const start = { x: from.x + from.width, y: a };
  const end = { x: to.x + to.width + tip, y: b };
  const reach = 26 + Math.min(60, Math.abs(b - a) * 0.18);
  const bow = Math.max(start.x, end.x) + reach;
  return curve(start, { x: bow, y: a }, { x: bow, y: b }, end);
}

const middleOf = ({ y, height }: PlacedBox, shift: number): number => y + height / 2 + shift;

function curve(start: Point, first: Point, second: Point, end: Point): EdgeCurve {
  const text = [start, first, second, end].map(({ x, y }) => `${round(x)},${round(y)}`);
  return {
    path: `M${text[0]}C${text[1]} ${text[2]} ${text[3]}`,
    // Of a cubic Bézier curve at its half.
    middle: {
      x: (start.x + 3 * first.x + 3 * second.x + end.x) / 8,
      y: (start.y + 3 * first.y + 3 * second.y + end.y) / 8,
    },
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;
