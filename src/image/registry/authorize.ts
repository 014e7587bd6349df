import { asObject, asString, BoundError, decodeUtf8, parseJson } from '../../base/index.ts';
import type { ImageName } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import { type Access, type Challenge, scopesOf } from './challenge.ts';
import type { Credential } from './credentials.ts';
import { nextHop, realmMayHaveCredentials } from './redirect-rules.ts';
import type { RegistryTransport, TransportRequest } from './registry-transport.ts';

export interface AuthorizationRequest {
  readonly registry: URL;
  readonly image: ImageName;
  readonly challenge: Challenge;
  readonly access: Access;
  readonly credential: Credential | undefined;
  readonly plainHttp: readonly string[];
}

const maxTokenAnswer = 2 ** 20;

/**
 * The Authorization header that answers a challenge; undefined where there is nothing to answer it with. For bearer, a
 * token is fetched from the realm (distribution specification, "Token Authentication Specification" and "OAuth2 Token
 * Authentication"): with name and password, with an identity token, or as anybody. Throws ImageError as the transport
 * does, `unauthorized` where the realm refuses, `redirect-refused` where it must not have the credentials.
 */
export async function authorize(
  request: AuthorizationRequest,
  transport: RegistryTransport,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { challenge, credential } = request;
  if (credential?.kind === 'registry-token') return bearer(credential.token, request.registry.host);
  if (challenge.scheme === 'bearer') {
    return bearer(await fetchToken(request, challenge, transport, signal), challenge.realm);
  }
  return credential?.kind === 'basic' ? basic(credential) : undefined;
}

async function fetchToken(
  { registry, image, access, credential, plainHttp }: AuthorizationRequest,
  challenge: Extract<Challenge, { scheme: 'bearer' }>,
  transport: RegistryTransport,
  signal: AbortSignal,
): Promise<string> {
  // The transport looks once more at the addresses behind the name.
  const realm = nextHop(registry, challenge.realm, { plainHttp, registryIsPublic: false });
  if (credential && !realmMayHaveCredentials(registry, realm)) {
    throw new ImageError('redirect-refused', `${registry.host} wants its credentials sent to ${realm.origin}`, {
      remedy: 'They go to another host only where both are spoken to over HTTPS.',
    });
  }
  const scopes = scopesOf(access, challenge.scope, image.repository);
  const answer = await transport.send(
    credential?.kind === 'identity-token'
      ? refreshRequest(realm, challenge.service, scopes, credential.token)
      : tokenRequest(realm, challenge.service, scopes, credential?.kind === 'basic' ? credential : undefined),
    signal,
  );
  const bytes = await transport.readDocument(answer, maxTokenAnswer, `the token of ${realm.host}`, signal);
  if (answer.statusCode >= 400 && answer.statusCode < 500) {
    throw new ImageError('unauthorized', `${realm.host} gives no token for ${image.repository} (${answer.statusCode})`);
  }
  if (answer.statusCode !== 200) {
    throw new ImageError('bad-response', `${realm.host} answered ${answer.statusCode} when asked for a token`);
  }
  return parseToken(bytes, realm.host);
}

function tokenRequest(
  realm: URL,
  service: string | undefined,
  scopes: readonly string[],
  credential: Extract<Credential, { kind: 'basic' }> | undefined,
): TransportRequest {
  const url = new URL(realm);
  if (service) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credential) url.searchParams.set('account', credential.username);
  return { url, headers: credential ? { authorization: basic(credential) } : {}, follow: false };
}

function refreshRequest(
  realm: URL,
  service: string | undefined,
  scopes: readonly string[],
  token: string,
): TransportRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'portwarden',
    service: service ?? '',
    scope: scopes.join(' '),
    refresh_token: token,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { url: realm, method: 'POST', headers, body: form.toString(), follow: false };
}

function parseToken(bytes: Uint8Array, host: string): string {
  try {
    const answer = asObject(parseJson(decodeUtf8(bytes, 'it'), 'it'));
    const token = asString(answer?.token) || asString(answer?.access_token);
    if (token) return token;
  } catch (error) {
    if (!(error instanceof BoundError)) throw error;
  }
  throw new ImageError('bad-response', `${host} answered with no token`);
}

function basic({ username, password }: Extract<Credential, { kind: 'basic' }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function bearer(token: string, from: string): string {
  if (!/^[\x21-\x7e]{1,65536}$/.test(token))
    throw new ImageError('bad-response', `the token of ${from} is not a token`);
  return `Bearer ${token}`;
}
