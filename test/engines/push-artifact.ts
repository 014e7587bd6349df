import { createHash } from 'node:crypto';
import { request } from 'undici';

export interface PushedArtifact {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

/** Where it is pushed: `127.0.0.1:PORT`, and what to say of oneself. */
export type PushTarget = string | { readonly host: string; readonly headers: Readonly<Record<string, string>> };

const partsOf = (target: PushTarget) => (typeof target === 'string' ? { host: target, headers: {} } : target);

/** A blob in a registry over plain HTTP, in one piece (OCI distribution specification 1.1, "Single POST"-then-PUT). */
export async function pushBlob(
  target: PushTarget,
  repository: string,
  bytes: Uint8Array,
  mediaType: string,
): Promise<PushedArtifact> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const { host, headers: ours } = partsOf(target);
  const begun = await request(`http://${host}/v2/${repository}/blobs/uploads/`, { method: 'POST', headers: ours });
  await begun.body.dump();
  const url = new URL(String(begun.headers.location), `http://${host}`);
  url.searchParams.set('digest', digest);
  const headers = { ...ours, 'content-type': 'application/octet-stream' };
  const put = await request(url, { method: 'PUT', headers, body: bytes });
  const said = await put.body.text();
  if (put.statusCode !== 201) throw new Error(`the registry answered ${put.statusCode}: ${said}`);
  return { digest, size: bytes.byteLength, mediaType };
}

/** A manifest or an index under a tag, or under its digest. */
export async function pushManifest(
  target: PushTarget,
  repository: string,
  document: { mediaType: string },
  tag?: string,
): Promise<PushedArtifact> {
  const bytes = Buffer.from(JSON.stringify(document));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const { host, headers: ours } = partsOf(target);
  const headers = { ...ours, 'content-type': document.mediaType };
  const put = await request(`http://${host}/v2/${repository}/manifests/${tag ?? digest}`, {
    method: 'PUT',
    headers,
    body: bytes,
  });
  const said = await put.body.text();
  if (put.statusCode !== 201) throw new Error(`the registry answered ${put.statusCode}: ${said}`);
  return { digest, size: bytes.byteLength, mediaType: document.mediaType };
}

/** A manifest with one layer beside a subject, or under a tag: how signatures and attestations are kept. */
export async function pushArtifact(
  target: PushTarget,
  repository: string,
  artifact: {
    readonly bytes: Uint8Array;
    readonly mediaType: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly artifactType?: string;
    readonly subject?: PushedArtifact;
    readonly tag?: string;
  },
): Promise<PushedArtifact> {
  const { bytes, mediaType, annotations, artifactType, subject, tag } = artifact;
  const config = await pushBlob(target, repository, Buffer.from('{}'), 'application/vnd.oci.image.config.v1+json');
  const layer = await pushBlob(target, repository, bytes, mediaType);
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    ...(artifactType ? { artifactType } : {}),
    config,
    layers: [{ ...layer, ...(annotations ? { annotations } : {}) }],
    ...(subject ? { subject } : {}),
  };
  return pushManifest(target, repository, manifest, tag);
}
