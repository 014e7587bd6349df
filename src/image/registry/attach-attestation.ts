import type { Digest } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import { parseManifest } from '../manifest.ts';
import { pushBytes } from './push-artifact.ts';
import type { RegistryWriter } from './registry-writer.ts';

const manifestBytes = 4 * 2 ** 20;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';
const envelopeType = 'application/vnd.dsse.envelope.v1+json';
const mostLayers = 50;

/**
 * Adds a signed statement to those that cosign keeps for an image: a layer more of the tag `sha256-HEX.att`
 * (sigstore/cosign, specs/ATTESTATION_SPEC.md). What others stated there stays; an earlier one of the same type by us is
 * replaced, for it would only be older. Throws ImageError as the writer does.
 */
export async function attachAttestation(
  writer: RegistryWriter,
  subject: Digest,
  { envelope, predicateType }: { readonly envelope: Uint8Array; readonly predicateType: string },
  signal: AbortSignal,
): Promise<void> {
  const tag = `${subject.replace(':', '-')}.att`;
  const layer = await pushBytes(writer, envelope, envelopeType, signal);
  const annotations = { 'dev.cosignproject.cosign/signature': '', predicateType };
  const kept = (await readLayers(writer, tag, signal)).filter(
    (each) => each.annotations.predicateType !== predicateType,
  );
  const layers = [...kept.slice(-mostLayers), { ...layer, annotations }];
  const diffIds = layers.map(({ digest }) => digest);
  const config = { architecture: '', os: '', config: {}, rootfs: { type: 'layers', diff_ids: diffIds } };
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: await pushBytes(writer, Buffer.from(JSON.stringify(config)), configType, signal),
    layers,
  };
  await writer.putManifest(tag, Buffer.from(JSON.stringify(manifest)), manifestType, signal);
}

async function readLayers(writer: RegistryWriter, tag: string, signal: AbortSignal) {
  try {
    const manifest = parseManifest((await writer.manifest(tag, manifestBytes, signal)).bytes, `the tag ${tag}`, true);
    if (manifest.kind !== 'manifest') return [];
    return manifest.layers.map(({ mediaType, digest, size, annotations }) => ({
      mediaType,
      digest,
      size,
      annotations,
    }));
  } catch (error) {
    // Whoever may push there may have put anything there: it is replaced.
    if (error instanceof ImageError && ['not-found', 'bad-manifest'].includes(error.code)) return [];
    throw error;
  }
}
