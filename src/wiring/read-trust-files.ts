import { open, stat } from 'node:fs/promises';
import { messageOf } from '../base/index.ts';
import type { TrustSources } from '../service/index.ts';
import { parseSigningKey, readTufRoot, signByCommand, signStatement } from '../trust/index.ts';
import { WiringError } from './wiring-error.ts';

/** Bytes of a file that a person named, at most `limit` of them. Throws WiringError `file-unreadable`. */
export async function readNamedFile(path: string, limit: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > limit) throw new Error(`it has more than ${limit} bytes`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new WiringError('file-unreadable', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** What TrustRoot documents name and do not hold; what was seen of TUF repositories is kept in `cache`. */
export function trustSourcesOf(cache: string): TrustSources {
  return {
    readFile: (path) => readNamedFile(path, 8 * 2 ** 20),
    readTuf: (mirror, rootFile) => readTufRoot({ mirror, cache, ...(rootFile === undefined ? {} : { rootFile }) }),
  };
}

/**
 * Whatever signs certificates: a private key in a file that only its owner may read, or `exec:COMMAND ARG…`. Throws
 * WiringError, TrustError.
 */
export async function readSigner(setting: string): Promise<(statement: Uint8Array) => Promise<Uint8Array>> {
  if (setting.startsWith('exec:')) {
    const sign = signByCommand(setting.slice('exec:'.length).trim().split(/\s+/));
    return (statement) => signStatement(statement, sign);
  }
  const pem = await readNamedFile(setting, 64 * 1024);
  const { mode } = await stat(setting);
  if ((mode & 0o077) !== 0) {
    throw new WiringError('bad-setting', `the signing key ${setting} may be read by others than its owner`, {
      remedy: `chmod 600 ${setting}`,
    });
  }
  const sign = parseSigningKey(pem.toString('utf8'), setting);
  return (statement) => signStatement(statement, sign);
}
