import type { Bundle } from '@sigstore/bundle';
import { asArray, asObject, BoundError, decodeUtf8, lazyLibrary, messageOf, parseJson } from '../../base/index.ts';
import { type RejectedTrust, rejected } from '../../model/index.ts';

const library = lazyLibrary<typeof import('@sigstore/bundle')>('@sigstore/bundle');

/** Bytes of a bundle, log entries, timestamps, certificates and hashes of a proof that are looked at. */
export const bundleLimits = { bytes: 32 * 1024 * 1024, entries: 8, timestamps: 8, certificates: 10, hashes: 64 };

const mediaTypes = [
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
];

/**
 * A sigstore bundle, version 0.1 to 0.3 (protobuf-specs, sigstore_bundle.proto, Bundle). Total: what is none is a
 * refusal, `bad-bundle` or `limit-exceeded`.
 */
export function parseBundle(bytes: Uint8Array): Bundle | RejectedTrust {
  if (bytes.byteLength > bundleLimits.bytes) return tooMany(`${bundleLimits.bytes} bytes`);
  try {
    const document = asObject(parseJson(decodeUtf8(bytes, 'the bundle'), 'the bundle'));
    if (!document) return rejected('bad-bundle', 'the bundle is not a JSON object');
    if (!mediaTypes.includes(String(document.mediaType))) {
      return rejected('bad-bundle', 'the bundle does not say that it is a sigstore bundle of version 0.1, 0.2 or 0.3');
    }
    const material = asObject(document.verificationMaterial);
    const chain = asObject(material?.x509CertificateChain);
    const stamps = asObject(material?.timestampVerificationData);
    const entries = asArray(material?.tlogEntries) ?? [];
    if (entries.length > bundleLimits.entries) return tooMany(`${bundleLimits.entries} log entries`);
    if (lengthOf(stamps?.rfc3161Timestamps) > bundleLimits.timestamps) return tooMany('8 timestamps');
    if (lengthOf(chain?.certificates) > bundleLimits.certificates) return tooMany('10 certificates');
    for (const entry of entries) {
      const proof = asObject(asObject(entry)?.inclusionProof);
      if (lengthOf(proof?.hashes) > bundleLimits.hashes) return tooMany('64 hashes of an inclusion proof');
    }
    return library().bundleFromJSON(document);
  } catch (error) {
    const why = error instanceof BoundError ? error.message : `the bundle is not well-formed: ${messageOf(error)}`;
    return rejected('bad-bundle', why);
  }
}

function lengthOf(value: unknown): number {
  return asArray(value)?.length ?? 0;
}

function tooMany(what: string): RejectedTrust {
  return rejected('limit-exceeded', `the bundle has more than ${what}`);
}
