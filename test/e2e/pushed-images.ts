import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../src/base/index.ts';
import type { RegistryWriter } from '../../src/image/index.ts';
import { createRegistryWriter } from '../../src/image/registry/registry-writer.ts';
import { platformOfNode } from '../../src/model/index.ts';
import type { RegistryServer } from '../engines/index.ts';

export const signal = new AbortController().signal;
export const anybody = { credentialFile: false } as const;
export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
export const indexType = 'application/vnd.oci.image.index.v1+json';

export async function* inPieces(bytes: Uint8Array, size = 64 * 1024): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Uploads that a registry has begun in a repository and still waits for; of those given up it keeps empty directories. */
export function unfinished(server: RegistryServer, repository: string): readonly string[] {
  const directory = join(server.storage, 'docker/registry/v2/repositories', repository, '_uploads');
  return existsSync(directory)
    ? readdirSync(directory).filter((id) => existsSync(join(directory, id, 'startedat')))
    : [];
}

export function blobFile(server: RegistryServer, digest: string): string {
  const hex = digest.slice('sha256:'.length);
  return join(server.storage, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
}

/** Pushes the blobs of a small image, and gives its manifest, which is not pushed. */
export async function pushSmall(writer: RegistryWriter, name: string): Promise<{ bytes: Buffer; digest: Digest }> {
  const blob = async (text: string, mediaType: string) => {
    const bytes = Buffer.from(text);
    await writer.putBlob(digestOf(bytes), bytes.length, async () => inPieces(bytes), signal);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  };
  const config = await blob(`{"name":"${name}"}`, 'application/vnd.oci.image.config.v1+json');
  const layers = [await blob(`layer of ${name}`, 'application/vnd.oci.image.layer.v1.tar')];
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers }));
  return { bytes, digest: digestOf(bytes) };
}

/** An index of a small image for another platform, and the image that was pushed. */
export async function pushIndex(server: RegistryServer, digest: Digest): Promise<Digest> {
  const writer = createRegistryWriter({ registry: server.host, repository: 'fleet/busybox' }, anybody, 20_000);
  const other = await pushSmall(writer, 'other');
  await writer.putManifest(other.digest, other.bytes, manifestType, signal);
  const { bytes } = await writer.manifest(digest, 100_000, signal);
  const entry = (of: { bytes: Buffer; digest: Digest }, os: string, architecture: string) => ({
    mediaType: manifestType,
    digest: of.digest,
    size: of.bytes.length,
    platform: { os, architecture },
  });
  const mine = platformOfNode(process.arch);
  const manifests = [entry(other, 'linux', 's390x'), entry({ bytes, digest }, mine.os, mine.architecture)];
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }));
  const pushed = await writer.putManifest('all', index, indexType, signal);
  await writer.close();
  return pushed;
}
