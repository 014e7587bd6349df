import type { FileExaminer, Problem, WantedFiles } from '../model/index.ts';
import { Examination } from './examination.ts';
import { parseFileCapabilities } from './file-capabilities.ts';
import { hasLongName, layerPath, parentOf, pathInRoot } from './layer-path.ts';
import {
  ByteArena,
  type EntryCapabilities,
  type FoundMark,
  kind,
  type LayerTable,
  NumberColumn,
} from './layer-table.ts';
import { MarkSearch } from './mark-search.ts';
import type { ReadBudget } from './read-budget.ts';
import { type TarHeader, tarType } from './tar-header.ts';
import type { TarSink } from './tar-walker.ts';
import { compileWanted, type WantedMatcher } from './wanted-matcher.ts';

/** The reading of a layer cannot go on within its bounds. */
export class LayerBoundError extends Error {}

/** Which entries' bytes to keep: in the first pass by path, in a second one by number, up to a size that the caller set. */
export type Keep =
  | { readonly wanted: WantedFiles; readonly examiners?: readonly FileExaminer[] }
  | { readonly entries: ReadonlySet<number>; readonly maxFileBytes: number };

const problemsAtMost = 100;

const kindOfType: Readonly<Record<number, number>> = {
  [tarType.file]: kind.file,
  [tarType.hardLink]: kind.hardLink,
  [tarType.symlink]: kind.symlink,
  [tarType.characterDevice]: kind.characterDevice,
  [tarType.blockDevice]: kind.blockDevice,
  [tarType.directory]: kind.directory,
  [tarType.fifo]: kind.fifo,
};

/** Takes what a walker tells of one layer and packs it into a LayerTable. */
export class LayerCollector implements TarSink {
  readonly #budget: ReadBudget;
  readonly #isWanted: WantedMatcher;
  readonly #keepOnly: ReadonlySet<number> | undefined;
  readonly #maxFileBytes: number;
  readonly #marks: MarkSearch;
  readonly #paths: string[] = [];
  readonly #kinds = new NumberColumn<Uint8Array<ArrayBuffer>>(Uint8Array);
  readonly #modes = new NumberColumn<Uint16Array<ArrayBuffer>>(Uint16Array);
  readonly #uids = new NumberColumn<Uint32Array<ArrayBuffer>>(Uint32Array);
  readonly #gids = new NumberColumn<Uint32Array<ArrayBuffer>>(Uint32Array);
  readonly #sizes = new NumberColumn<Float64Array<ArrayBuffer>>(Float64Array);
  readonly #linkEntries = new NumberColumn<Uint32Array<ArrayBuffer>>(Uint32Array, 64);
  readonly #linkTargets: string[] = [];
  readonly #wanted = new NumberColumn<Uint32Array<ArrayBuffer>>(Uint32Array, 64);
  readonly #keptEntries = new NumberColumn<Uint32Array<ArrayBuffer>>(Uint32Array, 64);
  readonly #keptBlocks = new NumberColumn<Uint32Array<ArrayBuffer>>(Uint32Array, 64);
  readonly #keptOffsets = new NumberColumn<Uint32Array<ArrayBuffer>>(Uint32Array, 64);
  readonly #arena = new ByteArena();
  readonly #capabilities: EntryCapabilities[] = [];
  readonly #found: FoundMark[] = [];
  readonly #problems: Problem[] = [];
  #problemCount = 0;
  /** Symlinks of this layer: an entry below one lands where it leads, as it does when an engine unpacks. */
  readonly #symlinks = new Map<string, string>();
  #parent = '';
  #parentLanding = '';
  /** The file whose data is streaming by. */
  #room: { block: number; offset: number; bytes: Uint8Array<ArrayBuffer> } | undefined;
  #roomFill = 0;
  #searching = false;
  #examining = false;
  readonly #examination: Examination;

  constructor(keep: Keep, budget: ReadBudget) {
    this.#budget = budget;
    this.#keepOnly = 'entries' in keep ? keep.entries : undefined;
    this.#isWanted = 'wanted' in keep ? compileWanted(keep.wanted.patterns) : () => false;
    this.#maxFileBytes = 'wanted' in keep ? budget.limits.maxWantedFileBytes : keep.maxFileBytes;
    this.#marks = new MarkSearch('wanted' in keep ? keep.wanted.marks : []);
    this.#examination = new Examination(('wanted' in keep && keep.examiners) || [], budget, ({ code, message, path }) =>
      this.problem(code, message, path),
    );
  }

  entry(header: TarHeader): boolean {
    if (this.#keepOnly === undefined && !this.#budget.takeEntry())
      throw new LayerBoundError(`more than ${this.#budget.limits.maxEntries} entries`);
    const path = this.#landingOf(header.name);
    if (path === undefined) return false;
    const slash = path.lastIndexOf('/') + 1;
    if (path.charCodeAt(slash) === 46 && path.startsWith('.wh.', slash)) return this.#whiteOut(path, slash);
    const kindOf = kindOfType[header.type];
    if (kindOf === undefined) {
      this.problem('image/unknown-entry-type', `"${path}" is of the unknown tar type ${header.type}`, path);
      return false;
    }
    if (path === '/') {
      if (kindOf !== kind.directory) this.problem('image/bad-entry', 'the root of the layer is no directory', path);
      return false;
    }
    const entry = this.#add(path, kindOf, header);
    if (header.capability !== undefined) this.#addCapabilities(entry, path, header.capability);
    if (kindOf === kind.file) return this.#startFile(entry, path, header);
    if (kindOf === kind.symlink) this.#link(entry, header.linkName, path);
    else if (kindOf === kind.hardLink) this.#hardLink(entry, header.linkName, path);
    if (kindOf !== kind.directory && kindOf !== kind.symlink) return false;
    if (kindOf === kind.symlink) this.#symlinks.set(path, header.linkName);
    else if (!this.#symlinks.delete(path)) return false;
    this.#parent = '';
    return false;
  }

  data(bytes: Buffer, start: number, end: number): boolean {
    if (this.#searching) this.#searching = this.#marks.push(bytes, start, end);
    if (this.#room !== undefined) this.#roomFill += bytes.copy(this.#room.bytes, this.#roomFill, start, end);
    if (this.#examining) this.#examining = this.#examination.push(bytes, start, end);
    return this.#searching || this.#examining || this.#room !== undefined;
  }

  dataEnd(): void {
    const entry = this.#paths.length - 1;
    if (this.#searching) {
      for (const hit of this.#marks.finish()) {
        if (this.#budget.takeWanted(hit.bytes.length)) this.#found.push({ entry, ...hit });
        else this.#tooMuchWanted(this.#paths[entry] as string);
      }
    }
    if (this.#room !== undefined) {
      this.#keptEntries.push(entry);
      this.#keptBlocks.push(this.#room.block);
      this.#keptOffsets.push(this.#room.offset);
    }
    this.#examination.finish(entry);
    this.#room = undefined;
    this.#searching = false;
    this.#examining = false;
  }

  /** Of the entry that was told last, where it landed. */
  get currentPath(): string {
    return this.#paths.at(-1) ?? '/';
  }

  /** Nothing is made of the file whose data was streaming by. */
  abandonFile(): void {
    this.#room = undefined;
    this.#searching = false;
    this.#examining = false;
    this.#examination.abandon();
  }

  problem(code: string, message: string, path?: string): void {
    this.#problemCount++;
    if (this.#problems.length < problemsAtMost)
      this.#problems.push({ code, message, ...(path === undefined ? {} : { path }) });
  }

  /** Resolves when examiners have room for more; undefined where they have. */
  untilRoom(signal: AbortSignal): Promise<void> | undefined {
    return this.#examination.untilRoom(signal);
  }

  /** Resolves when examiners have answered all; undefined where they have. Then the table is whole. */
  untilAnswered(signal: AbortSignal): Promise<void> | undefined {
    return this.#examination.untilAnswered(signal);
  }

  finish(): LayerTable {
    const more = this.#problemCount - this.#problems.length;
    if (more > 0) this.#problems.push({ code: 'image/more-problems', message: `the layer has ${more} more problems` });
    return {
      count: this.#paths.length,
      paths: this.#paths,
      kinds: this.#kinds.finish(),
      modes: this.#modes.finish(),
      uids: this.#uids.finish(),
      gids: this.#gids.finish(),
      sizes: this.#sizes.finish(),
      linkEntries: this.#linkEntries.finish(),
      linkTargets: this.#linkTargets,
      wanted: this.#wanted.finish(),
      keptEntries: this.#keptEntries.finish(),
      keptBlocks: this.#keptBlocks.finish(),
      keptOffsets: this.#keptOffsets.finish(),
      blocks: this.#arena.finish(),
      capabilities: this.#capabilities,
      marks: this.#found,
      notes: this.#examination.notes(),
      unexamined: this.#examination.unexamined.list(),
      problems: this.#problems,
    };
  }

  #add(path: string, kindOf: number, header: TarHeader): number {
    this.#kinds.push(kindOf);
    this.#modes.push(header.mode & 0o7777);
    this.#uids.push(header.uid);
    this.#gids.push(header.gid);
    this.#sizes.push(header.realSize);
    return this.#paths.push(path) - 1;
  }

  #addCapabilities(entry: number, path: string, value: Buffer): void {
    const names = parseFileCapabilities(value);
    if (names === undefined)
      this.problem('image/bad-capability', `"${path}" has file capabilities that make no sense`, path);
    else if (names.length > 0) this.#capabilities.push({ entry, names });
  }

  #startFile(entry: number, path: string, header: TarHeader): boolean {
    this.#symlinks.delete(path);
    let keeps = this.#keepOnly?.has(entry) ?? false;
    if (this.#isWanted(path)) {
      this.#wanted.push(entry);
      keeps = true;
    }
    const searches = this.#marks.hasMarks && header.realSize > 4;
    const examines = !header.sparse && this.#examination.start({ path, size: header.size, mode: header.mode & 0o7777 });
    if (!keeps && !searches && !examines) return false;
    if (header.sparse) {
      this.problem('image/sparse-file', `"${path}" is a sparse file, whose content is not read`, path);
      return false;
    }
    if (keeps) this.#makeRoom(path, header.size);
    this.#searching = searches;
    this.#examining = examines;
    if (searches) this.#marks.start(path);
    return searches || examines || this.#room !== undefined;
  }

  #makeRoom(path: string, size: number): void {
    if (size > this.#maxFileBytes) {
      const limit = `${this.#maxFileBytes} bytes`;
      this.problem(
        'image/wanted-file-too-large',
        `"${path}" has ${size} bytes, more than the ${limit} that are kept`,
        path,
      );
    } else if (!this.#budget.takeWanted(size)) this.#tooMuchWanted(path);
    else {
      this.#room = this.#arena.allocate(size);
      this.#roomFill = 0;
    }
  }

  #tooMuchWanted(path: string): void {
    const limit = this.#budget.limits.maxWantedBytes;
    this.problem(
      'image/wanted-bytes-limit',
      `"${path}" was not kept: more than ${limit} bytes of files are wanted`,
      path,
    );
  }

  #link(entry: number, target: string, path: string): void {
    this.#linkEntries.push(entry);
    this.#linkTargets.push(target);
    if (this.#isWanted(path)) this.#wanted.push(entry);
  }

  #hardLink(entry: number, target: string, path: string): void {
    const landing = this.#landingOf(target);
    this.#link(entry, landing ?? '', path);
  }

  #whiteOut(path: string, slash: number): boolean {
    const name = path.slice(slash + 4);
    const directory = path.slice(0, slash);
    if (name === '.wh..opq') this.#addMarker(directory.length > 1 ? directory.slice(0, -1) : '/', kind.opaque);
    // aufs kept its own files so; engines skip them.
    else if (name.startsWith('.wh.')) return false;
    else if (name === '' || name === '.' || name === '..')
      this.problem('image/bad-white-out', `"${path}" takes no file away that could be named`, path);
    else this.#addMarker(directory + name, kind.whiteOut);
    return false;
  }

  #addMarker(path: string, kindOf: number): void {
    this.#paths.push(path);
    for (const column of [this.#modes, this.#uids, this.#gids, this.#sizes]) column.push(0);
    this.#kinds.push(kindOf);
  }

  /** Where an entry of that name lands; undefined, with a problem, where it lands nowhere. */
  #landingOf(name: string): string | undefined {
    const path = layerPath(name);
    if (path === undefined || hasLongName(path)) {
      const shown = JSON.stringify(name.slice(0, 200));
      this.problem('image/bad-path', `the name ${shown} leads out of the image or is none that an engine would make`);
      return undefined;
    }
    if (this.#symlinks.size === 0) return path;
    const slash = path.lastIndexOf('/');
    const parent = path.slice(0, slash);
    if (parent !== this.#parent || parent === '') {
      const landing = followParents(parent, this.#symlinks, 0);
      if (landing === undefined) {
        this.problem(
          'image/link-loop',
          `"${path}" lies below symlinks that lead in a circle or out of the image`,
          path,
        );
        return undefined;
      }
      this.#parent = parent;
      this.#parentLanding = landing;
    }
    return this.#parentLanding === parent ? path : this.#parentLanding + path.slice(slash);
  }
}

const linksAtMost = 40;

/** A directory path (without a final slash; '' for the root) with the symlinks of the layer followed inside the root. */
function followParents(path: string, symlinks: ReadonlyMap<string, string>, depth: number): string | undefined {
  for (let slash = path.indexOf('/', 1); path !== ''; slash = path.indexOf('/', slash + 1)) {
    const prefix = slash < 0 ? path : path.slice(0, slash);
    const target = symlinks.get(prefix);
    if (target !== undefined) {
      if (depth >= linksAtMost) return undefined;
      const absolute = target.startsWith('/') ? target : `${parentOf(prefix)}/${target}`;
      const inside = pathInRoot(absolute);
      const rest = slash < 0 ? '' : path.slice(slash);
      return followParents((inside === '/' ? '' : inside) + rest, symlinks, depth + 1);
    }
    if (slash < 0) return path;
  }
  return path;
}
