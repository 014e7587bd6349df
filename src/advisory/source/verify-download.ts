import { createPublicKey, createVerify, type KeyObject, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { messageOf, readBounded } from '../../base/index.ts';
import type { FeedVerification } from '../../model/index.ts';
import { AdvisoryError } from '../advisory-error.ts';
import type { DownloadedFile } from './download.ts';
import type { FeedLimits } from './feed-limits.ts';
import { parseFeedLocation } from './feed-location.ts';
import { openResponse } from './open-response.ts';

const largestChecksums = 1024 * 1024;
const largestSignature = 64 * 1024;
/** An Ed25519 signature is over the whole, which must lie in memory. */
const largestForEd25519 = 1024 * 1024 * 1024;

/**
 * Holds a downloaded file against the checksum and the signature that are demanded of its feed, before a byte of it is
 * read. Throws AdvisoryError `not-verified`.
 */
export async function verifyDownload(
  file: DownloadedFile,
  url: URL,
  verification: FeedVerification,
  limits: FeedLimits,
  signal: AbortSignal,
): Promise<void> {
  const { checksum, signature, key } = verification;
  if (checksum !== undefined) {
    const expected = checksum.startsWith('sha256:')
      ? checksum.slice('sha256:'.length)
      : findChecksum(await fetchText(checksum, largestChecksums, limits, signal), url);
    if (expected?.toLowerCase() !== file.sha256) {
      const said = expected ? `is ${expected}` : `has no line for it at ${checksum}`;
      throw new AdvisoryError('not-verified', `${url.href} has the sha256 ${file.sha256}; its checksum ${said}`);
    }
  }
  if (signature === undefined || key === undefined) return;
  const bytes = decodeSignature(await fetchText(signature, largestSignature, limits, signal));
  if (!(await isSigned(file.path, await readKey(key), bytes)))
    throw new AdvisoryError('not-verified', `the signature at ${signature} is not that of ${key} over ${url.href}`);
}

/** The digest in a file of `HEX  NAME` lines (sha256sum(1)) for the last part of the URL's path; or the only one. */
export function findChecksum(text: string, url: URL): string | undefined {
  const name = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
  const lines = text.split('\n').flatMap((line) => {
    const [, hex, file] = /^\\?([0-9a-fA-F]{64})(?:[ \t]+\*?(.*?))?\s*$/.exec(line) ?? [];
    return hex === undefined ? [] : { hex, file };
  });
  const [only, ...others] = lines;
  if (only && others.length === 0 && only.file === undefined) return only.hex;
  return lines.find(({ file }) => file?.replace(/^.*\//, '') === name)?.hex;
}

async function fetchText(location: string, limit: number, limits: FeedLimits, signal: AbortSignal): Promise<string> {
  const parsed = parseFeedLocation(location);
  if (parsed.kind === 'path') return (await readSmallFile(parsed.path, limit)).toString('latin1');
  const { response, close } = await openResponse(parsed.url, {}, limits, signal);
  try {
    if (response.statusCode !== 200)
      throw new AdvisoryError('not-verified', `${location} answers ${response.statusCode}, so nothing can be verified`);
    return (await readBounded(response.body, limit, location)).toString('latin1');
  } finally {
    await close();
  }
}

/** As openssl and cosign write it: bytes, or their base64. */
function decodeSignature(text: string): Buffer {
  const trimmed = text.trim();
  return /^[A-Za-z0-9+/\s]+={0,2}$/.test(trimmed) ? Buffer.from(trimmed, 'base64') : Buffer.from(text, 'latin1');
}

async function readKey(path: string): Promise<KeyObject> {
  try {
    return createPublicKey(await readSmallFile(path, largestSignature));
  } catch (cause) {
    throw new AdvisoryError('not-verified', `${path} is no public key: ${messageOf(cause)}`, { cause });
  }
}

async function isSigned(path: string, key: KeyObject, signature: Buffer): Promise<boolean> {
  if (key.asymmetricKeyType === 'ed25519')
    return verify(null, await readSmallFile(path, largestForEd25519), key, signature);
  const verifier = createVerify('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) verifier.update(chunk as Buffer);
  return verifier.verify(key, signature);
}

async function readSmallFile(path: string, limit: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > limit) throw new Error(`it is larger than ${limit} bytes`);
    return await readFile(path);
  } catch (cause) {
    throw new AdvisoryError('not-verified', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
