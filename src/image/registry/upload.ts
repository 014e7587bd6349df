import { createHash } from 'node:crypto';
import { type Digest, digestAlgorithm } from '../../base/index.ts';
import { ImageError } from '../image-error.ts';
import type { Access } from './challenge.ts';
import { claimedDigest } from './fetch-manifest.ts';
import type { RegistryRequests } from './registry-request.ts';
import type { TransportAnswer } from './registry-transport.ts';
import type { StreamedBody } from './request-body.ts';

export const writing: Access = { actions: 'pull,push' };
/** Also to give up an upload: the reference registry counts that as deleting. */
export const deleting: Access = { actions: 'pull,push,delete' };

const octets = { 'content-type': 'application/octet-stream' };

/** How long an upload that failed is waited for to be given up, in milliseconds. */
const giveUpTimeout = 5000;

export type OpenBlob = (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

/**
 * Streams a blob into a repository (OCI distribution specification 1.1, "Pushing a blob in chunks", as one chunk): begun by
 * POST, its bytes by PATCH, and finished by PUT only when they have turned out to be what the digest and the size say.
 * Otherwise the upload is given up. Throws ImageError as a request does, `digest-mismatch`, `size-mismatch`, and whatever
 * `open` and its stream throw.
 */
export async function uploadBlob(
  requests: RegistryRequests,
  blob: { readonly digest: Digest; readonly size: number; readonly open: OpenBlob },
  signal: AbortSignal,
): Promise<void> {
  const { transport, send } = requests;
  const begun = await send({ to: 'blobs/uploads/', method: 'POST', access: writing, expected: [202] }, signal);
  let session = await nextStep(requests, begun, signal);
  const source = verified(blob);
  try {
    if (blob.size > 0) {
      const patch = { to: session, method: 'PATCH', headers: octets, body: source.body, access: writing } as const;
      const taken = await send({ ...patch, expected: [200, 201, 202, 204] }, signal);
      session = transport.location(taken) ?? session;
      await transport.discard(taken, signal);
    } else for await (const _ of source.body.open(signal));
    source.check();
    // What the session says is the registry's own: nothing of it may be written in another way.
    const last = new URL(`${session.href}${session.search ? '&' : '?'}digest=${encodeURIComponent(blob.digest)}`);
    const put = { to: last, method: 'PUT', headers: octets, body: new Uint8Array(), access: writing } as const;
    const finished = await send({ ...put, expected: [200, 201, 204] }, signal);
    await transport.discard(finished, signal);
    checkClaim(requests, finished, blob.digest);
  } catch (error) {
    await giveUp(requests, session);
    throw source.failure() ?? error;
  }
}

/** Where an upload goes on: every answer may name another place. */
export async function nextStep(
  { transport, where }: RegistryRequests,
  answer: TransportAnswer,
  signal: AbortSignal,
): Promise<URL> {
  await transport.discard(answer, signal);
  const session = transport.location(answer);
  if (!session) throw new ImageError('bad-response', `an upload to ${where} is to go on nowhere`);
  return session;
}

/** Tells the registry that nothing more comes; where it does not listen, it forgets the upload by itself some day. */
export async function giveUp({ transport, send }: RegistryRequests, session: URL): Promise<void> {
  const signal = AbortSignal.timeout(giveUpTimeout);
  const request = { to: session, method: 'DELETE', access: deleting, expected: [200, 202, 204] } as const;
  await send(request, signal).then(
    (answer) => transport.discard(answer, signal).catch(() => undefined),
    () => undefined,
  );
}

export function checkClaim({ where }: RegistryRequests, answer: TransportAnswer, digest: Digest): Digest | undefined {
  const claimed = claimedDigest(answer);
  if (claimed && claimed !== digest && digestAlgorithm(claimed) === digestAlgorithm(digest)) {
    throw new ImageError('digest-mismatch', `${where} has taken ${digest} as ${claimed}`);
  }
  return claimed;
}

/**
 * The stream of a blob, and whether it was what it must be. As long as its bytes do for what was announced, it is sent to its
 * end also where they are wrong: registries let go of an upload whose PATCH was answered, and not of one that broke off.
 */
function verified({ digest, size, open }: { digest: Digest; size: number; open: OpenBlob }) {
  let failure: unknown;
  let isRead = false;

  async function* read(signal: AbortSignal): AsyncIterable<Uint8Array> {
    const hash = createHash(digestAlgorithm(digest));
    let sent = 0;
    let isTaken = true;
    failure = undefined;
    isRead = false;
    try {
      for await (const chunk of await open(signal)) {
        const fits = chunk.byteLength <= size - sent ? chunk : chunk.subarray(0, size - sent);
        sent += fits.byteLength;
        hash.update(fits);
        isTaken = false;
        if (fits.byteLength > 0) yield fits;
        isTaken = true;
        if (fits !== chunk) return void (failure = mismatch('size-mismatch', `more than ${size} bytes`));
      }
      if (sent < size) throw mismatch('size-mismatch', `${sent} bytes and not ${size}`);
      const found = `${digestAlgorithm(digest)}:${hash.digest('hex')}`;
      if (found !== digest) failure = mismatch('digest-mismatch', `the digest ${found}`);
      isRead = true;
    } catch (error) {
      // What breaks off on the way out comes in here as well.
      if (isTaken) failure = error;
      throw error;
    }
  }

  function mismatch(code: 'size-mismatch' | 'digest-mismatch', has: string): ImageError {
    return new ImageError(code, `blob ${digest} has ${has}`);
  }

  return {
    body: { size, open: read } satisfies StreamedBody,
    failure: () => failure,
    check() {
      if (failure) throw failure;
      // The registry may have answered before the last byte.
      if (!isRead) throw new ImageError('bad-response', `blob ${digest} was answered for before it was sent`);
    },
  };
}
