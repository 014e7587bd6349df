import { constants, type FileHandle, open } from 'node:fs/promises';
import { decodeUtf8, type Instant, messageOf, systemClock } from '../../../base/index.ts';
import { ImageError } from '../../image-error.ts';
import { sendAmbientRequest } from './ambient-request.ts';
import type { CloudId } from './metadata-addresses.ts';

export interface AmbientRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The cloud whose metadata service this asks. Without it, only HTTPS is spoken, and to no metadata service. */
  readonly metadataOf?: CloudId;
  /** Milliseconds until the whole answer must be there; 5000 unless said. */
  readonly patience?: number;
}

export interface AmbientAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came: nothing of it is trusted. */
  readonly body: Uint8Array;
}

/**
 * All that a machine tells of its own identity: its environment, files that the environment names, and the answers of
 * metadata services and token endpoints. One interface, so that a test can stand for a whole machine.
 */
export interface Ambient {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A regular file of at most `limit` bytes as text. Throws ImageError `credential-failure`, which names the file. */
  readFile(path: string, limit: number): Promise<string>;
  /**
   * The answer, whatever its status; a redirect is one and is not followed. Throws ImageError `unreachable`, `stalled`,
   * `bad-response`, `limit-exceeded` (over `limit` bytes), `redirect-refused` (where such a request must not go),
   * `aborted`.
   */
  request(request: AmbientRequest, limit: number, signal: AbortSignal): Promise<AmbientAnswer>;
  now(): Instant;
}

/** The machine that this runs on. */
export function createAmbient(env: Ambient['env'] = process.env): Ambient {
  return { env, readFile: readSmallFile, request: sendAmbientRequest, now: systemClock.now };
}

async function readSmallFile(path: string, limit: number): Promise<string> {
  let file: FileHandle | undefined;
  try {
    // A pipe that nobody writes to would otherwise block the opening for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error('it is not a regular file');
    // The size may be a lie (/proc has files of 0 bytes with content), or grow: one byte more than allowed shows it.
    const buffer = Buffer.alloc(limit + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > limit) throw new Error(`it is larger than ${limit} bytes`);
    return decodeUtf8(buffer.subarray(0, length), 'it');
  } catch (cause) {
    throw new ImageError('credential-failure', `cannot read ${path}: ${messageOf(cause)}`, {
      cause,
      remedy: 'Correct the environment variable or the file that names it.',
    });
  } finally {
    await file?.close();
  }
}
