import type { Ambient, AmbientRequest } from './ambient.ts';
import {
  askForLogin,
  asVisibleText,
  knock,
  loginFailure,
  maxLoginFile,
  parseLoginAnswer,
  refusedLogin,
  sendForLogin,
} from './ask-for-login.ts';
import { isMetadataHost } from './metadata-addresses.ts';

/** What a token of Microsoft Entra must be for, so that a registry takes it: no token for the whole of Azure is asked. */
const audience = 'https://containerregistry.azure.net';

/**
 * A token of Microsoft Entra for registries: by a client's secret, by workload identity, else of the machine (Azure SDK,
 * "DefaultAzureCredential"). `authority` is where tokens are issued unless AZURE_AUTHORITY_HOST says otherwise. Undefined
 * where there is no identity. Throws ImageError `credential-failure`, `aborted`.
 */
export async function findAzureToken(
  ambient: Ambient,
  authority: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { AZURE_CLIENT_SECRET: secret, AZURE_FEDERATED_TOKEN_FILE: file } = ambient.env;
  if (secret) return clientToken(ambient, authority, { client_secret: secret }, signal);
  if (!file) return tokenOfMachine(ambient, signal);
  const assertion = {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: asVisibleText((await ambient.readFile(file, maxLoginFile)).trim(), `the token in ${file}`),
  };
  return clientToken(ambient, authority, assertion, signal);
}

/** "OAuth 2.0 client credentials flow", first case (a secret) and third (a federated credential). */
async function clientToken(
  ambient: Ambient,
  authority: string,
  proof: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const { AZURE_CLIENT_ID: client, AZURE_TENANT_ID: tenant, AZURE_AUTHORITY_HOST } = ambient.env;
  if (!client || !tenant || !/^[\w.-]{1,255}$/.test(tenant)) {
    throw loginFailure('an identity of Azure needs AZURE_CLIENT_ID and AZURE_TENANT_ID', 'Set them both.');
  }
  const form = {
    client_id: asVisibleText(client, 'AZURE_CLIENT_ID'),
    scope: `${audience}/.default`,
    grant_type: 'client_credentials',
    ...proof,
  };
  const request: AmbientRequest = {
    method: 'POST',
    url: new URL(`${encodeURIComponent(tenant)}/oauth2/v2.0/token`, authorityUrl(AZURE_AUTHORITY_HOST || authority)),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  };
  const what = `asking for a token of the client ${form.client_id.slice(0, 100)}`;
  return parseAzureToken(await askForLogin(ambient, request, what, signal), what);
}

function authorityUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' && url.username === '' && url.password === '' && !isMetadataHost(url.hostname)) {
    return new URL('/', url);
  }
  throw loginFailure('AZURE_AUTHORITY_HOST is not an HTTPS address', 'Correct it, or take it out.');
}

/** "How to use managed identities on an Azure VM to acquire an access token". */
async function tokenOfMachine(ambient: Ambient, signal: AbortSignal): Promise<string | undefined> {
  const url = new URL('http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01');
  // Without the header that it asks for, the service refuses at once: that somebody is there is all that this shows.
  if (!(await knock(ambient, { method: 'GET', url, headers: {}, metadataOf: 'azure' }, signal))) return undefined;
  const { AZURE_CLIENT_ID: client } = ambient.env;
  url.searchParams.set('resource', audience);
  if (client) url.searchParams.set('client_id', client);
  const request: AmbientRequest = { method: 'GET', url, headers: { metadata: 'true' }, metadataOf: 'azure' };
  const what = 'asking the instance metadata for a token';
  const { status, body } = await sendForLogin(ambient, request, what, signal);
  if (status === 200) return parseAzureToken(body, what);
  // No identity is assigned to this machine (400), or it is a machine of another cloud.
  if (!client && [400, 401, 403, 404, 405].includes(status)) return undefined;
  throw refusedLogin(what, request, status, body);
}

/** The access token in an answer of either. Throws ImageError `credential-failure`. */
export function parseAzureToken(bytes: Uint8Array, what: string): string {
  return asVisibleText(parseLoginAnswer(bytes, what).access_token, `${what} failed: its token`);
}
