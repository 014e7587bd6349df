import type { Instant } from '../base/index.ts';
import { growableFloat64, growableUint32 } from './growable.ts';

/** Open spans of time compare as if they ended never. */
const open = Number.POSITIVE_INFINITY;
export const nothing = 0xffff_ffff;

/** From and to, both included. */
export interface Moments {
  readonly from: Instant;
  readonly to: Instant;
}

/** Runs of containers, a row each: 28 bytes. Rows of one subject are chained from the newest back. */
export class Spans {
  readonly workloadIds = growableUint32();
  readonly subjects = growableUint32();
  readonly started = growableFloat64();
  readonly ended = growableFloat64();
  readonly #previous = growableUint32();
  /** The first rows, sorted by start, then by workload; the rest is sorted in when it is asked for. */
  #order: Uint32Array = new Uint32Array(0);

  get length(): number {
    return this.workloadIds.length;
  }

  /** The row of a workload; undefined where it has none. */
  find(workloadId: number): number | undefined {
    const ids = this.workloadIds.values;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ids[middle] as number) < workloadId) low = middle + 1;
      else high = middle;
    }
    return low < this.length && ids[low] === workloadId ? low : undefined;
  }

  /**
   * Adds a row before the chain that begins at `head`; gives its number, the new head. Workloads come in order of their
   * numbers, as the store gives them out: so they are found by halving.
   */
  add(workloadId: number, subject: number, started: Instant, ended: Instant | undefined, head: number): number {
    const row = this.length;
    if (row > 0 && this.workloadIds.at(row - 1) >= workloadId) {
      throw new RangeError(`workload ${workloadId} comes after ${this.workloadIds.at(row - 1)}`);
    }
    this.workloadIds.push(workloadId);
    this.subjects.push(subject);
    this.started.push(started);
    this.ended.push(ended ?? open);
    this.#previous.push(head);
    return row;
  }

  isOpen(row: number): boolean {
    return this.ended.at(row) === open;
  }

  end(row: number, ended: Instant | undefined): void {
    this.ended.values[row] = ended ?? open;
  }

  /** How many of one chain ran at some moment. */
  countChain(head: number, { from, to }: Moments): number {
    const started = this.started.values;
    const ended = this.ended.values;
    const previous = this.#previous.values;
    let count = 0;
    for (let row = head; row !== nothing; row = previous[row] as number) {
      if ((started[row] as number) <= to && (ended[row] as number) >= from) count++;
    }
    return count;
  }

  /** Adds to each subject's tally its rows that ran at some moment. */
  countAll(tally: Uint32Array, { from, to }: Moments): void {
    const started = this.started.values;
    const ended = this.ended.values;
    const subjects = this.subjects.values;
    for (let row = 0; row < this.length; row++) {
      if ((started[row] as number) <= to && (ended[row] as number) >= from) {
        const subject = subjects[row] as number;
        tally[subject] = (tally[subject] as number) + 1;
      }
    }
  }

  /** All rows, sorted by start, then by workload. */
  order(): Uint32Array {
    const known = this.#order.length;
    if (known === this.length) return this.#order;
    const order = new Uint32Array(this.length);
    order.set(this.#order);
    for (let row = known; row < this.length; row++) order[row] = row;
    const added = order.subarray(known);
    if (!this.#isSorted(added)) added.sort((a, b) => this.#compare(a, b));
    this.#order = this.#isSorted(order.subarray(Math.max(0, known - 1), known + 1)) ? order : this.#merge(order, known);
    return this.#order;
  }

  #isSorted(rows: Uint32Array): boolean {
    for (let i = 1; i < rows.length; i++) {
      if (this.#compare(rows[i - 1] as number, rows[i] as number) > 0) return false;
    }
    return true;
  }

  #merge(rows: Uint32Array, half: number): Uint32Array {
    const merged = new Uint32Array(rows.length);
    let left = 0;
    let right = half;
    for (let i = 0; i < merged.length; i++) {
      const takeLeft =
        right === rows.length || (left < half && this.#compare(rows[left] as number, rows[right] as number) <= 0);
      merged[i] = rows[takeLeft ? left++ : right++] as number;
    }
    return merged;
  }

  #compare(a: number, b: number): number {
    return this.started.at(a) - this.started.at(b) || a - b;
  }
}
