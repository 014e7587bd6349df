import { open } from 'node:fs/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { messageOf } from '../../base/index.ts';
import { AdvisoryError } from '../advisory-error.ts';
import type { FeedLimits } from './feed-limits.ts';
import { WindowedFile } from './windowed-file.ts';

/** A file of an archive, or why it cannot be read. Its bytes are read, and held to their checksum, when asked for. */
export interface ZipEntry {
  readonly name: string;
  readonly compressedSize: number;
  read(limit: number): Promise<Buffer>;
}

/**
 * The JSON files of a zip archive, one after the other. Nothing is extracted to disk; a name that would lead out of the
 * archive makes all of it refused. Throws AdvisoryError `bad-feed`, `too-large`; from read() too.
 */
export async function* zipEntries(path: string, name: string, limits: FeedLimits): AsyncGenerator<ZipEntry> {
  const file = await open(path);
  try {
    const windows = new WindowedFile(file.fd);
    const archive = await openArchive(windows, (await file.stat()).size, name);
    if (archive.entryCount > limits.entries)
      throw new AdvisoryError('too-large', `${name} has more than ${limits.entries} entries`);
    for await (const entry of entriesOf(archive, name)) {
      if (!/\.(?:json|jsonl|ndjson)$/i.test(entry.fileName)) continue;
      yield {
        name: `${name}!${entry.fileName}`,
        compressedSize: entry.compressedSize,
        read: (limit) => readEntry(archive, windows, entry, limit, `${name}!${entry.fileName}`),
      };
    }
  } finally {
    await file.close();
  }
}

async function openArchive(windows: WindowedFile, size: number, name: string): Promise<ZipFile> {
  try {
    return await new Promise((resolve, reject) => {
      yauzl.fromRandomAccessReader(windows, size, { lazyEntries: true, autoClose: false }, (error, archive) => {
        if (error) reject(error);
        else resolve(archive);
      });
    });
  } catch (cause) {
    throw badArchive(name, cause);
  }
}

async function* entriesOf(archive: ZipFile, name: string): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      archive.removeAllListeners();
      archive.once('entry', resolve);
      archive.once('end', () => resolve(undefined));
      archive.once('error', (cause) => reject(badArchive(name, cause)));
      archive.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

async function readEntry(
  archive: ZipFile,
  windows: WindowedFile,
  entry: Entry,
  limit: number,
  name: string,
): Promise<Buffer> {
  if (!entry.canDecodeFileData())
    throw new AdvisoryError('bad-feed', `${name} is encrypted or packed in a way that is not known`);
  if (entry.uncompressedSize > limit || entry.compressedSize > limit) {
    throw new AdvisoryError('too-large', `${name} is larger than ${limit} bytes`);
  }
  try {
    const fileDataStart = await locate(archive, entry);
    const packed = windows.bytes(fileDataStart, entry.compressedSize);
    if (packed.length !== entry.compressedSize) throw new Error('it is cut off');
    const bytes = entry.compressionMethod === 0 ? packed : inflateRawSync(packed, { maxOutputLength: limit });
    if (bytes.length !== entry.uncompressedSize || crc32(bytes) !== entry.crc32)
      throw new Error('it is not what its checksum says');
    return bytes;
  } catch (cause) {
    throw badArchive(name, cause);
  }
}

function locate(archive: ZipFile, entry: Entry): Promise<number> {
  return new Promise((resolve, reject) => {
    archive.readLocalFileHeader(entry, { minimal: true }, (error, header) => {
      if (error) reject(error);
      else resolve(header.fileDataStart);
    });
  });
}

function badArchive(name: string, cause: unknown): AdvisoryError {
  return new AdvisoryError('bad-feed', `${name} cannot be read: ${messageOf(cause)}`, { cause });
}
