import type { Digest } from '../../base/index.ts';
import { answer, type Exchange, mayPush, sendStream } from './exchange.ts';
import { GateRefusal } from './oci-error.ts';
import { refusalOf } from './refusal-of.ts';
import { type ByteRange, parseRange, verifiedStream } from './verified-stream.ts';

/** A blob that the asker may have, and where it lies. */
interface AdmittedBlob {
  readonly repository: string;
  readonly size: number;
}

/**
 * A blob, as a whole or a range of it: to pullers where it belongs to an image that is certified, to pushers also what lies
 * in quarantine. Bytes are verified on their way; an answer that turns out to be wrong breaks off before its end.
 */
export async function serveBlob(
  exchange: Exchange,
  { repository, digest }: { readonly repository: string; readonly digest: Digest },
): Promise<void> {
  const { request, registry, gate, signal } = exchange;
  const blob = await admit(exchange, repository, digest);
  const { size } = blob;
  const range = parseRange(request.headers.range, size);
  if (range === 'unsatisfiable') {
    throw new GateRefusal('BLOB_UPLOAD_INVALID', `the blob has ${size} bytes`, { 'content-range': `bytes */${size}` });
  }
  const headers = headersOf(digest, size, range);
  const status = range ? 206 : 200;
  if (request.method === 'HEAD' || size === 0) return answer(exchange, status, headers);
  const reader = await gate.reader(registry, blob.repository);
  const source = await reader.blob(digest, signal);
  const stream = verifiedStream(source, { digest, size, ...(range ? { range } : {}) })[Symbol.asyncIterator]();
  // What fails before the first byte is told; later it can only break off.
  const first = await stream.next();
  exchange.response.writeHead(status, { 'docker-distribution-api-version': 'registry/2.0', ...headers });
  await sendStream(
    exchange,
    (async function* () {
      if (!first.done) yield first.value;
      yield* { [Symbol.asyncIterator]: () => stream };
    })(),
  );
}

async function admit(exchange: Exchange, repository: string, digest: Digest): Promise<AdmittedBlob> {
  const { registry, gate, principal, signal } = exchange;
  const admission = await gate.pulls.content(registry, repository, digest);
  if (admission.state === 'admitted' && admission.content.kind !== 'manifest') {
    return { repository, size: admission.content.size };
  }
  const places = [
    ...(gate.pulls.isBesideCertified(registry, repository, digest) ? [repository] : []),
    ...(mayPush(principal) ? [gate.quarantineOf(registry, repository)] : []),
  ];
  for (const place of places) {
    const size = place && (await (await gate.reader(registry, place)).blobSize(digest, signal));
    if (place && typeof size === 'number') return { repository: place, size };
  }
  throw refusalOf(admission, 'BLOB_UNKNOWN');
}

function headersOf(digest: Digest, size: number, range: ByteRange | undefined): Record<string, string | number> {
  return {
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    'accept-ranges': 'bytes',
    'content-length': range ? range.last + 1 - range.first : size,
    ...(range ? { 'content-range': `bytes ${range.first}-${range.last}/${size}` } : {}),
  };
}
