import { asObject, asString, BoundError, type Digest, decodeUtf8, parseDigest, parseJson } from '../../base/index.ts';
import { ImageReferenceError, parseImageReference, type RejectedTrust, rejected } from '../../model/index.ts';

/** What a simple signature says: this repository has this content. */
export interface SimpleSigning {
  readonly digest: Digest;
  /** Registry and repository, in full. */
  readonly repository: string;
}

const maxPayload = 64 * 1024;

/** `critical.type` of who writes it: cosign's specification, and containers-signature.5 for OpenPGP. */
export const simpleSigningTypes = {
  cosign: ['cosign container image signature', 'https://sigstore.dev/cosign/sign/v1'],
  gpg: ['atomic container signature'],
} as const;

/**
 * The payload of a simple signature (containers-image, docs/containers-signature.5.md; sigstore/cosign,
 * specs/SIGNATURE_SPEC.md). Unknown critical fields mean something that is not understood, and are refused. Total.
 */
export function parseSimpleSigning(payload: Uint8Array, scheme: 'cosign' | 'gpg'): SimpleSigning | RejectedTrust {
  if (payload.byteLength > maxPayload) return rejected('limit-exceeded', 'the payload is larger than 64 KiB');
  let document: ReturnType<typeof asObject>;
  try {
    document = asObject(parseJson(decodeUtf8(payload, 'the payload'), 'the payload'));
  } catch (error) {
    if (error instanceof BoundError) return rejected('wrong-payload', error.message);
    throw error;
  }
  const critical = asObject(document?.critical);
  const identity = asObject(critical?.identity);
  const image = asObject(critical?.image);
  if (!document || !critical || !identity || !image) {
    return rejected('wrong-payload', 'the payload is no simple signature');
  }
  const type = asString(critical.type) ?? '';
  if (!(simpleSigningTypes[scheme] as readonly string[]).includes(type)) {
    return rejected('wrong-payload', `the payload is of the type "${type.slice(0, 80)}"`);
  }
  const known = { document: ['critical', 'optional'], critical: ['identity', 'image', 'type'] };
  const unknown = [
    ...Object.keys(document).filter((key) => !known.document.includes(key)),
    ...Object.keys(critical).filter((key) => !known.critical.includes(key)),
    ...Object.keys(identity).filter((key) => key !== 'docker-reference'),
    ...Object.keys(image).filter((key) => key !== 'docker-manifest-digest'),
  ];
  if (unknown.length > 0)
    return rejected('wrong-payload', `the payload has an unknown field "${unknown[0]?.slice(0, 80)}"`);
  const digest = parseDigest(asString(image['docker-manifest-digest']) ?? '');
  if (!digest) return rejected('wrong-payload', 'the payload names no digest');
  const repository = parseRepository(asString(identity['docker-reference']) ?? '');
  if (repository === undefined) return rejected('wrong-repository', 'the payload names no repository');
  return { digest, repository };
}

/** The repository of a reference with or without tag or digest. */
function parseRepository(reference: string): string | undefined {
  try {
    const { registry, repository } = parseImageReference(reference);
    return `${registry}/${repository}`;
  } catch (error) {
    if (error instanceof ImageReferenceError) return undefined;
    throw error;
  }
}

/** That a simple signature is of this content under one of these names; undefined where it is. */
export function refuseOther(
  signed: SimpleSigning,
  digest: Digest,
  repositories: readonly string[],
): RejectedTrust | undefined {
  if (signed.digest !== digest) return rejected('wrong-subject', `it is a signature of ${signed.digest}`);
  if (repositories.includes(signed.repository)) return undefined;
  return rejected('wrong-repository', `it is signed as ${signed.repository}, not as ${repositories.join(' or ')}`);
}
