import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { parseJson } from '../../base/index.ts';

const largest = 64 * 1024 * 1024;

export interface StateFileOptions {
  readonly limit?: number;
  /** Whose file it must be. */
  readonly owner?: number;
}

/** JSON that an engine keeps on disk; undefined where it is not there, is no regular file, is too large, is another's, or is no JSON. */
export async function readStateFile(path: string, options: StateFileOptions = {}): Promise<unknown> {
  const { limit = largest, owner } = options;
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size, uid } = await file.stat();
      if (size > limit || (owner !== undefined && uid !== owner)) return undefined;
      const bytes = Buffer.alloc(size);
      const { bytesRead } = await file.read(bytes, 0, size, 0);
      return parseJson(bytes.toString('utf8', 0, bytesRead), path);
    } finally {
      await file.close();
    }
  } catch {
    // Whoever asked says that it is not known, which is no permission.
    return undefined;
  }
}
