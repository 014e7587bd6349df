import type { IncomingMessage } from 'node:http';
import type { RegistryDocument } from '../../policy/index.ts';
import type { LoginService } from '../../service/index.ts';
import type { Principal } from './exchange.ts';

/** What a client of anonymous pulls is given, since engines ask with a token or not at all. */
const anonymousToken = 'anonymous';
const anybody: Principal = { name: 'anonymous', role: 'anonymous' };

/**
 * Who asks, by the tokens of Portwarden: as a bearer, or as the password of any user name, which is how `docker login`
 * keeps it. Undefined where no token is given, or none that counts: then nobody is asked for, not even anonymously, because
 * engines look for a challenge before they send what they have.
 */
export async function authenticate(
  { headers }: Pick<IncomingMessage, 'headers'>,
  { spec }: RegistryDocument,
  login: Pick<LoginService, 'apiToken'>,
): Promise<Principal | undefined> {
  const secret = secretOf(headers.authorization);
  if (secret === undefined) return undefined;
  if (secret === anonymousToken) return spec.gate?.anonymousPull ? anybody : undefined;
  const token = await login.apiToken(secret);
  return token && { name: token.name, role: token.role };
}

function secretOf(authorization: string | undefined): string | undefined {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) ([\x21-\x7e]{1,4096})$/i.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme === '') return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : pair.slice(colon + 1);
}

/**
 * What the token endpoint answers (distribution, "Token Authentication Specification"): the secret that was shown to it is
 * the token, so that no replica needs to know what another gave out. Undefined: 401.
 */
export async function issueToken(
  request: Pick<IncomingMessage, 'headers'>,
  registry: RegistryDocument,
  login: Pick<LoginService, 'apiToken'>,
): Promise<string | undefined> {
  const { authorization } = request.headers;
  if (authorization === undefined) return registry.spec.gate?.anonymousPull ? anonymousToken : undefined;
  const principal = await authenticate(request, registry, login);
  return principal && secretOf(authorization);
}

/** How a client is told to come back with a token, and for what. */
export function challenge(origin: string, repository: string | undefined, actions: 'pull' | 'pull,push'): string {
  const scope = repository === undefined ? '' : `,scope="repository:${repository}:${actions}"`;
  return `Bearer realm="${origin}/token",service="portwarden"${scope}`;
}
