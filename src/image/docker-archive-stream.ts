import { type Digest, parseDigest } from '../base/index.ts';
import type { ImageContents } from '../model/index.ts';
import { ArchiveLinks } from './archive-index.ts';
import { walkArchive } from './archive-walk.ts';
import { readDockerManifest } from './docker-archive.ts';
import { asAborted, claimsOf, putTogether, verifyConfig } from './image-assembly.ts';
import { ImageError } from './image-error.ts';
import type { ImageFiles } from './image-files.ts';
import { readOciLayout } from './oci-layout.ts';
import { Pipe } from './pipe.ts';
import { brokenClaim, type LayerClaims, mediaTypeProblem, type ScannedLayer, scanLayer } from './scan-layer.ts';
import {
  endReading,
  type LayerLocation,
  type Reading,
  type ReadingOptions,
  scanLocation,
  startReading,
} from './scan-location.ts';

export interface ArchiveStream {
  /** What to call it in messages. */
  readonly name: string;
  /**
   * The tar stream from its beginning; called again for `read()` of a file whose bytes were not kept. Gzip and zstd
   * are undone here.
   */
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** Which image, where there are several: a tag (`1.36`), a name (`busybox:1.36`) or an image ID. */
  readonly tag?: string;
  readonly imageId?: Digest;
  /** What the one image in it is called, where the caller knows better than the archive. */
  readonly knownAs?: {
    readonly imageId: Digest;
    readonly manifestDigest?: Digest;
    readonly references: readonly string[];
  };
}

/**
 * Reads what `docker save` writes and what `GET /images/X/get` answers, in one pass and without temporary files: the
 * legacy form (manifest.json, layer.tar) and the form with an OCI layout inside, whatever the order of its entries.
 * Which members are layers is only known when all have gone by, so every member that is no document is read as one.
 * Throws ImageError as assembleImage does, and `not-found`, `ambiguous`, `bad-manifest`, `unreadable`.
 */
export async function readDockerArchiveStream(stream: ArchiveStream, options: ReadingOptions): Promise<ImageContents> {
  const reading = await startReading(options);
  const members = new StreamedMembers(stream, options, reading);
  try {
    await members.readAll();
    const files = members.files();
    const hasManifest = (await files.locate('manifest.json')) !== undefined;
    const found = hasManifest
      ? await readDockerManifest(files, stream, options.limits)
      : await readOciLayout(
          files,
          { ...(stream.tag ? { tag: stream.tag } : {}), platform: options.platform },
          options.limits,
        );
    const parts = { ...found, ...stream.knownAs };
    const diffIds = verifyConfig(parts, options.limits);
    const scanned: ScannedLayer[] = [];
    for (const [index, layer] of parts.layers.entries()) {
      const claims = claimsOf(layer, diffIds[index] as Digest);
      const known = members.scanned(layer.location);
      scanned.push(known ? checked(known, claims) : await scanLocation(layer.location, claims, reading));
    }
    return putTogether(parts, scanned, options);
  } catch (error) {
    throw asAborted(error, options.signal);
  } finally {
    endReading(reading);
  }
}

/** A layer that was read before anyone knew what it should be. */
function checked(layer: ScannedLayer, claims: LayerClaims): ScannedLayer {
  const broken = layer.table && brokenClaim(layer, claims);
  if (broken) return { ...layer, table: undefined, problems: [...layer.problems, broken] };
  const odd = mediaTypeProblem(claims.mediaType, layer.compression);
  return odd ? { ...layer, problems: [...layer.problems, odd] } : layer;
}

const membersAtMost = 100_000;

/** The members of an archive that has streamed by: documents in memory, everything else read as a layer. */
class StreamedMembers {
  readonly #stream: ArchiveStream;
  readonly #options: ReadingOptions;
  readonly #reading: Reading;
  readonly #documents = new Map<string, Buffer>();
  readonly #layers = new Map<
    string,
    { readonly member: number; readonly size: number; readonly scanned: Promise<ScannedLayer> }
  >();
  readonly #links = new ArchiveLinks();
  readonly #scannedAt = new Map<LayerLocation, ScannedLayer>();
  #documentBytes = 0;

  constructor(stream: ArchiveStream, options: ReadingOptions, reading: Reading) {
    this.#stream = stream;
    this.#options = options;
    this.#reading = reading;
  }

  async readAll(): Promise<void> {
    const { name } = this.#stream;
    const { signal, limits, onProgress } = this.#options;
    let read = 0;
    let pipe: Pipe | undefined;
    let document: { name: string; size: number; member: number; pieces: Buffer[] } | undefined;
    try {
      for await (const event of walkArchive(await this.#stream.open(signal), name, limits.maxUncompressedBytes)) {
        signal.throwIfAborted();
        if (event.type === 'link') this.#links.add(event.name, event.header);
        else if (event.type === 'file') {
          if (this.#layers.size + this.#documents.size >= membersAtMost)
            throw new ImageError('limit-exceeded', `${name} has more than ${membersAtMost} members`);
          document = { ...event, pieces: [] };
        } else if (event.type === 'data') {
          read += event.bytes.length;
          onProgress?.({ bytes: read });
          if (document && document.pieces.length === 0 && !this.#isDocument(document, event.bytes)) {
            pipe = this.#startLayer(document);
            document = undefined;
          }
          if (pipe) await pipe.write(event.bytes);
          else document?.pieces.push(event.bytes);
        } else {
          await pipe?.end();
          if (document) this.#keepDocument(document.name, Buffer.concat(document.pieces));
          pipe = document = undefined;
        }
      }
    } catch (error) {
      await pipe?.fail(error);
      throw error;
    }
  }

  /** Manifests and configurations, by what they begin with; a layer that looks so is read from memory later. */
  #isDocument(file: { name: string; size: number }, head: Buffer): boolean {
    if (file.size > this.#options.limits.maxManifestBytes) return false;
    return (
      head[0] === 0x7b || head[0] === 0x5b || /(?:\.json|\/json|^repositories|VERSION|^oci-layout)$/.test(file.name)
    );
  }

  #keepDocument(name: string, bytes: Buffer): void {
    this.#documentBytes += bytes.length;
    const limit = 16 * this.#options.limits.maxManifestBytes;
    if (this.#documentBytes > limit)
      throw new ImageError('limit-exceeded', `${this.#stream.name} has more than ${limit} bytes of documents`);
    this.#documents.set(name, bytes);
  }

  #startLayer(file: { name: string; size: number; member: number }): Pipe {
    const pipe = new Pipe();
    const digest = parseDigest(file.name.replace(/^blobs\/(\w+)\//, '$1:'));
    const { keep, budget, signal } = this.#reading;
    const scanned = scanLayer(pipe, digest ? { digest } : {}, keep, budget, signal);
    // Whoever needs the layer awaits it; nobody may.
    scanned.catch(() => {});
    this.#layers.set(file.name, { member: file.member, size: file.size, scanned });
    return pipe;
  }

  files(): ImageFiles {
    return {
      name: this.#stream.name,
      read: async (path, limit) => {
        const bytes = this.#documents.get(this.#links.follow(path));
        if (bytes && bytes.length > limit)
          throw new ImageError('limit-exceeded', `${path} is larger than ${limit} bytes`);
        return bytes;
      },
      locate: async (path) => {
        const name = this.#links.follow(path);
        const document = this.#documents.get(name);
        if (document) return { location: { open: async () => onePiece(document) }, size: document.length };
        const layer = this.#layers.get(name);
        if (!layer) return undefined;
        const location: LayerLocation = { open: async (signal) => this.#readMember(layer.member, signal) };
        this.#scannedAt.set(location, await layer.scanned);
        return { location, size: layer.size };
      },
    };
  }

  scanned(location: LayerLocation): ScannedLayer | undefined {
    return this.#scannedAt.get(location);
  }

  /** The whole stream again, up to the end of that member: no bytes were put aside in the first pass. */
  async *#readMember(member: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { name, open } = this.#stream;
    let inside = false;
    for await (const event of walkArchive(await open(signal), name, this.#options.limits.maxUncompressedBytes)) {
      signal.throwIfAborted();
      if (event.type === 'file') inside = event.member === member;
      else if (inside && event.type === 'data') yield event.bytes;
      else if (inside && event.type === 'end') return;
    }
    throw new ImageError('unreadable', `${name} no longer has the layer that it had`);
  }
}

async function* onePiece(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
