import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Log, messageOf } from '../../base/index.ts';
import { ImageError } from '../../image/index.ts';
import type { RegistryDocument } from '../../policy/index.ts';
import type { GateService, LoginService } from '../../service/index.ts';
import { authenticate, challenge, issueToken } from './authenticate.ts';
import { answer, answerRefusal, type Exchange, mayPush } from './exchange.ts';
import { GateRefusal } from './oci-error.ts';
import { parseRoute, type Route } from './parse-route.ts';
import { rememberTokens } from './remember-tokens.ts';
import { serveBlob } from './serve-blob.ts';
import { serveReferrers, serveTags } from './serve-lists.ts';
import { serveManifest } from './serve-manifest.ts';
import { takeManifest } from './take-manifest.ts';
import { createUploads, type Uploads } from './take-upload.ts';

export interface RegistryGateParts {
  readonly gate: GateService;
  readonly login: Pick<LoginService, 'apiToken'>;
  readonly log: Log;
  /** PEM. Without it plain HTTP is spoken. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** An OCI registry (distribution specification 1.1) in front of the registries that documents name. */
export interface RegistryGate {
  /** Gives where it is reached. */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>;
  close(): Promise<void>;
}

const longestIdle = 60_000;
const mostConnections = 4000;

export function createRegistryGate(given: RegistryGateParts): RegistryGate {
  const { log, tls } = given;
  const parts: RegistryGateParts = { ...given, login: rememberTokens(given.login, () => performance.now()) };
  const uploads = createUploads(log);
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    serve(parts, uploads, request, response).catch((error: unknown) => {
      refuse(parts, { request, response }, error);
    });
  };
  const options = { maxHeaderSize: 16 * 1024, headersTimeout: 20_000, requestTimeout: 0, keepAliveTimeout: 30_000 };
  const server = tls ? createTlsServer({ ...options, ...tls }, handle) : createServer(options, handle);
  server.maxConnections = mostConnections;
  // Streams may take their time, as long as they move.
  server.setTimeout(longestIdle, (socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  return {
    async listen({ host, port }) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve();
        });
      });
      const { port: taken } = server.address() as AddressInfo;
      return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${taken}`;
    },
    async close() {
      await uploads.close();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  parts: RegistryGateParts,
  uploads: Uploads,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { gate, login, tls } = parts;
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const host = request.headers.host ?? '';
  const registry = await registryOf(gate, host);
  const [path = ''] = (request.url ?? '').split('?');
  const route = parseRoute(path);
  const origin = `${tls ? 'https' : 'http'}://${host}`;
  if (route.kind === 'fault') throw new GateRefusal(route.code, 'the path of the request is none of a registry');
  const url = new URL(request.url ?? '/', origin);
  if (route.kind === 'token') return serveToken(parts, registry, { request, response });
  const principal = await authenticate(request, registry, login);
  const isWrite = !['GET', 'HEAD'].includes(request.method ?? '');
  const repository = 'repository' in route ? route.repository : undefined;
  if (!principal || (isWrite && principal.role === 'anonymous')) {
    throw new GateRefusal(
      'UNAUTHORIZED',
      'log in with a token: docker login, with any name and the token as password',
      {
        'www-authenticate': challenge(origin, repository, isWrite ? 'pull,push' : 'pull'),
      },
    );
  }
  if (isWrite && !mayPush(principal)) {
    throw new GateRefusal('DENIED', `the token ${principal.name} is for pulling; pushing takes one of the role push`);
  }
  const exchange: Exchange = { request, response, url, registry, principal, gate, signal: gone.signal };
  await dispatch(exchange, route, uploads);
}

async function registryOf(gate: GateService, host: string): Promise<RegistryDocument> {
  const registry = await gate.registryAt(host.toLowerCase());
  if (registry) return registry;
  throw new GateRefusal('NAME_UNKNOWN', 'no Registry document has this host among the names of its gate');
}

async function dispatch(exchange: Exchange, route: Route, uploads: Uploads): Promise<void> {
  const method = exchange.request.method ?? '';
  const isRead = method === 'GET' || method === 'HEAD';
  if (route.kind === 'ping' && isRead) return answer(exchange, 200, { 'content-type': 'application/json' }, '{}');
  if (route.kind === 'manifest' && isRead) return serveManifest(exchange, route);
  if (route.kind === 'manifest' && method === 'PUT') return takeManifest(exchange, route);
  if (route.kind === 'blob' && isRead) return serveBlob(exchange, route);
  if (route.kind === 'tags' && isRead) return serveTags(exchange, route);
  if (route.kind === 'referrers' && isRead) return serveReferrers(exchange, route);
  if (route.kind === 'new-upload' && method === 'POST') return uploads.begin(exchange, route);
  if (route.kind === 'upload') return uploads.go(exchange, route);
  throw new GateRefusal(
    'UNSUPPORTED',
    `${method} is nothing that this gate does; what is certified is not deleted through it`,
  );
}

async function serveToken(
  { login }: RegistryGateParts,
  registry: RegistryDocument,
  exchange: Pick<Exchange, 'request' | 'response'>,
): Promise<void> {
  if (exchange.request.method !== 'GET') throw new GateRefusal('UNSUPPORTED', 'tokens are asked for by GET');
  const token = await issueToken(exchange.request, registry, login);
  if (token === undefined) throw new GateRefusal('UNAUTHORIZED', 'the token is wrong, or was removed');
  const body = JSON.stringify({ token, access_token: token, expires_in: 300 });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  };
  answer(exchange, 200, headers, body);
}

/** What went wrong, in the words of the protocol. Faults of our own say nothing of the inside. */
function refuse({ log }: RegistryGateParts, exchange: Pick<Exchange, 'request' | 'response'>, error: unknown): void {
  const { method, url } = exchange.request;
  if (error instanceof GateRefusal) {
    // Engines ask without a token first, and for what is not there yet: only a refusal by policy is worth a line.
    const level = error.code === 'DENIED' ? 'info' : 'debug';
    log[level](
      { method, url: url?.split('?')[0], code: error.code, message: error.message },
      'the registry gate refused',
    );
    return answerRefusal(exchange, error);
  }
  if (error instanceof ImageError) {
    if (error.code === 'aborted') return void exchange.response.destroy();
    log.warn(
      { method, url: url?.split('?')[0], code: error.code, error: error.message },
      'the registry behind the gate failed',
    );
    const code = error.code === 'not-found' ? 'MANIFEST_UNKNOWN' : 'UNAVAILABLE';
    return answerRefusal(exchange, new GateRefusal(code, `the registry behind this gate: ${error.message}`));
  }
  if (exchange.response.destroyed) return;
  log.error({ method, url: url?.split('?')[0], error: messageOf(error) }, 'the registry gate failed');
  answerRefusal(exchange, new GateRefusal('UNAVAILABLE', 'the gate failed; its log says why'));
}
