import { open } from 'node:fs/promises';
import { ImageError } from './image-error.ts';
import { layerPath, parentOf, pathInRoot } from './layer-path.ts';
import { TarFormatError, type TarHeader, tarType } from './tar-header.ts';
import { type TarSink, TarWalker } from './tar-walker.ts';

/** A regular file inside an archive. */
export interface ArchiveMember {
  readonly offset: number;
  readonly size: number;
}

/** An archive of images has a few entries for each layer. */
const membersAtMost = 100_000;
const readBytes = 16 * 1024;

/**
 * Where the members of an uncompressed tar archive lie, by name without a leading slash; members that are links to
 * others are there too. Reads headers only. Throws ImageError `unreadable`.
 */
export async function readArchiveIndex(file: string, signal: AbortSignal): Promise<ReadonlyMap<string, ArchiveMember>> {
  const handle = await open(file, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new ImageError(
      cause.code === 'ENOENT' ? 'not-found' : 'unreadable',
      `${file} cannot be opened: ${cause.message}`,
      { cause },
    );
  });
  try {
    const { size } = await handle.stat();
    const members = new ArchiveMembers(size);
    const walker = new TarWalker(members);
    members.walker = walker;
    let at = 0;
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    while (at < size && !walker.ended) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, readBytes, at);
      if (bytesRead === 0) break;
      walker.push(buffer.subarray(0, bytesRead));
      at += bytesRead;
      if (walker.skippable > 0) {
        at += walker.skippable;
        walker.skip();
      }
    }
    if (at > size) throw new TarFormatError('the tar stream ends in the middle of an entry');
    walker.end();
    return members.finish();
  } catch (error) {
    if (!(error instanceof TarFormatError)) throw error;
    throw new ImageError('unreadable', `${file} is not a whole tar archive: ${error.message}`, { cause: error });
  } finally {
    await handle.close();
  }
}

class ArchiveMembers implements TarSink {
  walker: TarWalker | undefined;
  readonly #members = new Map<string, ArchiveMember>();
  readonly #links = new ArchiveLinks();
  readonly #archiveSize: number;

  constructor(archiveSize: number) {
    this.#archiveSize = archiveSize;
  }

  entry(header: TarHeader): boolean {
    const name = archiveName(header.name);
    if (this.#members.size > membersAtMost) throw new TarFormatError(`it has more than ${membersAtMost} members`);
    if (name === undefined || this.#links.add(name, header) || header.type !== tarType.file || header.sparse)
      return false;
    const offset = this.walker?.offset ?? 0;
    if (offset + header.size > this.#archiveSize) throw new TarFormatError(`"${name}" is cut off`);
    this.#members.set(name, { offset, size: header.size });
    return false;
  }

  data(): boolean {
    return false;
  }

  dataEnd(): void {}

  finish(): ReadonlyMap<string, ArchiveMember> {
    for (const name of this.#links.names()) {
      const target = this.#members.get(this.#links.follow(name));
      if (target && !this.#members.has(name)) this.#members.set(name, target);
    }
    return this.#members;
  }
}

/** The name of an archive's member, as manifest.json writes it; undefined for one that leads out. */
export function archiveName(name: string): string | undefined {
  return layerPath(name)?.slice(1);
}

/** `docker save` stores a layer that several images share once, and links to it. */
export class ArchiveLinks {
  readonly #targets = new Map<string, string>();

  /** Whether the entry is a link. */
  add(name: string, header: TarHeader): boolean {
    if (header.type === tarType.symlink) {
      const target = header.linkName.startsWith('/') ? header.linkName : `${parentOf(`/${name}`)}/${header.linkName}`;
      this.#targets.set(name, pathInRoot(target).slice(1));
    } else if (header.type === tarType.hardLink) this.#targets.set(name, pathInRoot(header.linkName).slice(1));
    else return false;
    return true;
  }

  names(): Iterable<string> {
    return this.#targets.keys();
  }

  /** What the name leads to; itself where it is no link. A circle ends somewhere, at no member. */
  follow(name: string): string {
    let at = name;
    for (let steps = 0; steps < 40; steps++) {
      const next = this.#targets.get(at);
      if (next === undefined) return at;
      at = next;
    }
    return at;
  }
}
