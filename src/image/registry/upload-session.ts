import type { Digest } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import type { RegistryRequests } from './registry-request.ts';
import { checkClaim, giveUp, nextStep, writing } from './upload.ts';

/**
 * A blob that somebody else sends in pieces, whose size and digest are known only at the end (OCI distribution specification
 * 1.1, "Pushing a blob in chunks"). Where the registry keeps it is its own affair, and is told to nobody. Calls must come
 * one after the other. Throws ImageError as a request does.
 */
export interface UploadSession {
  /** Sends a piece; gives how many bytes the registry has now. */
  append(piece: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number>;
  /** All was sent; the registry holds it against the digest. */
  finish(digest: Digest, signal: AbortSignal): Promise<void>;
  cancel(): Promise<void>;
}

const octets = { 'content-type': 'application/octet-stream' };

export async function beginUpload(requests: RegistryRequests, signal: AbortSignal): Promise<UploadSession> {
  const { transport, send, where } = requests;
  const begun = await send({ to: 'blobs/uploads/', method: 'POST', access: writing, expected: [202] }, signal);
  let session = await nextStep(requests, begun, signal);
  let sent = 0;
  return {
    async append(piece, appending) {
      let isOpen = false;
      async function* counted(): AsyncIterable<Uint8Array> {
        // Of a piece that has begun to come there is no second copy.
        if (isOpen) throw new ImageError('unauthorized', `${where} wants a login in the midst of an upload`);
        isOpen = true;
        for await (const chunk of piece) {
          sent += chunk.byteLength;
          yield chunk;
        }
      }
      const body = { open: counted };
      const patch = { to: session, method: 'PATCH', headers: octets, body, access: writing } as const;
      const taken = await send({ ...patch, expected: [200, 201, 202, 204] }, appending);
      session = transport.location(taken) ?? session;
      await transport.discard(taken, appending);
      return sent;
    },
    async finish(digest, finishing) {
      const last = new URL(`${session.href}${session.search ? '&' : '?'}digest=${encodeURIComponent(digest)}`);
      const put = { to: last, method: 'PUT', headers: octets, body: new Uint8Array(), access: writing } as const;
      const finished = await send({ ...put, expected: [200, 201, 204] }, finishing);
      await transport.discard(finished, finishing);
      checkClaim(requests, finished, digest);
    },
    cancel: () => giveUp(requests, session),
  };
}
