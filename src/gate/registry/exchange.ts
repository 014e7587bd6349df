import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RegistryDocument } from '../../policy/index.ts';
import type { GateService } from '../../service/index.ts';
import { errorDocument, GateRefusal } from './oci-error.ts';

/** Who asks: by a token of the API, or nobody in particular. */
export interface Principal {
  readonly name: string;
  readonly role: 'anonymous' | 'pull' | 'push' | 'admin';
}

/** One request that was let in, and everything that answering it takes. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly registry: RegistryDocument;
  readonly principal: Principal;
  readonly gate: GateService;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

export function mayPush({ role }: Principal): boolean {
  return role === 'push' || role === 'admin';
}

export function answer(
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  status: number,
  headers: Readonly<Record<string, string | number>>,
  body?: Uint8Array | string,
): void {
  response.writeHead(status, { 'docker-distribution-api-version': 'registry/2.0', ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export function answerRefusal(exchange: Pick<Exchange, 'request' | 'response'>, refusal: GateRefusal): void {
  if (exchange.response.headersSent) return void exchange.response.destroy();
  const body = errorDocument(refusal.code, refusal.message);
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) };
  // What is left of the request is not read: the connection is of no more use.
  const close: Record<string, string> = exchange.request.complete ? {} : { connection: 'close' };
  answer(exchange, refusal.status, { ...headers, ...close, ...refusal.headers }, body);
}

/** Sends a stream as the client takes it. Throws what the stream throws; then the answer breaks off. */
export async function sendStream(
  { response, signal }: Pick<Exchange, 'response' | 'signal'>,
  stream: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of stream) {
    if (signal.aborted) return;
    if (!response.write(chunk)) await once(response, 'drain', { signal });
  }
  response.end();
}

/** The body of a request, at most `limit` bytes. Throws GateRefusal. */
export async function readBody({ request }: Pick<Exchange, 'request'>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > limit) throw new GateRefusal('SIZE_INVALID', `it has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
