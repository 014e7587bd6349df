import { randomBytes } from 'node:crypto';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { messageOf } from '../base/index.ts';
import type { Settings } from './settings.ts';
import { WiringError } from './wiring-error.ts';

/**
 * The key by which what was let start is named: 64 hex digits in a file, made at the first start for this user alone. Throws
 * WiringError `bad-setting`.
 */
export async function readLaunchKey({ launchKey: file }: Pick<Settings, 'launchKey'>): Promise<Uint8Array> {
  if ((await stat(file).catch(() => undefined)) === undefined) await makeKey(file);
  const text = (
    await readFile(file, 'utf8').catch((cause) => Promise.reject(unusable(file, messageOf(cause), cause)))
  ).trim();
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
  throw unusable(file, 'it does not hold 64 hex digits');
}

/** Another process that starts meanwhile sees the whole key or none: of two that make one, the first counts. */
async function makeKey(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
    await link(draft, file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(file, messageOf(cause), cause);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

function unusable(file: string, why: string, cause?: unknown): WiringError {
  return new WiringError('bad-setting', `the key of launches in ${file} cannot be used: ${why}`, {
    cause,
    remedy: 'Let PORTWARDEN_LAUNCH_KEY name a file that this user may read and write; it is made where it is not there',
  });
}
