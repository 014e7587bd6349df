import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { LoginService } from '../service/index.ts';
import { ApiError } from './api-error.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a login. Everything else wants one. */
    open?: true;
  }
}

/** The cookie that a session is kept in. */
export interface SessionCookie {
  readonly name: string;
  /** Sent over TLS only. */
  readonly secure: boolean;
}

export interface GuardOptions {
  readonly login: LoginService;
  readonly cookie: SessionCookie;
  /** Whether a Host header's name, without port and in lower case, is this server's. */
  readonly hostAllowed: (name: string) => boolean;
}

/** How a request proved who it is from. */
export type Credential =
  | { readonly kind: 'session'; readonly session: string }
  | { readonly kind: 'bearer'; readonly token: string };

/**
 * Who gets in, decided once before any route:
 * the Host header must be ours (a page that rebinds its own name to this address sends its own name); a request that
 * changes something must come from our own pages if it comes from a page at all; and all but `open` routes want a
 * session cookie or an API token. A session whose request carries no Origin is refused when it changes something:
 * browsers always send one there.
 */
export function installGuard(server: FastifyInstance, { login, cookie, hostAllowed }: GuardOptions): void {
  server.addHook('onRequest', async (request) => {
    const host = request.headers.host ?? '';
    const name = hostName(host);
    if (name === undefined || !hostAllowed(name)) {
      throw new ApiError('wrong-host', 'The Host header does not name this server', {
        remedy: 'Open it by localhost or its address, or add the name to the hosts that the server answers to',
      });
    }
    const { origin } = request.headers;
    const changes = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
    if (changes && origin !== undefined && !sameOrigin(origin, host)) throw foreignOrigin();

    if (request.routeOptions.config.open || request.is404) return;
    const credential = credentialOf(request, cookie);
    if (!credential || !(await isValid(credential, login))) {
      throw new ApiError('not-logged-in', 'This needs a login', {
        remedy: 'Log in with the one-time token that the server printed, or send an API token as Authorization: Bearer',
      });
    }
    if (changes && credential.kind === 'session' && origin === undefined) throw foreignOrigin();
  });
}

/** An Authorization header counts alone, whatever cookies come along. */
export function credentialOf(request: FastifyRequest, cookie: SessionCookie): Credential | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization)?.[1];
    return token === undefined ? undefined : { kind: 'bearer', token };
  }
  const session = request.cookies[cookie.name];
  return session === undefined ? undefined : { kind: 'session', session };
}

export async function isValid(credential: Credential, login: LoginService): Promise<boolean> {
  return credential.kind === 'session'
    ? login.sessionValid(credential.session)
    : (await login.apiToken(credential.token))?.role === 'admin';
}

/** Strict, so that no other site's link or form carries the session. */
export function sessionCookieOptions({ secure }: SessionCookie): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure };
}

/** The name in a Host header, in lower case and without port; undefined for what is no such header. */
export function hostName(header: string): string | undefined {
  return /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i.exec(header)?.[1]?.toLowerCase();
}

function sameOrigin(origin: string, host: string): boolean {
  const url = URL.parse(origin);
  return (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.host === host.toLowerCase().replace(url.protocol === 'http:' ? /:80$/ : /:443$/, '')
  );
}

function foreignOrigin(): ApiError {
  return new ApiError('foreign-origin', 'The request comes from a page of another origin', {
    remedy: 'Use the console at the address of this server, or an API token instead of a cookie',
  });
}
