import type { HiddenFile } from '../model/index.ts';
import type { FileTree, Inode } from './file-tree.ts';
import { kind, type LayerTable } from './layer-table.ts';

/** Finds what layers brought of wanted files and upper layers took away or replaced. */
export class HiddenVersions {
  readonly #tables: readonly (LayerTable | undefined)[];
  readonly #tree: FileTree;
  /** By path, the lowest layer first; the last entry of a name within a layer is its version. */
  readonly #versions = new Map<string, Map<number, number>>();

  constructor(tables: readonly (LayerTable | undefined)[], tree: FileTree) {
    this.#tables = tables;
    this.#tree = tree;
    for (const [layer, table] of tables.entries()) {
      for (const entry of table?.wanted ?? []) {
        const path = table?.paths[entry] as string;
        const versions = this.#versions.get(path) ?? new Map<number, number>();
        this.#versions.set(path, versions.set(layer, entry));
      }
    }
  }

  /** Each with where its bytes lie. */
  of(wanted: string): readonly (Omit<HiddenFile, 'bytes'> & { readonly inode: Inode })[] {
    if (!wanted.endsWith('/*')) return this.#of(wanted);
    const directory = wanted.slice(0, -1);
    const paths = this.#versions
      .keys()
      .filter((path) => path.startsWith(directory) && !path.includes('/', directory.length));
    return [...paths].flatMap((path) => this.#of(path));
  }

  #of(path: string): readonly (Omit<HiddenFile, 'bytes'> & { readonly inode: Inode })[] {
    const visible = this.#tree.entry(path)?.layer;
    return [...(this.#versions.get(path) ?? [])].flatMap(([layer, entry]) => {
      const hiddenBy = layer === visible ? undefined : this.#hiderOf(path, layer);
      if (hiddenBy === undefined) return [];
      return [{ entry: this.#tree.entryOf(layer, entry), hiddenBy, inode: this.#tree.inodeOf({ layer, entry }) }];
    });
  }

  /** The lowest layer above that names the path, takes it or a directory above it away, or makes that no directory. */
  #hiderOf(path: string, below: number): number | undefined {
    for (let layer = below + 1; layer < this.#tables.length; layer++) {
      const table = this.#tables[layer];
      const hides = table?.paths.some((other, entry) => {
        if (other === path) return true;
        const kindOf = table.kinds[entry];
        return kindOf !== kind.directory && path.startsWith(other) && (other === '/' || path[other.length] === '/');
      });
      if (hides) return layer;
    }
    return undefined;
  }
}
