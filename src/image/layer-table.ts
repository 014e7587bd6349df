import type { FileType, Problem } from '../model/index.ts';
import type { EntryNote } from './examination.ts';
import type { UnexaminedFiles } from './unexamined-files.ts';

/** The kinds of entry of a layer; the first six are those of FileType, in its order. */
export const entryKinds = [
  'file',
  'directory',
  'symlink',
  'character-device',
  'block-device',
  'fifo',
] as const satisfies readonly FileType[];
export const kind = {
  file: 0,
  directory: 1,
  symlink: 2,
  characterDevice: 3,
  blockDevice: 4,
  fifo: 5,
  hardLink: 6,
  whiteOut: 7,
  opaque: 8,
} as const;

/** A mark that was found in the entry with that number. */
export interface FoundMark {
  readonly entry: number;
  readonly mark: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The file capabilities of the entry with that number, `setuid`; few entries have any. */
export interface EntryCapabilities {
  readonly entry: number;
  readonly names: readonly string[];
}

/**
 * What one pass over a layer found, a column for each thing that is known: a million entries take few objects, and cross
 * between threads at the price of a copy of their paths. Entry `i` is the i-th of the tar stream that was taken; its path
 * is the i-th of `paths`.
 */
export interface LayerTable {
  readonly count: number;
  readonly paths: readonly string[];
  readonly kinds: Uint8Array<ArrayBuffer>;
  readonly modes: Uint16Array<ArrayBuffer>;
  readonly uids: Uint32Array<ArrayBuffer>;
  readonly gids: Uint32Array<ArrayBuffer>;
  readonly sizes: Float64Array<ArrayBuffer>;
  /** Entries that are a symlink or a hard link, and their targets: a hard link's as a path of the layer. */
  readonly linkEntries: Uint32Array<ArrayBuffer>;
  readonly linkTargets: readonly string[];
  /** Entries whose path matched the wanted patterns. */
  readonly wanted: Uint32Array<ArrayBuffer>;
  /** Entries whose bytes were kept, each with where they lie in `blocks`. */
  readonly keptEntries: Uint32Array<ArrayBuffer>;
  readonly keptBlocks: Uint32Array<ArrayBuffer>;
  readonly keptOffsets: Uint32Array<ArrayBuffer>;
  readonly blocks: readonly Uint8Array<ArrayBuffer>[];
  readonly capabilities: readonly EntryCapabilities[];
  readonly marks: readonly FoundMark[];
  readonly notes: readonly EntryNote[];
  /** Files that examiners could not look at, by reason. */
  readonly unexamined: readonly UnexaminedFiles[];
  readonly problems: readonly Problem[];
}

/** The buffers of a table, to hand over to another thread rather than copy. */
export function transferablesOf(table: LayerTable): ArrayBuffer[] {
  const arrays = [table.kinds, table.modes, table.uids, table.gids, table.sizes, table.linkEntries, table.wanted];
  const kept = [table.keptEntries, table.keptBlocks, table.keptOffsets];
  return [...arrays, ...kept, ...table.blocks].map((array) => array.buffer);
}

/** A growing column of numbers. */
export class NumberColumn<
  Column extends
    | Uint8Array<ArrayBuffer>
    | Uint16Array<ArrayBuffer>
    | Uint32Array<ArrayBuffer>
    | Float64Array<ArrayBuffer>,
> {
  #values: Column;
  #length = 0;
  readonly #make: new (
    length: number,
  ) => Column;

  constructor(make: new (length: number) => Column, capacity = 1024) {
    this.#make = make;
    this.#values = new make(capacity);
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number | undefined {
    return index < this.#length ? this.#values[index] : undefined;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new this.#make(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** A copy of just the values. */
  finish(): Column {
    return this.#values.slice(0, this.#length) as Column;
  }
}

const blockBytes = 1 << 20;

/** Bytes of many small files in few blocks; a large file has a block of its own. */
export class ByteArena {
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  #fill = blockBytes;
  #shared = -1;

  /** Room for `size` bytes: the block it lies in and where. */
  allocate(size: number): { block: number; offset: number; bytes: Uint8Array<ArrayBuffer> } {
    if (size > blockBytes / 4) {
      const bytes = new Uint8Array(size);
      return { block: this.#blocks.push(bytes) - 1, offset: 0, bytes };
    }
    if (this.#shared < 0 || this.#fill + size > blockBytes) {
      this.#shared = this.#blocks.push(new Uint8Array(blockBytes)) - 1;
      this.#fill = 0;
    }
    const offset = this.#fill;
    this.#fill += size;
    const block = this.#blocks[this.#shared] as Uint8Array<ArrayBuffer>;
    return { block: this.#shared, offset, bytes: block.subarray(offset, offset + size) };
  }

  /** All blocks, the last shared one as far as it is used. */
  finish(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#blocks.map((block, index) => (index === this.#shared ? block.subarray(0, this.#fill) : block));
  }
}
