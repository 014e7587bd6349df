import { type Digest, messageOf } from '../../base/index.ts';
import type { CosignAnnotations, FoundSignatures, SignatureMaterial, SignedSubject } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import type { Descriptor } from '../manifest.ts';
import { type ArtifactManifest, parseArtifactManifest, parseReferrers } from './artifact-manifest.ts';
import type { RegistryClient } from './registry-client.ts';

/**
 * Manifests of signatures and layers of them that are read for one subject, and bytes of one and of all: whoever may push
 * beside an image may push as many as she likes (CVE-2023-33957, CVE-2024-29902).
 */
export const signatureLimits = { manifests: 32, layers: 64, layerBytes: 16 * 2 ** 20, bytes: 64 * 2 ** 20 };

const manifestBytes = 4 * 2 ** 20;
const cosignSignature = 'application/vnd.dev.cosign.simplesigning.v1+json';
const envelope = 'application/vnd.dsse.envelope.v1+json';
const notationTypes = ['application/jose+json', 'application/cose'];
const bundleType = /^application\/vnd\.dev\.sigstore\.bundle(?:\+json;version=0\.[123]|\.v0\.3\+json)$/;

/**
 * What vouches for a manifest or an index: cosign's tags (`sha256-HEX.sig`, `.att`) and what refers to it. Only blobs that
 * have their digest are given. Throws ImageError as the client does; what is malformed is left out and told in `left`.
 */
export async function readSignatures(
  client: RegistryClient,
  subject: SignedSubject,
  signal: AbortSignal,
): Promise<FoundSignatures> {
  const { digest } = subject.image;
  const materials: SignatureMaterial[] = [];
  const left: string[] = [];
  let layers = 0;
  let bytes = 0;

  async function take(manifest: ArtifactManifest, where: string): Promise<void> {
    for (const layer of manifest.layers) {
      if (!isKnown(layer.mediaType)) continue;
      if (++layers > signatureLimits.layers) return void left.push(`more than ${signatureLimits.layers} signatures`);
      if (layer.size > signatureLimits.layerBytes || (bytes += layer.size) > signatureLimits.bytes) {
        left.push(`${where}: ${layer.size} bytes are too many`);
        continue;
      }
      const blob = await client.smallBlob(layer.digest, layer.size, signal);
      materials.push(materialOf(layer, blob, where));
    }
  }

  async function read(reference: string, where: string, refersTo: Digest | undefined): Promise<void> {
    try {
      const manifest = parseArtifactManifest((await client.manifest(reference, manifestBytes, signal)).bytes, where);
      if (refersTo && manifest.subject !== refersTo) return void left.push(`${where}: it refers to something else`);
      await take(manifest, where);
    } catch (error) {
      if (!(error instanceof ImageError) || !ownFault.has(error.code)) throw error;
      if (error.code !== 'not-found') left.push(`${where}: ${messageOf(error)}`);
    }
  }

  const tag = digest.replace(':', '-');
  for (const suffix of ['sig', 'att']) await read(`${tag}.${suffix}`, `the tag ${tag}.${suffix}`, undefined);
  const listed = await listReferrers(client, digest, left, signal);
  // Where the registry does not say what they are, each may be a signature.
  const candidates = listed.filter(({ artifactType }) => artifactType === '' || mayBeSignature(artifactType));
  if (candidates.length > signatureLimits.manifests) left.push(`more than ${signatureLimits.manifests} referrers`);
  for (const candidate of candidates.slice(0, signatureLimits.manifests)) {
    await read(candidate.digest, `the referrer ${candidate.digest}`, digest);
  }
  return { subject, materials, ...(left.length > 0 ? { left: left.slice(0, 20).join('; ') } : {}) };
}

/** Whoever may push a tag may make the list of referrers unreadable: cosign's tags count all the same. */
async function listReferrers(client: RegistryClient, digest: Digest, left: string[], signal: AbortSignal) {
  try {
    const referrers = await client.referrers(digest, manifestBytes, signal);
    return referrers ? parseReferrers(referrers, `the referrers of ${digest}`) : [];
  } catch (error) {
    if (!(error instanceof ImageError) || !ownFault.has(error.code)) throw error;
    left.push(messageOf(error));
    return [];
  }
}

/** Faults of one signature, which must not keep the others from being read. */
const ownFault: ReadonlySet<string> = new Set([
  'not-found',
  'bad-manifest',
  'digest-mismatch',
  'limit-exceeded',
  'unsupported-media-type',
]);

function mayBeSignature(artifactType: string): boolean {
  return (
    bundleType.test(artifactType) ||
    artifactType === 'application/vnd.cncf.notary.signature' ||
    artifactType.startsWith('application/vnd.dev.cosign.') ||
    artifactType === 'application/vnd.oci.empty.v1+json' ||
    artifactType === 'application/vnd.oci.image.config.v1+json'
  );
}

function isKnown(mediaType: string): boolean {
  return (
    mediaType === cosignSignature ||
    mediaType === envelope ||
    notationTypes.includes(mediaType) ||
    bundleType.test(mediaType)
  );
}

function materialOf({ mediaType, annotations }: Descriptor, blob: Buffer, where: string): SignatureMaterial {
  if (mediaType === cosignSignature) {
    return { kind: 'cosign-signature', where, payload: blob, annotations: cosignAnnotations(annotations) };
  }
  if (mediaType === envelope) {
    return { kind: 'cosign-attestation', where, envelope: blob, annotations: cosignAnnotations(annotations) };
  }
  if (notationTypes.includes(mediaType)) return { kind: 'notation', where, envelope: blob, mediaType };
  return { kind: 'sigstore-bundle', where, bundle: blob };
}

/** As cosign names them (sigstore/cosign, specs/SIGNATURE_SPEC.md, "Properties"). */
function cosignAnnotations(annotations: Readonly<Record<string, string>>): CosignAnnotations {
  const signature = annotations['dev.cosignproject.cosign/signature'];
  const certificate = annotations['dev.sigstore.cosign/certificate'];
  const rekorBundle = annotations['dev.sigstore.cosign/bundle'];
  const timestamp = annotations['dev.sigstore.cosign/rfc3161timestamp'];
  return {
    ...(signature ? { signature } : {}),
    ...(certificate ? { certificate } : {}),
    ...(rekorBundle ? { rekorBundle } : {}),
    ...(timestamp ? { timestamp } : {}),
  };
}
