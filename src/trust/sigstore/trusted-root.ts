import type { TrustedRoot } from '@sigstore/protobuf-specs';
import type { TrustMaterial } from '@sigstore/verify';
import { asObject, BoundError, lazyLibrary, messageOf, parseJson } from '../../base/index.ts';
import { TrustError } from '../trust-error.ts';

const verifier = lazyLibrary<typeof import('@sigstore/verify')>('@sigstore/verify');
const specs = lazyLibrary<typeof import('@sigstore/protobuf-specs')>('@sigstore/protobuf-specs');

/** Certificate authorities, logs and timestamp authorities whose word counts, each with when. */
export type SigstoreRoot = Omit<TrustMaterial, 'publicKey'>;

const maxBytes = 4 * 1024 * 1024;
const maxAuthorities = 100;
const mediaType = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;

/**
 * A sigstore trusted root (protobuf-specs, sigstore_trustroot.proto, TrustedRoot), such as `trusted_root.json` of a TUF
 * repository. A log that does not say since when it is valid is left out: it would be valid for whatever was ever signed.
 * Authorities are bounded by their certificates besides. Throws TrustError `bad-trust-root`.
 */
export function parseTrustedRoot(text: string, where: string): SigstoreRoot {
  const refuse = (why: string, cause?: unknown): never => {
    throw new TrustError('bad-trust-root', `${where} ${why}`, {
      ...(cause === undefined ? {} : { cause }),
      remedy: 'Give the trusted_root.json of a sigstore instance.',
    });
  };
  if (text.length > maxBytes) refuse(`is larger than ${maxBytes} bytes`);
  let root: TrustedRoot;
  try {
    const document = asObject(parseJson(text, where)) ?? refuse('is not a JSON object');
    if (!mediaType.test(String(document.mediaType))) refuse('does not say that it is a sigstore trusted root');
    root = specs().TrustedRoot.fromJSON(document);
  } catch (cause) {
    if (cause instanceof TrustError) throw cause;
    return refuse(cause instanceof BoundError ? 'is not JSON' : `cannot be read: ${messageOf(cause)}`, cause);
  }
  const { tlogs, ctlogs, certificateAuthorities, timestampAuthorities } = root;
  if ([tlogs, ctlogs, certificateAuthorities, timestampAuthorities].some((list) => list.length > maxAuthorities)) {
    refuse(`lists more than ${maxAuthorities} authorities of a kind`);
  }
  try {
    const dated = {
      ...root,
      tlogs: tlogs.filter(({ publicKey }) => publicKey?.validFor?.start),
      ctlogs: ctlogs.filter(({ publicKey }) => publicKey?.validFor?.start),
    };
    const { publicKey: _none, ...material } = verifier().toTrustMaterial(dated);
    return material;
  } catch (cause) {
    return refuse(`has a key or a certificate that cannot be read: ${messageOf(cause)}`, cause);
  }
}
