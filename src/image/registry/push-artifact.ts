import { isDeepStrictEqual } from 'node:util';
import { asObject, type Digest, digestOf, type JsonObject } from '../../base/index.ts';
import { findLayers } from './find-layers.ts';
import { listReferrer } from './list-referrer.ts';
import type { RegistryWriter } from './registry-writer.ts';

/** What is pushed beside an image: a signature, an attestation, a bill of materials. */
export interface Artifact {
  readonly bytes: Uint8Array;
  /** Of the bytes. */
  readonly mediaType: string;
  /** Of the layer: where cosign keeps signatures. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType: string;
  /** The manifest or index that it is about: it becomes a referrer of that. */
  readonly subject?: ArtifactSubject;
  /** What it is found under; by its digest alone where there is none. */
  readonly tag?: string;
  /** Whether the layers that lie under the tag are kept beside it, as cosign keeps the signatures of others; else they go. */
  readonly append?: boolean;
  /** An annotation: of what is kept, what has the same value of it as this goes, for it is only older. */
  readonly replacing?: string;
}

export interface ArtifactSubject {
  readonly digest: Digest;
  /** Bytes of the document. */
  readonly size: number;
  readonly mediaType: string;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const emptyConfig = { bytes: Buffer.from('{}'), mediaType: 'application/vnd.oci.empty.v1+json' };

/**
 * Pushes a manifest with one layer (OCI image specification 1.1, manifest.md, "Guidelines for Artifact Usage"). With a
 * subject it is a referrer, and listed as one also where the registry has no list (distribution specification 1.1, "Pushing
 * Manifests with Subject"); without one it looks like an image, which older registries take as well: so cosign does it.
 * Gives what names the manifest; throws ImageError as the writer, listReferrer and findLayers do.
 */
export async function pushArtifact(
  writer: RegistryWriter,
  artifact: Artifact,
  signal: AbortSignal,
): Promise<ArtifactSubject> {
  const { bytes, mediaType, annotations, artifactType, subject, tag, append, replacing } = artifact;
  const pushedLayer = await pushBytes(writer, bytes, mediaType, signal);
  const layer = { ...pushedLayer, ...(annotations ? { annotations } : {}) };
  const present = tag && append ? await findLayers(writer, tag, signal) : [];
  const isOlder = (other: JsonObject) =>
    replacing !== undefined && asObject(other.annotations)?.[replacing] === annotations?.[replacing];
  const layers = [...present.filter((other) => !isDeepStrictEqual(other, layer) && !isOlder(other)), layer];
  const { bytes: configBytes, mediaType: configType } = subject ? emptyConfig : imageConfig(layers);
  const config = await pushBytes(writer, configBytes, configType, signal);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      ...(subject ? { artifactType } : {}),
      config,
      layers,
      ...(subject ? { subject: descriptorOf(subject) } : {}),
    }),
  );
  const pushed = { mediaType: manifestType, digest: digestOf(manifest), size: manifest.length };
  const reference = tag ?? pushed.digest;
  if (!subject) {
    await writer.putManifest(reference, manifest, manifestType, signal);
    return pushed;
  }
  const { listed } = await writer.putReferrer(reference, manifest, manifestType, subject.digest, signal);
  if (!listed) await listReferrer(writer, subject.digest, { ...pushed, artifactType }, signal);
  return pushed;
}

/** Bytes as a blob, unless it is there. */
async function pushBytes(
  writer: RegistryWriter,
  bytes: Uint8Array,
  mediaType: string,
  signal: AbortSignal,
): Promise<ArtifactSubject> {
  const digest = digestOf(bytes);
  async function* whole(): AsyncIterable<Uint8Array> {
    yield bytes;
  }
  if (!(await writer.hasBlob(digest, signal))) {
    await writer.putBlob(digest, bytes.byteLength, async () => whole(), signal);
  }
  return { mediaType, digest, size: bytes.byteLength };
}

/** Of no platform: what cosign pushes signatures with (sigstore/cosign, specs/SIGNATURE_SPEC.md). */
function imageConfig(layers: readonly JsonObject[]): { readonly bytes: Buffer; readonly mediaType: string } {
  const config = {
    architecture: '',
    os: '',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  };
  return { bytes: Buffer.from(JSON.stringify(config)), mediaType: 'application/vnd.oci.image.config.v1+json' };
}

function descriptorOf({ mediaType, digest, size }: ArtifactSubject): ArtifactSubject {
  return { mediaType, digest, size };
}
