import { asNumber, asObject, asString, type Digest } from '../../base/index.ts';
import { type RejectedTrust, rejected } from '../../model/index.ts';
import { readJsonObject } from './json-document.ts';

export interface NotationSubject {
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
}

/**
 * Whether the payload is of that artifact (Notary Project signature specification, "Payload"). Digest, size and media
 * type must be there and be the same; annotations, artifact type and what the specification does not list are the
 * signer's own and decide nothing.
 */
export function findWrongSubject(payload: Uint8Array, subject: NotationSubject): RejectedTrust | undefined {
  const document = readJsonObject(payload, 'the payload');
  if (typeof document === 'string') return rejected('bad-bundle', document);
  const target = asObject(document['targetArtifact']);
  const digest = asString(target?.['digest']);
  const size = asNumber(target?.['size']);
  const mediaType = asString(target?.['mediaType']);
  if (digest === undefined || size === undefined || mediaType === undefined)
    return rejected('bad-bundle', 'the payload does not describe an artifact');
  const isSame = digest === subject.digest && size === subject.size && mediaType === subject.mediaType;
  return isSame ? undefined : rejected('wrong-subject', 'the signature is of another artifact');
}
