import {
  asArray,
  asObject,
  asString,
  BoundError,
  type Digest,
  decodeUtf8,
  parseDigest,
  parseJson,
} from '../../base/index.ts';

/** What vouches for an image: what it is about, and the blobs that it consists of. */
export interface SignatureManifest {
  readonly subject: Digest | undefined;
  readonly blobs: readonly Digest[];
}

const layerTypes =
  /^application\/(?:vnd\.dev\.cosign\.simplesigning\.v1\+json|vnd\.dsse\.envelope\.v1\+json|vnd\.dev\.sigstore\.bundle(?:\+json;version=0\.[123]|\.v0\.3\+json)|jose\+json|cose|vnd\.in-toto\+json|vnd\.cyclonedx\+json|spdx\+json|vnd\.oci\.empty\.v1\+json)$/;

/**
 * A manifest all of whose layers are signatures, attestations or bills of materials; undefined for anything else. Nothing
 * that an engine could unpack passes for one. Total.
 */
export function parseSignatureManifest(bytes: Uint8Array): SignatureManifest | undefined {
  try {
    const value = asObject(parseJson(decodeUtf8(bytes, 'it'), 'it'));
    const layers = asArray(value?.layers)?.map(asObject);
    const config = asObject(value?.config);
    if (!value || !layers || layers.length === 0 || value.manifests !== undefined) return undefined;
    if (!layers.every((layer) => layerTypes.test(asString(layer?.mediaType) ?? ''))) return undefined;
    const digests = [config, ...layers].map((each) => parseDigest(asString(each?.digest) ?? ''));
    const subject = parseDigest(asString(asObject(value.subject)?.digest) ?? '');
    return { subject, blobs: digests.filter((digest) => digest !== undefined) };
  } catch (error) {
    if (error instanceof BoundError) return undefined;
    throw error;
  }
}

/** The image that a tag of cosign's is about, `sha256-HEX.sig`, or that a list of referrers is of, `sha256-HEX`. */
export function subjectOfTag(tag: string): Digest | undefined {
  const [, algorithm = '', hex = ''] = /^(sha256|sha512)-([0-9a-f]{64,128})(?:\.(?:sig|att|sbom))?$/.exec(tag) ?? [];
  return parseDigest(`${algorithm}:${hex}`);
}
