import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { messageOf } from '../base/index.ts';
import type { ExaminerSource, ReadLimits } from '../model/index.ts';
import type { Keep } from './layer-collector.ts';
import type { LayerTable } from './layer-table.ts';
import type { ScannedLayer } from './scan-layer.ts';

export interface LayerCacheOptions {
  /** Made where it is missing, for this user alone: it holds pieces of images. */
  readonly directory: string;
  readonly maxBytes: number;
  /** Told once, in a sentence, when the cache cannot be kept: readings go on without it. */
  readonly onFailure: (message: string) => void;
}

/** A change of what a reading makes of a layer, or of how it is written here, is a new version. */
const version = 3;
const magic = Buffer.from(`portwarden-layer-${version}\n`);
const crcBytes = 4;
/** A layer that keeps more bytes of wanted files is read again each time: it would push out too many others. */
const largestLayer = 256 * 2 ** 20;

/**
 * What was found in layers, on disk, by diff ID and by what was looked for. An entry is written beside its place and moved
 * there, and carries a checksum: one that was cut off is none. The least recently used make room for new ones.
 */
export class LayerCache {
  readonly #options: LayerCacheOptions;
  #failed = false;
  /** Bytes of all entries; unknown until something is written. */
  #total: number | undefined;

  constructor(options: LayerCacheOptions) {
    this.#options = options;
  }

  async read(key: string): Promise<ScannedLayer | undefined> {
    const file = this.#place(key);
    let bytes: Buffer;
    try {
      bytes = await readFile(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#fail(error);
      return undefined;
    }
    const layer = decodeLayer(bytes);
    const now = new Date();
    // Another process may have made room in the meantime.
    if (layer) await utimes(file, now, now).catch(() => undefined);
    return layer;
  }

  async write(key: string, layer: ScannedLayer): Promise<void> {
    if (this.#failed || layer.table === undefined || keptBytes(layer.table) > largestLayer) return;
    const draft = this.#place(`.${randomUUID()}`);
    try {
      await mkdir(this.#options.directory, { recursive: true, mode: 0o700 });
      const bytes = encodeLayer(layer);
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writev(bytes);
      } finally {
        await handle.close();
      }
      await rename(draft, this.#place(key));
      await this.#makeRoom(bytes.reduce((sum, part) => sum + part.length, 0));
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      this.#fail(error);
    }
  }

  async #makeRoom(added: number): Promise<void> {
    const { directory, maxBytes } = this.#options;
    this.#total = this.#total === undefined ? undefined : this.#total + added;
    if (this.#total !== undefined && this.#total <= maxBytes) return;
    const found = await Promise.all(
      (await readdir(directory)).map(async (name) => {
        const file = join(directory, name);
        const { size, mtimeMs } = await stat(file).catch(() => ({ size: 0, mtimeMs: 0 }));
        return { file, size, mtimeMs };
      }),
    );
    this.#total = found.reduce((sum, { size }) => sum + size, 0);
    if (this.#total <= maxBytes) return;
    for (const { file, size } of found.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (this.#total <= maxBytes * 0.8) return;
      await rm(file, { force: true });
      this.#total -= size;
    }
  }

  #place(key: string): string {
    return join(this.#options.directory, key);
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    const { directory, onFailure } = this.#options;
    onFailure(`layers that were seen cannot be kept in ${directory}, so that they are read anew: ${messageOf(error)}`);
  }
}

/** What is looked for in a layer, and within which limits, as a digest: whoever looks for something else finds other things. */
export function fingerprintOf(keep: Keep, sources: readonly ExaminerSource[], limits: ReadLimits): string {
  const looked = 'wanted' in keep ? keep.wanted : { entries: [...keep.entries], maxFileBytes: keep.maxFileBytes };
  const examiners = 'wanted' in keep ? sources.map(fingerprintOfExaminer) : [];
  return digestOfValue({ looked, examiners, bound: limits.maxWantedFileBytes, ratio: limits.maxCompressionRatio });
}

const knownOptions = new WeakMap<object, string>();

/** Once for each set of options: a list of known-bad digests may have a million lines. */
function fingerprintOfExaminer({ id, version: examinerVersion, options }: ExaminerSource): string {
  const known = knownOptions.get(options) ?? digestOfValue(options);
  knownOptions.set(options, known);
  return `${id}@${examinerVersion}:${known}`;
}

function digestOfValue(value: unknown): string {
  return createHash('sha256').update(serialize(value)).digest('hex').slice(0, 32);
}

function keptBytes(table: LayerTable): number {
  return table.blocks.reduce((sum, block) => sum + block.length, 0);
}

/** Paths hold no NUL (layerPath): one long text is read many times faster than a list. */
function encodeLayer(layer: ScannedLayer): Buffer[] {
  const table = layer.table as LayerTable;
  const body = serialize({ ...layer, table: { ...table, paths: table.paths.join('\0') } });
  const crc = Buffer.alloc(crcBytes);
  crc.writeUInt32LE(crc32(body));
  return [magic, crc, body];
}

/** Undefined where the bytes are not whole, or of another version. */
function decodeLayer(bytes: Buffer): ScannedLayer | undefined {
  const start = magic.length + crcBytes;
  if (bytes.length < start || !bytes.subarray(0, magic.length).equals(magic)) return undefined;
  const body = bytes.subarray(start);
  if (crc32(body) !== bytes.readUInt32LE(magic.length)) return undefined;
  const layer = deserialize(body) as ScannedLayer & { table: { paths: string } };
  const { paths } = layer.table as unknown as { paths: string };
  return { ...layer, table: { ...layer.table, paths: layer.table.count === 0 ? [] : paths.split('\0') } };
}
