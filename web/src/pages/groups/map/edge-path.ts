import type { PlacedBox } from './place-boxes.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface EdgeCurve {
  /** Of an SVG path. */
  readonly path: string;
  /** Where a number may stand. */
  readonly middle: Point;
}

/** Kept between a line and a box that it passes. */
const margin = 5;
const detours = 7;

/**
 * A smooth line through the points, level at each of them; between two it leaves out boxes that it would run through, over or
 * under them, whichever is nearer.
 */
export function curveThrough(start: Point, end: Point, boxes: readonly PlacedBox[]): EdgeCurve {
  const points = [start, ...wayAround(start, end, boxes, detours)];
  const parts = points.slice(1).map((point, index) => {
    const before = points[index] ?? start;
    const reach = (point.x - before.x) * 0.45;
    return `C${text(before.x + reach, before.y)} ${text(point.x - reach, point.y)} ${text(point.x, point.y)}`;
  });
  const half = points[Math.floor((points.length - 1) / 2)] ?? start;
  const next = points[Math.floor((points.length - 1) / 2) + 1] ?? end;
  return {
    path: `M${text(start.x, start.y)}${parts.join('')}`,
    middle: { x: (half.x + next.x) / 2, y: (half.y + next.y) / 2 },
  };
}

/** Between two boxes above each other: out to one side, and back. */
export function curveAside(start: Point, end: Point): EdgeCurve {
  const reach = 22 + Math.min(22, Math.abs(end.y - start.y) * 0.1);
  const bow = Math.max(start.x, end.x) + reach;
  return {
    path: `M${text(start.x, start.y)}C${text(bow, start.y)} ${text(bow, end.y)} ${text(end.x, end.y)}`,
    middle: { x: Math.max(start.x, end.x) + reach * 0.75, y: (start.y + end.y) / 2 },
  };
}

/** The points after the first. */
function wayAround(from: Point, to: Point, boxes: readonly PlacedBox[], left: number): readonly Point[] {
  const hit = left === 0 ? undefined : firstHit(from, to, boxes);
  if (hit === undefined) return [to];
  const forward = to.x > from.x;
  const sides = [hit.x - margin, hit.x + hit.width + margin];
  const [near = 0, far = 0] = forward ? sides : sides.toReversed();
  const y = freeHeight(heightAt(from, to, hit.x + hit.width / 2), hit, boxes);
  const entry = { x: forward ? Math.max(near, from.x + 1) : Math.min(near, from.x - 1), y };
  const exit = { x: forward ? Math.min(far, to.x - 1) : Math.max(far, to.x + 1), y };
  return [...wayAround(from, entry, boxes, left - 1), exit, ...wayAround(exit, to, boxes, left - 1)];
}

/** The box nearest to the start that the line from one point to another would run through. */
function firstHit(from: Point, to: Point, boxes: readonly PlacedBox[]): PlacedBox | undefined {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  let first: PlacedBox | undefined;
  for (const box of boxes) {
    if (box.x < left + 1 || box.x + box.width > right - 1) continue;
    const touches = [0, 0.5, 1].some((part) => {
      const y = heightAt(from, to, box.x + box.width * part);
      return y > box.y - margin + 1 && y < box.y + box.height + margin - 1;
    });
    if (touches && (first === undefined || Math.abs(box.x - from.x) < Math.abs(first.x - from.x))) first = box;
  }
  return first;
}

/** Of a curve that is level at both its ends. */
function heightAt(from: Point, to: Point, x: number): number {
  const part = Math.max(0, Math.min(1, (x - from.x) / (to.x - from.x || 1)));
  return from.y + (to.y - from.y) * part * part * (3 - 2 * part);
}

/** The height nearest to that wanted where nothing stands beside the box, nor in it. */
function freeHeight(wanted: number, hit: PlacedBox, boxes: readonly PlacedBox[]): number {
  const beside = boxes
    .filter(({ x, width }) => x < hit.x + hit.width + margin && x + width > hit.x - margin)
    .map(({ y, height }) => ({ top: y - margin, bottom: y + height + margin }))
    .toSorted((a, b) => a.top - b.top);
  let [above, below] = [wanted, wanted];
  for (const { top, bottom } of beside) {
    if (below > top && below < bottom) below = bottom;
  }
  for (const { top, bottom } of beside.toReversed()) {
    if (above > top && above < bottom) above = top;
  }
  return wanted - above <= below - wanted ? above : below;
}

const text = (x: number, y: number): string => `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
