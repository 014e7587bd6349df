import {
  type FoundSignatures,
  formatImageReference,
  type ImageReference,
  type PinnedReference,
  type Platform,
  type SignatureMaterial,
  type SignedSubject,
} from '../../model/index.ts';
import type { RegistryOptions } from '../reader-options.ts';
import { readLookaside } from './read-lookaside.ts';
import { readSignatures } from './read-signatures.ts';
import { createRegistryClient } from './registry-client.ts';
import { resolveManifest } from './resolve-manifest.ts';

export interface SignatureReading {
  readonly platform: Platform;
  readonly maxManifestBytes: number;
  readonly stallTimeout: number;
  readonly signal: AbortSignal;
  /** Where OpenPGP signatures lie beside the registry. */
  readonly lookaside?: URL;
  /** Under which other repository they may lie there: the one that a quarantined image was signed for. */
  readonly signedAs?: string;
}

/**
 * What vouches for an image in a registry: for the index that was named, where it is one, and for the manifest of the
 * platform that it leads to, which is bound to it by its digest and size. Throws ImageError as opening the image does.
 */
export async function findImageSignatures(
  reference: ImageReference,
  { platform, maxManifestBytes, stallTimeout, signal, lookaside, signedAs }: SignatureReading,
  registry: RegistryOptions = {},
): Promise<readonly FoundSignatures[]> {
  const client = createRegistryClient(reference, registry, stallTimeout);
  try {
    const named = reference.tag || reference.digest ? reference : { ...reference, tag: 'latest' };
    const { chain } = await resolveManifest(client, named, { maxManifestBytes, platform, signal });
    const found: FoundSignatures[] = [];
    for (const { digest, mediaType, bytes } of chain) {
      const { registry: host, repository } = reference;
      const subject: SignedSubject = { image: { registry: host, repository, digest }, mediaType, size: bytes.length };
      const { materials, ...rest } = await readSignatures(client, subject, signal);
      const beside = lookaside ? await readBeside(lookaside, subject.image, signedAs, signal) : [];
      found.push({ ...rest, materials: [...materials, ...beside] });
    }
    if (found.length === 0) throw new TypeError(`${formatImageReference(named)} leads to no manifest`);
    return found;
  } finally {
    await client.close();
  }
}

async function readBeside(
  lookaside: URL,
  image: PinnedReference,
  signedAs: string | undefined,
  signal: AbortSignal,
): Promise<readonly SignatureMaterial[]> {
  const names = new Set([image.repository, signedAs ?? image.repository]);
  const found: SignatureMaterial[] = [];
  for (const repository of names) found.push(...(await readLookaside(lookaside, { ...image, repository }, signal)));
  return found;
}
