import { messageOf } from '../base/index.ts';
import { ImageError, type ImageErrorCode } from './image-error.ts';

/** Node's and undici's codes for what can go wrong on the way to a registry or an engine. */
const codes: Readonly<Record<string, ImageErrorCode>> = {
  UND_ERR_HEADERS_TIMEOUT: 'stalled',
  UND_ERR_BODY_TIMEOUT: 'stalled',
  UND_ERR_CONNECT_TIMEOUT: 'unreachable',
  UND_ERR_SOCKET: 'unreachable',
  UND_ERR_HEADERS_OVERFLOW: 'bad-response',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'size-mismatch',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EPIPE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};

/** What a failed request or a body that broke off means. `what` names the peer: "the docker engine at /run/x.sock". */
export function networkFailure(cause: unknown, what: string, signal: AbortSignal | undefined): ImageError {
  if (cause instanceof ImageError) return cause;
  if (signal?.aborted) return new ImageError('aborted', `reading from ${what} was aborted`, { cause });
  const code = codes[failureCode(cause) ?? ''];
  if (code === 'stalled') {
    return new ImageError('stalled', `${what} sent nothing for too long`, {
      cause,
      remedy: 'Try again; if it goes on, look at the load and the log of what should answer.',
    });
  }
  return new ImageError(code ?? 'unreachable', `could not read from ${what}: ${messageOf(cause)}`, { cause });
}

/** The `code` of a system or undici error; of an AggregateError of several addresses, that of the first. */
export function failureCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause.cause;
  return inner === cause ? undefined : failureCode(inner);
}

/** The chunks of a body, its failures told as ImageError. */
export async function* withNetworkFailures(
  body: AsyncIterable<Uint8Array>,
  what: string,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (cause) {
    throw networkFailure(cause, what, signal);
  }
}
