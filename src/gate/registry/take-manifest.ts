import {
  asObject,
  BoundError,
  decodeUtf8,
  digestAlgorithm,
  digestOf,
  parseDigest,
  parseJson,
} from '../../base/index.ts';
import { answer, type Exchange, readBody } from './exchange.ts';
import { GateRefusal } from './oci-error.ts';
import { manifestLimit } from './serve-manifest.ts';
import { parseSignatureManifest, subjectOfTag } from './signature-manifest.ts';

const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/**
 * A manifest that is pushed: into quarantine, whatever it is. An image under a tag is to be certified from then on; what
 * vouches for an image may be what that one was waiting for.
 */
export async function takeManifest(
  exchange: Exchange,
  { repository, reference }: { readonly repository: string; readonly reference: string },
): Promise<void> {
  const { registry, gate, signal } = exchange;
  const quarantine = gate.quarantineOf(registry, repository);
  if (quarantine === undefined) {
    throw new GateRefusal(
      'NAME_UNKNOWN',
      `${repository} is no trusted repository of ${registry.metadata.name}; its document lists those`,
    );
  }
  const bytes = await readBody(exchange, manifestLimit);
  const mediaType = checkManifest(bytes, exchange.request.headers['content-type'] ?? '');
  const wanted = parseDigest(reference);
  const digest = digestOf(bytes, wanted ? digestAlgorithm(wanted) : 'sha256');
  if (wanted && wanted !== digest) throw new GateRefusal('DIGEST_INVALID', `what was sent has the digest ${digest}`);
  const writer = await gate.writer(registry, quarantine);
  const signature = parseSignatureManifest(bytes);
  const subject = signature?.subject ?? (wanted ? undefined : subjectOfTag(reference));
  const isListed = signature?.subject
    ? (await writer.putReferrer(reference, bytes, mediaType, signature.subject, signal)).listed
    : await writer.putManifest(reference, bytes, mediaType, signal).then(() => false);
  if (subject) await gate.signed(registry, repository, subject, digest);
  else if (!wanted) await gate.pushed(registry, repository, { digest, tag: reference });
  answer(exchange, 201, {
    location: `/v2/${repository}/manifests/${reference}`,
    'docker-content-digest': digest,
    'content-length': 0,
    ...(isListed && signature?.subject ? { 'oci-subject': signature.subject } : {}),
  });
}

/** What it is by what it holds and by how it is sent, which must be one (CVE-2021-41190). Gives its media type. */
function checkManifest(bytes: Uint8Array, contentType: string): string {
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const bad = (why: string) => new GateRefusal('MANIFEST_INVALID', `the manifest ${why}`);
  const document =
    parseObject(bytes) ??
    (() => {
      throw bad('is no JSON object');
    })();
  const isIndex = document.manifests !== undefined;
  const isManifest = document.config !== undefined || document.layers !== undefined;
  if (document.schemaVersion !== 2) throw bad('is not of schema version 2');
  if (isIndex === isManifest) throw bad('must be a manifest or an index, and not both');
  if (!(isIndex ? indexTypes : manifestTypes).includes(mediaType)) throw bad(`is sent as "${mediaType.slice(0, 80)}"`);
  if (document.mediaType !== undefined && document.mediaType !== mediaType)
    throw bad('says that it is something else than it is sent as');
  return mediaType;
}

function parseObject(bytes: Uint8Array) {
  try {
    return asObject(parseJson(decodeUtf8(bytes, 'the manifest'), 'the manifest'));
  } catch (error) {
    if (error instanceof BoundError) return undefined;
    throw error;
  }
}
