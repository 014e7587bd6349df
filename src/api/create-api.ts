import type { AddressInfo } from 'node:net';
import { fastifyCookie } from '@fastify/cookie';
import { fastifyHelmet } from '@fastify/helmet';
import { fastifyRateLimit } from '@fastify/rate-limit';
import { fastifySwagger } from '@fastify/swagger';
import { fastify, type InjectOptions, type LightMyRequestResponse } from 'fastify';
import type { Clock, Log } from '../base/index.ts';
import type { Services } from '../service/index.ts';
import { addCertificateRoutes } from './certificate-routes.ts';
import { addChangeRoutes } from './change-routes.ts';
import { addConsoleFiles } from './console-files.ts';
import { addContractRoutes } from './contract-routes.ts';
import { addDocumentRoutes } from './document-routes.ts';
import { installErrorReplies } from './error-reply.ts';
import { addEventStream, defaultStreamLimits, type EventStreamLimits } from './event-stream.ts';
import { addFeedRoutes } from './feed-routes.ts';
import { addFleetRoutes } from './fleet-routes.ts';
import { addGroupRoutes } from './group-routes.ts';
import { installGuard, type SessionCookie } from './guard.ts';
import { addHealth } from './health.ts';
import { addLaunchRoutes } from './launch-routes.ts';
import { addLoginRoutes } from './login-routes.ts';
import { addMetrics } from './metrics.ts';
import { addOpenApi, openApiOptions } from './open-api.ts';
import type { WireTypes } from './operation.ts';
import { addRegistryRoutes } from './registry-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { addSubjectRoutes } from './subject-routes.ts';

export interface ApiOptions {
  readonly services: Services;
  readonly log: Log;
  readonly clock: Clock;
  /** Of Portwarden, for people. */
  readonly version: string;
  /** Directory of the built console; without it there is the API alone. */
  readonly consoleRoot?: string;
  /** Cookies over TLS only: where a proxy ends TLS before this server. */
  readonly secureCookies?: boolean;
  /** Names that the server answers to besides localhost and the address it listens on. */
  readonly hosts?: readonly string[];
  /** Serves /metrics without login. */
  readonly openMetrics?: boolean;
  readonly streams?: Partial<EventStreamLimits>;
}

export interface Api {
  /** Gives the address as a URL. Rejects as node:net does: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`. */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>;
  /** Where it listens; undefined while it does not. */
  address(): AddressInfo | undefined;
  /** Ends event streams, waits for answers that are under way. */
  close(): Promise<void>;
  /** A request without a socket, for tests. */
  inject(request: InjectOptions): Promise<LightMyRequestResponse>;
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The HTTP server over the services: API, events, metrics and the console's files. */
export async function createApi(options: ApiOptions): Promise<Api> {
  const {
    services,
    log,
    clock,
    version,
    consoleRoot,
    secureCookies = false,
    hosts = [],
    openMetrics = false,
  } = options;
  const { login, events } = services;
  const cookie: SessionCookie = { name: secureCookies ? '__Host-portwarden' : 'portwarden', secure: secureCookies };
  const names = new Set([...loopbackNames, ...hosts.map((host) => host.toLowerCase())]);
  let anyName = false;

  const server = fastify({
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1024 },
    ajv: { customOptions: { removeAdditional: false } },
  }).withTypeProvider<WireTypes>();
  server.removeContentTypeParser('text/plain');
  installErrorReplies(server, log);
  await server.register(fastifyHelmet, securityHeaders(secureCookies));
  await server.register(fastifyCookie);
  await server.register(fastifySwagger, openApiOptions(version, cookie.name));
  installGuard(server, { login, cookie, hostAllowed: (name) => anyName || names.has(name) });
  await server.register(fastifyRateLimit, { global: false });
  server.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });

  await server.register(
    async (api) => {
      const v1 = api.withTypeProvider<WireTypes>();
      addLoginRoutes(v1, { login, clock, cookie, version });
      addFleetRoutes(v1, services);
      addChangeRoutes(v1, services);
      addSubjectRoutes(v1, services);
      addFeedRoutes(v1, services.feeds, log);
      addRegistryRoutes(v1, services.registries);
      addCertificateRoutes(v1, services.certification);
      addLaunchRoutes(v1, { launches: services.launches, login, cookie });
      addContractRoutes(v1, services);
      addGroupRoutes(v1, services.groups);
      addDocumentRoutes(v1, { documents: services.documents, login, cookie });
      addEventStream(v1, { events, login, cookie, limits: { ...defaultStreamLimits, ...options.streams } });
      addOpenApi(v1);
    },
    { prefix: '/api/v1' },
  );
  addMetrics(server, { services, clock, needsLogin: !openMetrics });
  addHealth(server, login);
  await addConsoleFiles(server, consoleRoot);
  await server.ready();

  return {
    listen({ host, port }) {
      const literal = host.includes(':') ? `[${host}]` : host.toLowerCase();
      names.add(literal);
      // Beyond loopback a name cannot be told from a stranger's unless the names are given.
      anyName = hosts.length === 0 && !loopbackNames.has(literal) && !literal.startsWith('127.');
      return server.listen({ host, port });
    },
    address: () => server.addresses().find((address) => typeof address === 'object'),
    close: () => server.close(),
    inject: (request) => server.inject(request),
  };
}
