import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchiveIndex } from './archive-index.ts';
import { ImageError } from './image-error.ts';
import { readFileRange } from './layer-source.ts';
import type { LayerLocation } from './scan-location.ts';

/** The files that images lie in: of a directory, or members of an archive. */
export interface ImageFiles {
  /** What to call it in messages. */
  readonly name: string;
  /** The whole of a file; undefined where there is none. Throws ImageError `limit-exceeded`, `unreadable`. */
  read(path: string, limit: number): Promise<Buffer | undefined>;
  /** Where a layer lies; undefined where it is missing. */
  locate(path: string): Promise<LocatedFile | undefined>;
}

export interface LocatedFile {
  readonly location: LayerLocation;
  readonly size: number;
}

/** A directory. Only regular files are opened, so that a pipe or a device cannot hold us. */
export function directoryFiles(directory: string): ImageFiles {
  const locate = async (path: string) => {
    const file = join(directory, path);
    const size = await regularFileSize(file);
    return size === undefined ? undefined : { location: { file, offset: 0, length: size }, size };
  };
  return {
    name: directory,
    locate,
    async read(path, limit) {
      const found = await locate(path);
      return found && readRange(found.location, limit);
    },
  };
}

/** An uncompressed tar archive on disk. Throws ImageError `unreadable` where it is none. */
export async function archiveFiles(file: string, signal: AbortSignal): Promise<ImageFiles> {
  const members = await readArchiveIndex(file, signal);
  const find = (path: string) => {
    const member = members.get(path);
    return member && { file, offset: member.offset, length: member.size };
  };
  return {
    name: file,
    async locate(path) {
      const location = find(path);
      return location && { location, size: location.length };
    },
    async read(path, limit) {
      const location = find(path);
      return location && readRange(location, limit);
    },
  };
}

type FileRange = { readonly file: string; readonly offset: number; readonly length: number };

async function readRange(range: FileRange, limit: number): Promise<Buffer> {
  if (range.length > limit)
    throw new ImageError('limit-exceeded', `${range.file} has a document larger than ${limit} bytes`);
  const pieces: Buffer[] = [];
  for await (const piece of readFileRange(range.file, range.offset, range.length)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Undefined where nothing is there. Throws ImageError `unreadable` for what is no regular file or may not be read. */
export async function regularFileSize(file: string): Promise<number | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new ImageError('unreadable', `${file} is not a regular file`);
      return stat.size;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new ImageError('unreadable', `${file} cannot be opened: ${message}`, { cause: error });
  }
}
