import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { messageOf } from '../base/index.ts';
import type { Settings } from './settings.ts';
import { WiringError } from './wiring-error.ts';

/**
 * The key by which what was let start is named: 64 hex digits in a file, made at the first start for this user alone. Throws
 * WiringError `bad-setting`.
 */
export async function readLaunchKey({ launchKey: file }: Pick<Settings, 'launchKey'>): Promise<Uint8Array> {
  try {
    await writeFile(file, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(file, messageOf(cause), cause);
  }
  const text = (
    await readFile(file, 'utf8').catch((cause) => Promise.reject(unusable(file, messageOf(cause), cause)))
  ).trim();
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
  throw unusable(file, 'it does not hold 64 hex digits');
}

function unusable(file: string, why: string, cause?: unknown): WiringError {
  return new WiringError('bad-setting', `the key of launches in ${file} cannot be used: ${why}`, {
    cause,
    remedy: 'Let PORTWARDEN_LAUNCH_KEY name a file that this user may read and write; it is made where it is not there',
  });
}
