import type {
  FileEntry,
  FoundNote,
  HiddenFile,
  ImageConfig,
  ImageContents,
  ImageIdentity,
  LayerInfo,
  MarkedBytes,
  Platform,
  Problem,
} from '../model/index.ts';
import { FileTree } from './file-tree.ts';
import { HiddenVersions } from './hidden-versions.ts';
import { ImageError } from './image-error.ts';
import type { LayerTable } from './layer-table.ts';
import { UnexaminedCount } from './unexamined-files.ts';

/** Reads a layer again, keeping only the bytes of some entries; undefined, with problems, where that fails. */
export type RereadLayer = (
  layer: number,
  entries: ReadonlySet<number>,
  maxFileBytes: number,
) => Promise<{ readonly table?: LayerTable; readonly problems: readonly Problem[] }>;

export interface LayerContentsParts {
  /** Of an image; a writable layer has none. */
  readonly identity?: ImageIdentity;
  readonly platform: Platform;
  readonly config?: ImageConfig;
  readonly layers: readonly LayerInfo[];
  /** One for each layer; undefined where it could not be read. */
  readonly tables: readonly (LayerTable | undefined)[];
  readonly problems: readonly Problem[];
  readonly reread: RereadLayer;
}

/** The contents of an image whose layers have been read once. */
export class LayerContents implements ImageContents {
  readonly identity?: ImageIdentity;
  readonly platform: Platform;
  readonly config?: ImageConfig;
  readonly layers: readonly LayerInfo[];
  readonly problems: Problem[];
  readonly totalFileBytes: number;
  readonly #tree: FileTree;
  readonly #tables: readonly (LayerTable | undefined)[];
  readonly #reread: RereadLayer;
  readonly #kept: KeptBytes[];
  readonly #marks: readonly ReadonlyMap<number, MarkedBytes[]>[];
  #hidden: HiddenVersions | undefined;
  /** Layers read again for what their wanted names turned out to link to. */
  readonly #completed = new Map<number, Promise<void>>();

  constructor(parts: LayerContentsParts) {
    if (parts.identity) this.identity = parts.identity;
    this.platform = parts.platform;
    if (parts.config) this.config = parts.config;
    this.layers = parts.layers;
    this.#tables = parts.tables;
    this.#reread = parts.reread;
    this.#tree = new FileTree(parts.tables);
    const unexamined = new UnexaminedCount();
    for (const table of parts.tables) for (const files of table?.unexamined ?? []) unexamined.add(files);
    this.problems = [...parts.problems, ...unexamined.problems(), ...this.#tree.problems];
    this.totalFileBytes = this.#tree.totalFileBytes();
    this.#kept = parts.tables.map((table) => new KeptBytes(table));
    this.#marks = parts.tables.map(marksByEntry);
  }

  *files(): Iterable<FileEntry> {
    for (const path of this.#tree.paths()) yield this.#tree.entry(path) as FileEntry;
  }

  entry(path: string): FileEntry | undefined {
    return this.#tree.entry(path);
  }

  resolve(path: string): FileEntry | undefined {
    return this.#tree.resolve(path);
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const entry = this.#tree.resolve(path);
    const inode = entry && this.#tree.inode(entry.path);
    if (!entry || !inode) return undefined;
    if (entry.size > limit)
      throw new ImageError(
        'file-too-large',
        `"${path}" has ${entry.size} bytes, more than the ${limit} that are allowed`,
      );
    const kept = this.#kept[inode.layer] as KeptBytes;
    const known = kept.get(inode.entry);
    if (known) return known;
    await this.#complete(inode.layer);
    return (
      kept.get(inode.entry) ??
      this.#readAgain(inode.layer, new Set([inode.entry]), limit).then((table) => table.get(inode.entry))
    );
  }

  marks(path: string): readonly MarkedBytes[] {
    const inode = this.#tree.inode(path);
    return (inode && this.#marks[inode.layer]?.get(inode.entry)) ?? [];
  }

  *notes(): Iterable<FoundNote> {
    const seen = this.#tables.map(() => new Map<number, string>());
    if (this.#tables.every((table) => !table || table.notes.length === 0)) return;
    for (const path of this.#tree.paths()) {
      const inode = this.#tree.inode(path);
      if (inode) seen[inode.layer]?.set(inode.entry, path);
    }
    for (const [layer, table] of this.#tables.entries()) {
      for (const { entry, note } of table?.notes ?? []) {
        const visible = seen[layer]?.get(entry);
        yield { path: visible ?? (table?.paths[entry] as string), layer, isHidden: visible === undefined, note };
      }
    }
  }

  hiddenVersions(path: string): readonly HiddenFile[] {
    this.#hidden ??= new HiddenVersions(this.#tables, this.#tree);
    return this.#hidden.of(path).map(({ inode, ...hidden }) => {
      const bytes = this.#kept[inode.layer]?.get(inode.entry);
      return bytes ? { ...hidden, bytes } : hidden;
    });
  }

  async close(): Promise<void> {
    this.#kept.forEach((kept) => kept.clear());
  }

  /** All at once: an image may have a thousand wanted names that are links into a store of unwanted ones. */
  #complete(layer: number): Promise<void> {
    let done = this.#completed.get(layer);
    if (done === undefined) {
      const missing = this.#missingOf(layer);
      done = missing.size === 0 ? Promise.resolve() : this.#addMissing(layer, missing);
      this.#completed.set(layer, done);
    }
    return done;
  }

  async #addMissing(layer: number, missing: ReadonlySet<number>): Promise<void> {
    const limit = 16 * 2 ** 20;
    const read = await this.#readAgain(layer, missing, limit);
    (this.#kept[layer] as KeptBytes).addAll(read);
  }

  /** Entries of the layer that a wanted name of any layer leads to, and that are not kept. */
  #missingOf(layer: number): Set<number> {
    const missing = new Set<number>();
    for (const table of this.#tables) {
      if (!table || table.wanted.length === 0) continue;
      const wanted = new Set(table.wanted);
      let entry = 0;
      for (const path of table.paths) {
        if (!wanted.has(entry++)) continue;
        const landing = this.#tree.resolve(path);
        const inode = landing && this.#tree.inode(landing.path);
        if (inode?.layer === layer && !this.#kept[layer]?.get(inode.entry)) missing.add(inode.entry);
      }
    }
    return missing;
  }

  async #readAgain(layer: number, entries: ReadonlySet<number>, maxFileBytes: number): Promise<KeptBytes> {
    const { table, problems } = await this.#reread(layer, entries, maxFileBytes);
    if (!table) this.problems.push(...problems);
    return new KeptBytes(table);
  }
}

/** The bytes that a pass kept, by entry. */
class KeptBytes {
  readonly #bytes = new Map<number, Uint8Array>();

  constructor(table: LayerTable | undefined) {
    table?.keptEntries.forEach((entry, index) => {
      const block = table.blocks[table.keptBlocks[index] as number] as Uint8Array;
      const offset = table.keptOffsets[index] as number;
      this.#bytes.set(entry, block.subarray(offset, offset + (table.sizes[entry] as number)));
    });
  }

  get(entry: number): Uint8Array | undefined {
    return this.#bytes.get(entry);
  }

  addAll(other: KeptBytes): void {
    for (const [entry, bytes] of other.#bytes) this.#bytes.set(entry, bytes);
  }

  clear(): void {
    this.#bytes.clear();
  }
}

function marksByEntry(table: LayerTable | undefined): ReadonlyMap<number, MarkedBytes[]> {
  const byEntry = new Map<number, MarkedBytes[]>();
  for (const { entry, ...found } of table?.marks ?? []) byEntry.set(entry, [...(byEntry.get(entry) ?? []), found]);
  return byEntry;
}
