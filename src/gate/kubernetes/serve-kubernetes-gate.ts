import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { type Log, messageOf } from '../../base/index.ts';
import { maxReviewBytes } from './admission-review.ts';
import type { KubernetesGate } from './kubernetes-gate.ts';
import { parseTimeout } from './parse-timeout.ts';
import type { CertificateStore, ServingCertificate } from './serving-certificates.ts';

export interface KubernetesGateServerParts {
  readonly host: string;
  readonly port: number;
  readonly certificates: CertificateStore;
  readonly gate: KubernetesGate;
  /** Who may ask: certificates by this authority (PEM), of these common names, of any where none is said. Absent: everybody. */
  readonly clients?: { readonly ca: string; readonly names?: readonly string[] };
  /** Milliseconds between two looks at the certificate; ten seconds unless said. */
  readonly lookEvery?: number;
  readonly log: Log;
}

export interface KubernetesGateServer {
  /** `https://127.0.0.1:9443` */
  readonly address: string;
  /** Looks at the certificate now. */
  renew(): Promise<void>;
  /** Takes no more, finishes what is asked, and ends. */
  close(): Promise<void>;
}

/** The API server keeps idle connections for 90 s; whoever closes first may meet a request that is on its way. */
const keepAlive = 120_000;
const slowestRequest = 30_000;
const mostConnections = 1000;
/** Of bodies that are being read, all together. */
const mostBytes = 256 * 2 ** 20;
const longestFinish = 10_000;

/** Serves /validate, /mutate and /healthz over TLS 1.2 or later. Throws CertificateStoreError, and what listening throws. */
export async function serveKubernetesGate(parts: KubernetesGateServerParts): Promise<KubernetesGateServer> {
  const { host, port, certificates, log, lookEvery = 10_000 } = parts;
  let shown = await certificates.read();
  const reading = { bytes: 0 };
  const handle = (request: IncomingMessage, response: ServerResponse) => serve(parts, reading, request, response);
  const server = createServer(
    {
      ...secureOptions(shown, parts),
      // Probes come without a certificate: who may ask is looked at for each path.
      ...(parts.clients ? { requestCert: true, rejectUnauthorized: false } : {}),
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: slowestRequest,
      connectionsCheckingInterval: 5_000,
      keepAliveTimeout: keepAlive,
      handshakeTimeout: 10_000,
      noDelay: true,
    },
    handle,
  );
  server.maxConnections = mostConnections;
  server.on('clientError', (_error, socket) => socket.destroy());
  // A handshake that fails is the client's: the API server logs it as well.
  server.on('tlsClientError', (error) =>
    log.debug({ error: messageOf(error) }, 'a TLS handshake with the gate failed'),
  );
  await listen(server, host, port);
  const { port: taken } = server.address() as AddressInfo;

  async function renew(): Promise<void> {
    try {
      const found = await certificates.read();
      if (found.certificate === shown.certificate && found.key === shown.key) return;
      // Connections that are open keep what they began with.
      server.setSecureContext(secureOptions(found, parts));
      shown = found;
      log.info({}, 'the kubernetes gate shows a new certificate');
    } catch (error) {
      log.error(
        { error: messageOf(error) },
        'the certificate of the kubernetes gate cannot be read; the old one stays',
      );
    }
  }
  const looking = setInterval(() => void renew(), lookEvery);
  looking.unref();
  return {
    address: `https://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    renew,
    async close() {
      clearInterval(looking);
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeIdleConnections();
      const last = setTimeout(() => server.closeAllConnections(), longestFinish);
      await closed;
      clearTimeout(last);
    },
  };
}

function secureOptions(
  { certificate, key }: ServingCertificate,
  { clients }: KubernetesGateServerParts,
): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    ...(clients ? { ca: clients.ca } : {}),
  };
  // Throws here rather than in a handshake.
  createSecureContext(options);
  return options;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function serve(
  parts: KubernetesGateServerParts,
  reading: { bytes: number },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  if (path === '/healthz' && (request.method === 'GET' || request.method === 'HEAD')) return end(response, 200, 'ok\n');
  const ask = path === '/validate' ? parts.gate.validate : path === '/mutate' ? parts.gate.mutate : undefined;
  if (!ask) return refuse(request, response, 404, 'this gate has /validate, /mutate and /healthz\n');
  if (request.method !== 'POST') return refuse(request, response, 405, 'reviews are posted\n');
  if (!isJson(request.headers['content-type'])) return refuse(request, response, 415, 'a review is application/json\n');
  if (request.headers['content-encoding'] !== undefined)
    return refuse(request, response, 415, 'a review is not compressed\n');
  if (!mayAsk(parts, request.socket as TLSSocket))
    return refuse(request, response, 403, 'only the API server may ask\n');
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > maxReviewBytes) return refuse(request, response, 413, 'the review is too large\n');
  if (reading.bytes + length > mostBytes) return refuse(request, response, 429, 'too many reviews at a time\n');
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), parseTimeout(mark < 0 ? '' : url.slice(mark + 1)));
  response.on('close', () => clearTimeout(timer));
  readBody(request, reading, (body) => {
    if (body === undefined) return refuse(request, response, 413, 'the review is too large\n');
    ask(body, late.signal).then(
      (reply) => end(response, reply.status, reply.body, reply.status === 200 ? 'application/json' : undefined),
      (error: unknown) => {
        parts.log.error({ error: messageOf(error) }, 'the kubernetes gate failed');
        end(response, 500, 'the gate failed; its log says why\n');
      },
    );
  });
}

/** Gives the body when it is there; undefined as soon as it is over a bound. Nothing where the client goes away. */
function readBody(
  request: IncomingMessage,
  reading: { bytes: number },
  done: (body: Buffer | undefined) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isOver = false;
  request.on('data', (chunk: Buffer) => {
    if (isOver) return;
    size += chunk.length;
    reading.bytes += chunk.length;
    if (size <= maxReviewBytes && reading.bytes <= mostBytes) return void chunks.push(chunk);
    isOver = true;
    chunks.length = 0;
    done(undefined);
  });
  request.on('end', () => {
    if (!isOver) done(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size));
  });
  request.on('close', () => {
    reading.bytes -= size;
  });
}

function mayAsk({ clients }: KubernetesGateServerParts, socket: TLSSocket): boolean {
  if (!clients) return true;
  if (!socket.authorized) return false;
  if (!clients.names) return true;
  const { CN } = socket.getPeerCertificate().subject ?? {};
  return typeof CN === 'string' && clients.names.includes(CN);
}

function isJson(type: string | undefined): boolean {
  return type !== undefined && /^application\/json(?: *;|$)/i.test(type);
}

/** What is left of the body is not read: the connection ends. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number, body: string): void {
  if (response.headersSent || response.destroyed) return;
  const headers = { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body), connection: 'close' };
  response.writeHead(status, status === 429 ? { ...headers, 'retry-after': '1' } : headers);
  response.end(body, () => request.destroy());
}

function end(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
