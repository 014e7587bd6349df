/** The headers in a package database, one for each package, still packed; and what in the database makes no sense. */
export interface HeaderBlobs {
  readonly blobs: readonly Buffer[];
  /** Each goes on from the path of the database: `has …`. */
  readonly problems: readonly string[];
}

export function notADatabase(reason: string): HeaderBlobs {
  return { blobs: [], problems: [reason] };
}

export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Each page of a database belongs to one place, so that no chain of them is a circle, or is read for many rows. */
export class UsedPages {
  readonly #used = new Set<number>();

  /** False where the page was used before. */
  take(page: number): boolean {
    if (this.#used.has(page)) return false;
    this.#used.add(page);
    return true;
  }
}
