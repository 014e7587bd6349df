import { Readable } from 'node:stream';

/** What is sent: bytes, or a stream of exactly `size` of them that is opened anew when the request is repeated. */
export type RequestBody = string | Uint8Array | StreamedBody;

export interface StreamedBody {
  /** Absent: it goes out in chunks, which some registries do not take. */
  readonly size?: number;
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export function isStreamed(body: RequestBody | undefined): body is StreamedBody {
  return typeof body === 'object' && 'open' in body;
}

/** A stream whose length is not said goes out in chunks, which some registries do not take. */
export function lengthOf(body: RequestBody | undefined): Readonly<Record<string, string>> {
  return isStreamed(body) && body.size !== undefined ? { 'content-length': String(body.size) } : {};
}

export function openBody(body: RequestBody, signal: AbortSignal): string | Uint8Array | Readable {
  return isStreamed(body) ? Readable.from(body.open(signal)) : body;
}
