import { CodedError, digestOf } from '../../src/base/index.ts';
import type {
  ByteMark,
  FileEntry,
  FileExaminer,
  FoundNote,
  HiddenFile,
  ImageContents,
  ImageIdentity,
  MarkedBytes,
  Problem,
} from '../../src/model/index.ts';

/** Text or bytes of a file, or what else an entry has. */
export type MemoryFile =
  | string
  | Uint8Array
  | { readonly link: string }
  | ({ readonly bytes?: string | Uint8Array } & Partial<Omit<FileEntry, 'path' | 'size'>>);

export interface MemoryOptions {
  readonly marks?: readonly ByteMark[];
  readonly problems?: readonly Problem[];
  readonly config?: ImageContents['config'];
  readonly identity?: ImageIdentity;
  readonly layers?: number;
  readonly notes?: readonly FoundNote[];
  /** Who looks into each file, and answers at once. */
  readonly examiners?: readonly FileExaminer[];
  /** By path: what layers below had, each a layer up from the other, and hidden by the next. */
  readonly hidden?: Readonly<Record<string, readonly (string | Uint8Array)[]>>;
}

/** Contents of an image from a map of paths; parent directories are made. Marks are looked for in ELF files only. */
export function memoryContents(
  files: Readonly<Record<string, MemoryFile>>,
  options: MemoryOptions = {},
): ImageContents & { readonly reads: readonly string[] } {
  const entries = new Map<string, FileEntry>();
  const contents = new Map<string, Uint8Array>();
  const reads: string[] = [];
  for (const [path, file] of Object.entries(files)) {
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      const parent = path.slice(0, at);
      if (!entries.has(parent)) entries.set(parent, entryOf(parent, { type: 'directory', mode: 0o755 }, 0));
    }
    const described = describe(file);
    const bytes = typeof described.bytes === 'string' ? Buffer.from(described.bytes) : described.bytes;
    if (bytes) contents.set(path, bytes);
    entries.set(path, entryOf(path, described, bytes?.byteLength ?? 0));
  }
  const sorted = [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const highest = Math.max(0, ...sorted.map((entry) => entry.layer));
  const layerCount = options.layers ?? highest + 1;

  function resolve(path: string): FileEntry | undefined {
    let rest = path.split('/').filter(Boolean);
    let at = '';
    for (let hops = 0; rest.length > 0; ) {
      const entry = entries.get(`${at}/${rest[0]}`);
      if (!entry) return undefined;
      if (entry.type === 'symlink') {
        if (++hops > 40) return undefined;
        const target = entry.linkTarget ?? '';
        rest = [...target.split('/').filter(Boolean), ...rest.slice(1)];
        if (target.startsWith('/')) at = '';
      } else {
        at = entry.path;
        rest = rest.slice(1);
      }
      while (rest[0] === '..' || rest[0] === '.') {
        if (rest[0] === '..') at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
        rest = rest.slice(1);
      }
    }
    return entries.get(at);
  }

  return {
    ...(options.identity ? { identity: options.identity } : {}),
    ...(options.config ? { config: options.config } : {}),
    platform: { os: 'linux', architecture: 'amd64' },
    layers: Array.from({ length: layerCount }, (_, index) => ({
      diffId: digestOf(`layer ${index}`),
      size: 1000 + index,
    })),
    problems: options.problems ?? [],
    files: () => sorted,
    entry: (path) => entries.get(path),
    resolve,
    async read(path, limit) {
      const entry = resolve(path);
      const bytes = entry && contents.get(entry.path);
      if (!bytes) return undefined;
      if (bytes.byteLength > limit) throw new CodedError('file-too-large', `${path} is larger than ${limit} bytes`);
      reads.push(path);
      return bytes;
    },
    notes: () => [
      ...(options.notes ?? []),
      ...sorted.flatMap((entry) => examine(entry, contents.get(entry.path), options.examiners ?? [])),
    ],
    hiddenVersions: (wanted) =>
      Object.entries(options.hidden ?? {})
        .filter(
          ([path]) =>
            path === wanted || (wanted.endsWith('/*') && `${path.slice(0, path.lastIndexOf('/'))}/*` === wanted),
        )
        .flatMap(([path, versions]) =>
          versions.map((content, layer): HiddenFile => {
            const bytes = Buffer.from(content);
            return { entry: entryOf(path, { layer }, bytes.byteLength), hiddenBy: layer + 1, bytes };
          }),
        ),
    marks: (path) => findMarks(path, contents.get(path), options.marks ?? []),
    totalFileBytes: sorted.reduce((sum, entry) => sum + entry.size, 0),
    close: async () => {},
    reads,
  };
}

function examine(file: FileEntry, bytes: Uint8Array | undefined, examiners: readonly FileExaminer[]): FoundNote[] {
  if (!bytes || bytes.byteLength === 0) return [];
  return examiners.flatMap((examiner) => {
    const wanted = examiner.wants(file);
    const answer = wanted > 0 ? examiner.examine(file, bytes.subarray(0, wanted)) : [];
    if (!Array.isArray(answer)) throw new Error(`${examiner.id} did not look into ${file.path}`);
    return answer.map((note): FoundNote => ({ path: file.path, layer: file.layer, isHidden: false, note }));
  });
}

function describe(file: MemoryFile): { bytes?: string | Uint8Array } & Partial<FileEntry> {
  if (typeof file === 'string' || file instanceof Uint8Array) return { bytes: file };
  if ('link' in file) return { type: 'symlink', linkTarget: file.link, mode: 0o777 };
  return file;
}

function entryOf(path: string, entry: Partial<FileEntry>, size: number): FileEntry {
  const { type = 'file', mode = 0o644, uid = 0, gid = 0, layer = 0, linkTarget, capabilities } = entry;
  return {
    path,
    type,
    size,
    mode,
    uid,
    gid,
    layer,
    ...(capabilities ? { capabilities } : {}),
    ...(linkTarget === undefined ? {} : { linkTarget }),
  };
}

function findMarks(path: string, bytes: Uint8Array | undefined, marks: readonly ByteMark[]): MarkedBytes[] {
  const found: MarkedBytes[] = [];
  const buffer = Buffer.from(bytes ?? []);
  if (!buffer.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'))) return found;
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (const { id, bytes: wanted, keep, names } of marks) {
    if (names && !names.some((start) => name.startsWith(start))) continue;
    for (let at = buffer.indexOf(wanted); at >= 0; at = buffer.indexOf(wanted, at + 1))
      found.push({ mark: id, offset: at, bytes: buffer.subarray(at, at + keep) });
  }
  return found;
}
