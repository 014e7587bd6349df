import type { FastifyRequest } from 'fastify';
import type { LoginService } from '../service/index.ts';
import { credentialOf, type SessionCookie } from './guard.ts';

/** Who a change is remembered by. The console has no names of persons: whoever is logged in is whoever had the token. */
export async function authorOf(request: FastifyRequest, login: LoginService, cookie: SessionCookie): Promise<string> {
  const credential = credentialOf(request, cookie);
  const token = credential?.kind === 'bearer' ? await login.apiToken(credential.token) : undefined;
  return token?.name ?? 'console';
}
