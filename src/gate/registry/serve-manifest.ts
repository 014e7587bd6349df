import { type Digest, parseDigest } from '../../base/index.ts';
import { ImageError } from '../../image/index.ts';
import { answer, type Exchange, mayPush } from './exchange.ts';
import { GateRefusal } from './oci-error.ts';
import { refusalOf } from './refusal-of.ts';
import { parseSignatureManifest, subjectOfTag } from './signature-manifest.ts';

/** Bytes of a manifest that registries take at least (distribution specification 1.1, "Pushing Manifests"). */
export const manifestLimit = 4 * 2 ** 20;

interface Served {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly mediaType: string;
}

/**
 * A manifest or an index: what is certified, what vouches for it, and to whoever may push what lies in quarantine under that
 * name. A tag leads to what was promoted under it, not to where somebody moved it in the registry behind.
 */
export async function serveManifest(
  exchange: Exchange,
  route: { readonly repository: string; readonly reference: string },
): Promise<void> {
  const { bytes, digest, mediaType } = (await fromQuarantine(exchange, route)) ?? (await fromTrusted(exchange, route));
  const headers = {
    'content-type': mediaType,
    'content-length': bytes.byteLength,
    'docker-content-digest': digest,
    etag: `"${digest}"`,
  };
  answer(exchange, 200, headers, bytes);
}

async function fromQuarantine(
  { registry, gate, principal, signal }: Exchange,
  { repository, reference }: { readonly repository: string; readonly reference: string },
): Promise<Served | undefined> {
  const place = mayPush(principal) ? gate.quarantineOf(registry, repository) : undefined;
  if (place === undefined) return undefined;
  try {
    return await (await gate.reader(registry, place)).manifest(reference, manifestLimit, signal);
  } catch (error) {
    if (error instanceof ImageError && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function fromTrusted(
  exchange: Exchange,
  { repository, reference }: { readonly repository: string; readonly reference: string },
): Promise<Served> {
  const { registry, gate, signal } = exchange;
  const subject = parseDigest(reference) ? undefined : subjectOfTag(reference);
  if (subject) return signatureOf(exchange, repository, reference, subject);
  const admission = await gate.pulls.manifest(registry, repository, reference);
  if (admission.state === 'admitted') {
    const { digest } = admission.content;
    if (admission.content.kind !== 'manifest') throw refusalOf(admission, 'MANIFEST_UNKNOWN');
    return gate.pulls.remember(registry, repository, digest, async () => {
      const reader = await gate.reader(registry, repository);
      return reader.manifest(digest, manifestLimit, signal);
    });
  }
  // A referrer has a digest of its own, and is certified through what it refers to.
  const digest = parseDigest(reference);
  if (digest && admission.state === 'unknown') {
    const referrer = await signatureOf(exchange, repository, digest, undefined).catch(notFound);
    if (referrer) return referrer;
  }
  throw refusalOf(admission, 'MANIFEST_UNKNOWN');
}

function notFound(error: unknown): undefined {
  const isMissing =
    error instanceof GateRefusal
      ? error.code === 'MANIFEST_UNKNOWN'
      : error instanceof ImageError && error.code === 'not-found';
  if (!isMissing) throw error;
}

/** What vouches for an image that is certified, as the registry has it; its blobs may be had from then on. */
async function signatureOf(
  { registry, gate, signal }: Exchange,
  repository: string,
  reference: string,
  subjectOfName: Digest | undefined,
): Promise<Served> {
  const missing = new GateRefusal('MANIFEST_UNKNOWN', `nothing certified is known as ${repository}:${reference}`);
  if (subjectOfName) await demand(subjectOfName);
  const found = await (await gate.reader(registry, repository)).manifest(reference, manifestLimit, signal);
  const isList = /index|list/.test(found.mediaType);
  if (isList && subjectOfName) return found;
  const manifest = parseSignatureManifest(found.bytes);
  const subject = manifest?.subject ?? subjectOfName;
  if (!manifest || !subject) throw missing;
  await demand(subject);
  for (const blob of manifest.blobs) gate.pulls.admitBeside(registry, repository, blob);
  return found;

  async function demand(digest: Digest): Promise<void> {
    const admission = await gate.pulls.content(registry, repository, digest);
    if (admission.state !== 'admitted') throw refusalOf(admission, 'MANIFEST_UNKNOWN');
  }
}
