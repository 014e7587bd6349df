import type { ReadLimits } from '../model/index.ts';

/** What all layers of one reading may spend together. */
export class ReadBudget {
  readonly limits: ReadLimits;
  /** Bytes read so far, as stored. */
  progress = 0;
  #entries: number;
  #uncompressed: number;
  #wanted: number;

  constructor(limits: ReadLimits) {
    this.limits = limits;
    this.#entries = limits.maxEntries;
    this.#uncompressed = limits.maxUncompressedBytes;
    this.#wanted = limits.maxWantedBytes;
  }

  /** Each takes what is needed, or says false where not enough is left. */
  takeEntry(): boolean {
    return --this.#entries >= 0;
  }

  takeUncompressed(bytes: number): boolean {
    this.#uncompressed -= bytes;
    return this.#uncompressed >= 0;
  }

  takeWanted(bytes: number): boolean {
    if (bytes > this.#wanted) return false;
    this.#wanted -= bytes;
    return true;
  }
}
