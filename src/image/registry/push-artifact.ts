import { type Digest, digestOf } from '../../base/index.ts';
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
 * What lay under the tag is replaced. Gives what names the manifest; throws ImageError as the writer and listReferrer do.
 */
export async function pushArtifact(
  writer: RegistryWriter,
  { bytes, mediaType, annotations, artifactType, subject, tag }: Artifact,
  signal: AbortSignal,
): Promise<ArtifactSubject> {
  const layer = await pushBytes(writer, bytes, mediaType, signal);
  const { bytes: configBytes, mediaType: configType } = subject ? emptyConfig : imageConfig(layer.digest);
  const config = await pushBytes(writer, configBytes, configType, signal);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      ...(subject ? { artifactType } : {}),
      config,
      layers: [{ ...layer, ...(annotations ? { annotations } : {}) }],
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
export async function pushBytes(
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

/** Of no platform, with the one layer: what cosign pushes signatures with (sigstore/cosign, specs/SIGNATURE_SPEC.md). */
function imageConfig(layer: Digest): { readonly bytes: Buffer; readonly mediaType: string } {
  const config = { architecture: '', os: '', config: {}, rootfs: { type: 'layers', diff_ids: [layer] } };
  return { bytes: Buffer.from(JSON.stringify(config)), mediaType: 'application/vnd.oci.image.config.v1+json' };
}

function descriptorOf({ mediaType, digest, size }: ArtifactSubject): ArtifactSubject {
  return { mediaType, digest, size };
}
