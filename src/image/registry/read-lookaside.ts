import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { BoundError, messageOf, readBounded } from '../../base/index.ts';
import type { PinnedReference, SignatureMaterial } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import { networkFailure } from '../network-failure.ts';

/** Signatures of one image that are asked for, and bytes of one. */
export const lookasideLimits = { signatures: 16, bytes: 64 * 1024 };

const stallTimeout = 10_000;

/**
 * OpenPGP signatures that lie beside a registry (containers-image, docs/signature-protocols.md, "docker/distribution
 * registries — separate storage"): `BASE/REPOSITORY@ALGORITHM=HEX/signature-N`, from 1 to the first that is missing. `base`
 * is a file or an http(s) URL. Throws ImageError `unreachable`, `unreadable`, `limit-exceeded`, `bad-response`.
 */
export async function readLookaside(
  base: URL,
  { repository, digest }: PinnedReference,
  signal: AbortSignal,
): Promise<readonly SignatureMaterial[]> {
  const materials: SignatureMaterial[] = [];
  for (let number = 1; number <= lookasideLimits.signatures; number++) {
    const url = new URL(base);
    url.pathname = `${base.pathname.replace(/\/$/, '')}/${repository}@${digest.replace(':', '=')}/signature-${number}`;
    const message = url.protocol === 'file:' ? await readFrom(url) : await fetchFrom(url, signal);
    if (message === undefined) return materials;
    materials.push({ kind: 'gpg', where: url.pathname, message });
  }
  return materials;
}

async function readFrom(url: URL): Promise<Buffer | undefined> {
  const path = fileURLToPath(url);
  try {
    const { size } = await stat(path);
    if (size > lookasideLimits.bytes) throw tooLarge(path);
    return await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (cause instanceof ImageError) throw cause;
    throw new ImageError('unreadable', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function fetchFrom(url: URL, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    const timeouts = { headersTimeout: stallTimeout, bodyTimeout: stallTimeout };
    const { statusCode, body } = await request(url, { ...timeouts, signal });
    if (statusCode === 200) return await readBounded(body, lookasideLimits.bytes, url.href);
    await body.dump();
    if (statusCode === 404) return undefined;
    throw new ImageError('bad-response', `${url.host} answered ${statusCode} for ${url.pathname}`);
  } catch (cause) {
    if (cause instanceof BoundError) throw tooLarge(url.href);
    throw networkFailure(cause, url.host, signal);
  }
}

function tooLarge(what: string): ImageError {
  return new ImageError('limit-exceeded', `${what} is larger than ${lookasideLimits.bytes} bytes`);
}
