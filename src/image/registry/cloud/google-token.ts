import { sign } from 'node:crypto';
import { asString, type Instant, parseInstant } from '../../../base/index.ts';
import type { Ambient, AmbientRequest } from './ambient.ts';
import {
  askForLogin,
  asVisibleText,
  expiresAt,
  expiresIn,
  knock,
  maxLoginFile,
  parseLoginAnswer,
  refusedLogin,
  sendForLogin,
} from './ask-for-login.ts';
import { type ExternalAccount, parseGoogleFile, parseSubjectToken, type ServiceAccountKey } from './google-file.ts';

export interface GoogleToken {
  readonly token: string;
  readonly expires: Instant;
}

/** To read and no more; the second is what Container Registry knew (Artifact Registry API, "Authorization scopes"). */
const pullScopes: readonly string[] = [
  'https://www.googleapis.com/auth/cloud-platform.read-only',
  'https://www.googleapis.com/auth/devstorage.read_only',
];
/** IAM Credentials API, "generateAccessToken", asks for no less. */
const impersonationScope = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * An access token by what GOOGLE_APPLICATION_CREDENTIALS names, else of the machine ("How Application Default Credentials
 * works"). Undefined where there is neither. Throws ImageError `credential-failure`, `aborted`.
 */
export async function findGoogleToken(ambient: Ambient, signal: AbortSignal): Promise<GoogleToken | undefined> {
  const file = ambient.env.GOOGLE_APPLICATION_CREDENTIALS;
  if (!file) return tokenOfMachine(ambient, signal);
  const identity = parseGoogleFile(Buffer.from(await ambient.readFile(file, maxLoginFile)), file);
  return identity.kind === 'service-account'
    ? tokenOfKey(identity, ambient, signal)
    : tokenOfExternalAccount(identity, ambient, signal);
}

/** "Using OAuth 2.0 for Server to Server Applications", "Addendum"; RFC 7523. */
async function tokenOfKey(key: ServiceAccountKey, ambient: Ambient, signal: AbortSignal): Promise<GoogleToken> {
  const what = `asking for a token of ${key.email}`;
  const issued = Math.floor(ambient.now() / 1000);
  const claims = {
    iss: key.email,
    scope: pullScopes.join(' '),
    aud: key.tokenUrl.href,
    iat: issued,
    exp: issued + 3600,
  };
  const header = { alg: 'RS256', typ: 'JWT', ...(key.keyId === undefined ? {} : { kid: key.keyId }) };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const assertion = `${text}.${sign('RSA-SHA256', Buffer.from(text), key.privateKey).toString('base64url')}`;
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  return parseGoogleToken(await askForLogin(ambient, formTo(key.tokenUrl, grant), what, signal), what, ambient.now());
}

/** Security Token Service API, "token"; RFC 8693. */
async function tokenOfExternalAccount(
  account: ExternalAccount,
  ambient: Ambient,
  signal: AbortSignal,
): Promise<GoogleToken> {
  const { tokenFile, impersonationUrl } = account;
  const subject = parseSubjectToken(await ambient.readFile(tokenFile, maxLoginFile), account);
  const what = 'exchanging the token of a workload for one of Google';
  const grant = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience: account.audience,
    scope: impersonationUrl ? impersonationScope : pullScopes.join(' '),
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token_type: account.subjectTokenType,
    subject_token: subject,
  };
  const answer = await askForLogin(ambient, formTo(account.tokenUrl, grant), what, signal);
  const federated = parseGoogleToken(answer, what, ambient.now());
  return impersonationUrl ? impersonate(impersonationUrl, federated.token, ambient, signal) : federated;
}

async function impersonate(url: URL, token: string, ambient: Ambient, signal: AbortSignal): Promise<GoogleToken> {
  const request: AmbientRequest = {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ scope: pullScopes, lifetime: '3600s' }),
  };
  const what = 'acting as a service account';
  const answer = parseLoginAnswer(await askForLogin(ambient, request, what, signal), what);
  return {
    token: asVisibleText(answer.accessToken, `${what} failed: its token`),
    expires: expiresAt(parseInstant(asString(answer.expireTime) ?? ''), ambient.now()),
  };
}

/** "About VM metadata": whoever answers without `Metadata-Flavor: Google` is somebody else's metadata service. */
async function tokenOfMachine(ambient: Ambient, signal: AbortSignal): Promise<GoogleToken | undefined> {
  const at = (path: string) =>
    ({
      method: 'GET',
      // By address: a name would be whatever the network's resolver says.
      url: new URL(path, 'http://169.254.169.254/'),
      headers: { 'metadata-flavor': 'Google' },
      metadataOf: 'google',
    }) as const;
  const greeting = await knock(ambient, at('/'), signal);
  if (greeting?.headers['metadata-flavor'] !== 'Google') return undefined;
  const what = 'asking the metadata server for a token';
  const request = at('/computeMetadata/v1/instance/service-accounts/default/token');
  const { status, body } = await sendForLogin(ambient, request, what, signal);
  // A machine without a service account.
  if (status === 404) return undefined;
  if (status !== 200) throw refusedLogin(what, request, status, body);
  return parseGoogleToken(body, what, ambient.now());
}

/** As all of Google's token endpoints answer (RFC 6749, 5.1). Throws ImageError `credential-failure`. */
export function parseGoogleToken(bytes: Uint8Array, what: string, now: Instant): GoogleToken {
  const answer = parseLoginAnswer(bytes, what);
  return {
    token: asVisibleText(answer.access_token, `${what} failed: its token`),
    expires: expiresIn(answer.expires_in, now),
  };
}

function formTo(url: URL, form: Readonly<Record<string, string>>): AmbientRequest {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url, headers, body: new URLSearchParams(form).toString() };
}
