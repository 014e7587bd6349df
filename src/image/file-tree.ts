import type { FileEntry, Problem } from '../model/index.ts';
import { parentOf } from './layer-path.ts';
import { entryKinds, kind, type LayerTable } from './layer-table.ts';

/** A regular file's bytes: where the one inode lies that all its hard links share. */
export interface Inode {
  readonly layer: number;
  readonly entry: number;
}

const linksAtMost = 40;

/**
 * The layers on top of each other, as overlay file systems put them: the highest layer that names a path decides.
 * Holds a number for each visible path; entries are made when asked for.
 */
export class FileTree {
  readonly #tables: readonly (LayerTable | undefined)[];
  /** Number of a layer's first entry. */
  readonly #bases: readonly number[];
  /** The visible entry of each path; below zero for a directory that no entry names, -1 - layer. */
  readonly #visible = new Map<string, number>();
  readonly #links: readonly LayerLinks[];
  readonly #capabilities: readonly (ReadonlyMap<number, readonly string[]> | undefined)[];
  #sorted: readonly string[] | undefined;
  readonly problems: Problem[] = [];

  /** A layer that could not be read is undefined. */
  constructor(tables: readonly (LayerTable | undefined)[]) {
    this.#tables = tables;
    let base = 0;
    this.#bases = tables.map((table) => {
      if (!table || table.count === 0) return Number.MAX_SAFE_INTEGER;
      base += table.count;
      return base - table.count;
    });
    this.#links = tables.map((table) => new LayerLinks(table));
    this.#capabilities = tables.map((table) =>
      table?.capabilities.length ? new Map(table.capabilities.map(({ entry, names }) => [entry, names])) : undefined,
    );
    new Overlay(this.#visible, tables, this.#bases).stack();
    for (const [path, id] of this.#visible) this.#checkHardLink(path, id);
  }

  get size(): number {
    return this.#visible.size;
  }

  /** Code-unit order. */
  paths(): readonly string[] {
    this.#sorted ??= [...this.#visible.keys()].sort();
    return this.#sorted;
  }

  entry(path: string): FileEntry | undefined {
    const id = path === '/' ? -1 : this.#visible.get(path);
    return id === undefined ? undefined : this.#makeEntry(path, id);
  }

  /** Follows symlinks inside the root, 40 at most; undefined where nothing is there. */
  resolve(path: string): FileEntry | undefined {
    const landing = this.#follow(path);
    return landing === undefined ? undefined : this.entry(landing);
  }

  /** Where the bytes of a regular file lie. */
  inode(path: string): Inode | undefined {
    const id = this.#visible.get(path);
    if (id === undefined || id < 0) return undefined;
    const layer = this.#layerOf(id);
    const entry = this.#row(layer, id - (this.#bases[layer] as number));
    return this.#tables[layer]?.kinds[entry] === kind.file ? { layer, entry } : undefined;
  }

  /** An entry of a layer, whether it is visible or not. */
  entryOf(layer: number, entry: number): FileEntry {
    const path = this.#tables[layer]?.paths[entry] as string;
    return this.#makeEntry(path, (this.#bases[layer] as number) + entry);
  }

  /** Where the bytes of an entry of a layer lie: for a hard link, in what it links to. */
  inodeOf({ layer, entry }: Inode): Inode {
    return { layer, entry: this.#row(layer, entry) };
  }

  /** Bytes of all regular files, each inode once. */
  totalFileBytes(): number {
    let total = 0;
    const linked = new Set<number>();
    for (const id of this.#visible.values()) {
      if (id < 0) continue;
      const layer = this.#layerOf(id);
      const base = this.#bases[layer] as number;
      const table = this.#tables[layer] as LayerTable;
      const row = this.#row(layer, id - base);
      if (table.kinds[row] !== kind.file) continue;
      if (this.#links[layer]?.isShared(row)) {
        if (linked.has(base + row)) continue;
        linked.add(base + row);
      }
      total += table.sizes[row] as number;
    }
    return total;
  }

  #layerOf(id: number): number {
    let layer = this.#bases.length - 1;
    while ((this.#bases[layer] as number) > id) layer--;
    return layer;
  }

  /** The row that describes an entry: for a hard link, the one it links to. */
  #row(layer: number, entry: number): number {
    return this.#links[layer]?.target(entry) ?? entry;
  }

  #makeEntry(path: string, id: number): FileEntry {
    if (id < 0) return { path, type: 'directory', size: 0, mode: 0o755, uid: 0, gid: 0, layer: Math.max(0, -1 - id) };
    const layer = this.#layerOf(id);
    const table = this.#tables[layer] as LayerTable;
    const row = this.#row(layer, id - (this.#bases[layer] as number));
    const kindOf = table.kinds[row] as number;
    const capabilities =
      this.#capabilities[layer]?.get(row) ?? this.#capabilities[layer]?.get(id - (this.#bases[layer] as number));
    const linkTarget = kindOf === kind.symlink ? this.#links[layer]?.text(row) : undefined;
    const entry: FileEntry = {
      path,
      type: entryKinds[kindOf] ?? 'file',
      size: kindOf === kind.file ? (table.sizes[row] as number) : 0,
      mode: table.modes[row] as number,
      uid: table.uids[row] as number,
      gid: table.gids[row] as number,
      layer,
    };
    // Most have neither, and this is done for each file of an image.
    if (capabilities === undefined && linkTarget === undefined) return entry;
    return {
      ...entry,
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(linkTarget === undefined ? {} : { linkTarget }),
    };
  }

  #follow(path: string): string | undefined {
    let pending = path.split('/').reverse();
    let at = '';
    let links = 0;
    while (pending.length > 0) {
      const name = pending.pop() as string;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        at = at === '' ? '' : parentOf(at) === '/' ? '' : parentOf(at);
        continue;
      }
      const next = `${at}/${name}`;
      const id = this.#visible.get(next);
      if (id === undefined) return undefined;
      const target = this.#linkTarget(id);
      if (target === undefined) {
        if (pending.length > 0 && !this.#isDirectory(id)) return undefined;
        at = next;
        continue;
      }
      if (++links > linksAtMost) return undefined;
      if (target.startsWith('/')) at = '';
      pending = [...pending, ...target.split('/').reverse()];
      if (pending.length > 10_000) return undefined;
    }
    return at === '' ? '/' : at;
  }

  #isDirectory(id: number): boolean {
    if (id < 0) return true;
    const layer = this.#layerOf(id);
    return this.#tables[layer]?.kinds[id - (this.#bases[layer] as number)] === kind.directory;
  }

  #linkTarget(id: number): string | undefined {
    if (id < 0) return undefined;
    const layer = this.#layerOf(id);
    const row = this.#row(layer, id - (this.#bases[layer] as number));
    return this.#tables[layer]?.kinds[row] === kind.symlink ? this.#links[layer]?.text(row) : undefined;
  }

  #checkHardLink(path: string, id: number): void {
    if (id < 0 || this.problems.length >= 100) return;
    const layer = this.#layerOf(id);
    const entry = id - (this.#bases[layer] as number);
    if (this.#tables[layer]?.kinds[this.#row(layer, entry)] !== kind.hardLink) return;
    const message = `"${path}" is a hard link to "${this.#links[layer]?.text(entry)}", which its layer does not have`;
    this.problems.push({ code: 'image/dangling-hard-link', message, path });
  }
}

/** The links of one layer: what symlinks say, and which entry a hard link shares its inode with. */
class LayerLinks {
  readonly #texts = new Map<number, string>();
  readonly #targets = new Map<number, number>();
  readonly #shared = new Set<number>();

  constructor(table: LayerTable | undefined) {
    if (!table || table.linkEntries.length === 0) return;
    const texts = table.linkTargets;
    const hardTargets = new Set<string>();
    table.linkEntries.forEach((entry, index) => {
      this.#texts.set(entry, texts[index] ?? '');
      if (table.kinds[entry] === kind.hardLink) hardTargets.add(texts[index] ?? '');
    });
    if (hardTargets.size > 0) this.#joinHardLinks(table, hardTargets);
  }

  /** In the order of the stream, because a name may be given twice and a link means what was there before it. */
  #joinHardLinks(table: LayerTable, hardTargets: ReadonlySet<string>): void {
    const latest = new Map<string, number>();
    table.paths.forEach((path, entry) => {
      let inode = entry;
      if (table.kinds[entry] === kind.hardLink) {
        const target = latest.get(this.#texts.get(entry) ?? '');
        if (target === undefined || table.kinds[target] === kind.directory) return;
        this.#targets.set(entry, target);
        this.#shared.add(target);
        inode = target;
        // Mode and owner belong to the inode, and the last header that names it sets them.
        for (const column of [table.modes, table.uids, table.gids]) column[target] = column[entry] as number;
      }
      if (hardTargets.has(path) && (table.kinds[entry] as number) <= kind.hardLink) latest.set(path, inode);
    });
  }

  text(entry: number): string | undefined {
    return this.#texts.get(entry);
  }

  target(entry: number): number | undefined {
    return this.#targets.size === 0 ? undefined : this.#targets.get(entry);
  }

  isShared(entry: number): boolean {
    return this.#shared.has(entry);
  }
}

/**
 * Fills the map of visible paths from the top layer down and, within a layer, from its last entry to its first: what is
 * found first is what an engine would have written last (OCI image specification 1.1, layer.md, "Applying Changesets").
 */
class Overlay {
  readonly #visible: Map<string, number>;
  readonly #tables: readonly (LayerTable | undefined)[];
  readonly #bases: readonly number[];
  /** Nothing from further down is seen at these paths or below them. */
  readonly #gone = new Set<string>();
  /** Nothing from further down is seen below these paths; the root is ''. */
  readonly #closed = new Set<string>();
  /** Whether the layer under way may have something visible in a directory. */
  readonly #open = new Map<string, boolean>();
  #layer = 0;

  constructor(visible: Map<string, number>, tables: readonly (LayerTable | undefined)[], bases: readonly number[]) {
    this.#visible = visible;
    this.#tables = tables;
    this.#bases = bases;
  }

  stack(): void {
    for (let layer = this.#tables.length - 1; layer >= 0; layer--) {
      const table = this.#tables[layer];
      if (!table) continue;
      this.#layer = layer;
      this.#open.clear();
      this.#stackLayer(table, this.#bases[layer] as number);
    }
  }

  #stackLayer(table: LayerTable, base: number): void {
    const gone: string[] = [];
    const closed: string[] = [];
    let lastParent = '';
    let parentOpen = this.#isOpen('');
    for (let entry = table.count - 1; entry >= 0; entry--) {
      const path = table.paths[entry] as string;
      const kindOf = table.kinds[entry] as number;
      const parent = path.slice(0, path.lastIndexOf('/'));
      if (kindOf === kind.whiteOut) gone.push(path);
      else if (kindOf === kind.opaque) closed.push(path === '/' ? '' : path);
      else {
        if (parent !== lastParent) {
          lastParent = parent;
          parentOpen = this.#isOpen(parent);
        }
        if (parentOpen && !this.#gone.has(path)) this.#place(path, kindOf, base + entry);
      }
    }
    // Both markers are files of a directory, which is there by that, unless the layer says otherwise: umoci writes a
    // file and the white-outs of the directory that it replaces.
    for (const path of gone) this.#isOpen(path.slice(0, path.lastIndexOf('/')));
    for (const path of closed) this.#isOpen(path);
    // White-outs take away what lower layers have, never what their own layer has.
    for (const path of gone) this.#gone.add(path);
    for (const path of closed) this.#closed.add(path);
  }

  #place(path: string, kindOf: number, id: number): void {
    const above = this.#visible.get(path);
    if (above === undefined) this.#visible.set(path, id);
    else if (kindOf !== kind.directory) this.#closed.add(path);
    else if (above < 0 && !this.#closed.has(path)) this.#visible.set(path, id);
    if (above !== undefined && kindOf !== kind.directory) this.#open.clear();
  }

  #isOpen(directory: string): boolean {
    if (directory === '') return !this.#closed.has('');
    const known = this.#open.get(directory);
    if (known !== undefined) return known;
    const open =
      this.#isOpen(directory.slice(0, directory.lastIndexOf('/'))) &&
      !this.#gone.has(directory) &&
      !this.#closed.has(directory) &&
      this.#isDirectory(directory);
    this.#open.set(directory, open);
    return open;
  }

  #isDirectory(path: string): boolean {
    const id = this.#visible.get(path);
    if (id === undefined) this.#visible.set(path, -1 - this.#layer);
    if (id === undefined || id < 0) return true;
    let layer = this.#bases.length - 1;
    while ((this.#bases[layer] as number) > id) layer--;
    return this.#tables[layer]?.kinds[id - (this.#bases[layer] as number)] === kind.directory;
  }
}
