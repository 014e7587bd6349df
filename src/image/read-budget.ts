import type { ReadLimits } from '../model/index.ts';
import { LargeFileRoom } from './large-file-room.ts';

/** What all layers of one reading may spend together. Lies in shared memory, so that workers spend from the same purse. */
export class ReadBudget {
  readonly shared: SharedArrayBuffer;
  readonly limits: ReadLimits;
  /** Of this thread. */
  readonly largeFileRoom = new LargeFileRoom();
  readonly #left: BigInt64Array;

  constructor(limits: ReadLimits, shared?: SharedArrayBuffer) {
    this.limits = limits;
    this.shared = shared ?? new SharedArrayBuffer(4 * 8);
    this.#left = new BigInt64Array(this.shared);
    if (shared) return;
    this.#left[entries] = BigInt(limits.maxEntries);
    this.#left[uncompressed] = BigInt(limits.maxUncompressedBytes);
    this.#left[wanted] = BigInt(limits.maxWantedBytes);
  }

  /** Each takes what is needed, or says false where not enough is left. */
  takeEntry(): boolean {
    return this.#take(entries, 1);
  }

  takeUncompressed(bytes: number): boolean {
    return this.#take(uncompressed, bytes);
  }

  takeWanted(bytes: number): boolean {
    return this.#take(wanted, bytes);
  }

  /** What a layer took when it was read: all of it, or nothing and false. */
  takeLayer(count: number, uncompressedBytes: number, keptBytes: number): boolean {
    const amounts = [
      [entries, count],
      [uncompressed, uncompressedBytes],
      [wanted, keptBytes],
    ] as const;
    for (const [index, [which, amount]] of amounts.entries()) {
      if (this.#take(which, amount)) continue;
      for (const [taken, back] of amounts.slice(0, index)) Atomics.add(this.#left, taken, BigInt(back));
      return false;
    }
    return true;
  }

  /** Bytes read as stored, over all layers. */
  addProgress(bytes: number): number {
    return Number(Atomics.add(this.#left, progress, BigInt(bytes))) + bytes;
  }

  get progress(): number {
    return Number(Atomics.load(this.#left, progress));
  }

  #take(which: number, amount: number): boolean {
    if (Atomics.sub(this.#left, which, BigInt(amount)) >= BigInt(amount)) return true;
    // What was too much is not spent: something smaller may still fit.
    Atomics.add(this.#left, which, BigInt(amount));
    return false;
  }
}

const entries = 0;
const uncompressed = 1;
const wanted = 2;
const progress = 3;
