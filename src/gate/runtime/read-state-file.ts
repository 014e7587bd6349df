import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { parseJson } from '../../base/index.ts';

const largest = 64 * 1024 * 1024;

/** JSON that an engine keeps on disk; undefined where it is not there, is no regular file, is too large, or is no JSON. */
export async function readStateFile(path: string, limit = largest): Promise<unknown> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size } = await file.stat();
      if (size > limit) return undefined;
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
