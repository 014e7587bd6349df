/** A stretch of time that is drawn, in milliseconds since 1970. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}
export interface Interval {
  readonly started: string;
  readonly ended: string | null;
}

const day = 86_400_000;
const lengths = [1, 3, 7, 14, 30, 90, 180, 365, 730, 1825].map((days) => days * day);

/** From the first start that is known until now, in a length that people think in. */
export function windowOf(intervals: readonly Interval[], now: number): TimeWindow {
  let first = now;
  for (const interval of intervals) first = Math.min(first, Date.parse(interval.started));
  const length = lengths.find((candidate) => candidate >= now - first) ?? now - first;
  return { from: now - length, to: now };
}

/** How far back may be looked; `all` is to the first start that is known. */
export const lengthIds = ['day', 'week', 'month', 'all'] as const;
export type LengthId = (typeof lengthIds)[number];
const daysOf: Readonly<Record<Exclude<LengthId, 'all'>, number>> = { day: 1, week: 7, month: 30 };

/** The window of that length, or all of it where `at` lies before. */
export function chosenWindow(all: TimeWindow, length: LengthId, at: number | undefined): TimeWindow {
  if (length === 'all') return all;
  const from = all.to - daysOf[length] * day;
  return from <= all.from || (at !== undefined && at < from) ? all : { from, to: all.to };
}

/** Where in the window an instant is: 0 its start, 1 its end, kept within. */
export const shareOf = (instant: number, { from, to }: TimeWindow): number =>
  Math.min(1, Math.max(0, (instant - from) / (to - from)));

/** How many ran at each of so many equal steps, by one walk over starts and ends. */
export function runningOverTime(intervals: readonly Interval[], window: TimeWindow, steps: number): Uint32Array {
  const changes = new Int32Array(steps + 1);
  // Multiplied before it is divided: what falls on a step exactly must not slip to the next.
  const stepOf = (instant: number) =>
    Math.max(0, Math.ceil(((instant - window.from) * (steps - 1)) / (window.to - window.from)));
  for (const { started, ended } of intervals) {
    const start = Date.parse(started);
    const end = ended === null ? window.to : Date.parse(ended);
    if (end < window.from || start > window.to) continue;
    const first = stepOf(start);
    changes[first] = (changes[first] ?? 0) + 1;
    if (ended === null || end > window.to) continue;
    const last = stepOf(end);
    changes[last] = (changes[last] ?? 0) - 1;
  }
  const running = new Uint32Array(steps);
  let sum = 0;
  for (let step = 0; step < steps; step += 1) {
    sum += changes[step] ?? 0;
    running[step] = Math.max(0, sum);
  }
  return running;
}

/** Times that fit as marks, about so many: midnights, UTC, where the window is longer than two days. */
export function marksOf({ from, to }: TimeWindow, about = 8): number[] {
  const every =
    [1 / 8, 1 / 4, 1, 2, 7, 14, 30, 61, 91, 182, 365].find((days) => (to - from) / (days * day) <= about) ?? 365;
  const marks: number[] = [];
  for (let mark = Math.ceil(from / (every * day)) * every * day; mark < to; mark += every * day) marks.push(mark);
  return marks;
}
