import { Type } from 'typebox';
import { type Clock, formatInstant } from '../base/index.ts';
import { ApiTokenCreated, ApiTokenInput, ApiTokenList, LoginInput, SessionView } from '../model/wire/index.ts';
import type { LoginService } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { credentialOf, isValid, type SessionCookie, sessionCookieOptions } from './guard.ts';
import { changing, errors, exactly, guarded, NoContent, NoQuery, open, type WireServer } from './operation.ts';

const tags = ['Login'];
const TokenParams = Type.Object({ name: ApiTokenInput.properties.name });

/** Logging in and out, and API tokens. */
export function addLoginRoutes(
  server: WireServer,
  { login, clock, cookie, version }: { login: LoginService; clock: Clock; cookie: SessionCookie; version: string },
): void {
  server.post(
    '/session',
    {
      config: { open: true, rateLimit: { max: 10, timeWindow: 60_000 } },
      schema: {
        operationId: 'logIn',
        summary: 'Log in with a one-time token; sets the session cookie',
        tags,
        ...open,
        querystring: NoQuery,
        body: exactly(LoginInput),
        response: { 200: SessionView, ...errors(400, 401, 403, 413, 415, 429, 500, 503) },
      },
    },
    async (request, reply) => {
      const redeemed = await login.redeemLoginToken(request.body.token);
      if (!redeemed) {
        throw new ApiError('wrong-token', 'The login token is wrong, used or expired', {
          remedy: 'A login token works once, for an hour: the server prints a new one when it starts',
        });
      }
      const maxAge = Math.floor((redeemed.expires - clock.now()) / 1000);
      reply.setCookie(cookie.name, redeemed.session, { ...sessionCookieOptions(cookie), maxAge });
      return { authenticated: true, version };
    },
  );

  server.get(
    '/session',
    {
      config: { open: true },
      schema: {
        operationId: 'getSession',
        summary: 'Whether this request is logged in',
        tags,
        ...open,
        querystring: NoQuery,
        response: { 200: SessionView, ...errors(500, 503) },
      },
    },
    async (request) => {
      const credential = credentialOf(request, cookie);
      return { authenticated: credential !== undefined && (await isValid(credential, login)), version };
    },
  );

  server.delete(
    '/session',
    {
      schema: {
        operationId: 'logOut',
        summary: 'End the session of this request',
        tags,
        querystring: NoQuery,
        response: { 204: NoContent, ...changing() },
      },
    },
    async (request, reply) => {
      const credential = credentialOf(request, cookie);
      if (credential?.kind === 'session') await login.endSession(credential.session);
      return reply.clearCookie(cookie.name, sessionCookieOptions(cookie)).code(204).send();
    },
  );

  server.get(
    '/tokens',
    {
      schema: {
        operationId: 'listTokens',
        summary: 'API tokens by name; the tokens themselves are not kept',
        tags,
        querystring: NoQuery,
        response: { 200: ApiTokenList, ...guarded(400) },
      },
    },
    async () => {
      const tokens = await login.apiTokens();
      return { items: tokens.map(({ name, created, role }) => ({ name, created: formatInstant(created), role })) };
    },
  );

  server.post(
    '/tokens',
    {
      schema: {
        operationId: 'createToken',
        summary: 'Create an API token; it is shown this once',
        tags,
        querystring: NoQuery,
        body: exactly(ApiTokenInput),
        response: { 201: ApiTokenCreated, ...changing(400, 409, 413, 415) },
      },
    },
    async (request, reply) => {
      const { name, role } = request.body;
      return reply.code(201).send({ name, token: await login.createApiToken(name, role) });
    },
  );

  server.delete(
    '/tokens/:name',
    {
      schema: {
        operationId: 'removeToken',
        summary: 'Remove an API token; it stops working at once',
        tags,
        params: TokenParams,
        querystring: NoQuery,
        response: { 204: NoContent, ...changing(400, 404) },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      if (!(await login.removeApiToken(name))) throw new ApiError('not-found', `There is no API token named ${name}`);
      return reply.code(204).send();
    },
  );
}
