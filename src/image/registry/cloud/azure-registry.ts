import { asNumber, asObject, BoundError, type Instant, parseJson } from '../../../base/index.ts';
import type { AmbientRequest } from './ambient.ts';
import { askForLogin, asVisibleText, expiresAt, parseLoginAnswer } from './ask-for-login.ts';
import { findAzureToken } from './azure-token.ts';
import type { CloudLogin, CloudRegistry } from './cloud-registry.ts';

/** Azure Container Registry: everywhere, in China, for the government of the United States. */
const acrHost = /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]\.azurecr\.(io|cn|us)$/;

const authorities: Readonly<Record<string, string>> = {
  io: 'https://login.microsoftonline.com/',
  cn: 'https://login.chinacloudapi.cn/',
  us: 'https://login.microsoftonline.us/',
};

const what = 'exchanging the token of this machine for a login';

export const azureRegistry: CloudRegistry = {
  id: 'azure',
  name: 'Azure',
  claims: (registryHost) => acrHost.test(registryHost),
  async exchange(registryHost, ambient, signal) {
    const authority = authorities[acrHost.exec(registryHost)?.[1] ?? ''];
    if (!authority) return undefined;
    const token = await findAzureToken(ambient, authority, signal);
    if (!token) return undefined;
    const { AZURE_TENANT_ID: tenant } = ambient.env;
    const form = new URLSearchParams({
      grant_type: 'access_token',
      service: registryHost,
      ...(tenant ? { tenant } : {}),
      access_token: token,
    });
    // Azure/acr, docs/AAD-OAuth.md, "Calling POST /oauth2/exchange".
    const request: AmbientRequest = {
      method: 'POST',
      url: new URL(`https://${registryHost}/oauth2/exchange`),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    };
    return parseAcrAnswer(await askForLogin(ambient, request, what, signal), ambient.now());
  },
};

/** The login in an answer of `/oauth2/exchange`. Throws ImageError `credential-failure`. */
export function parseAcrAnswer(bytes: Uint8Array, now: Instant): CloudLogin {
  const token = asVisibleText(parseLoginAnswer(bytes, what).refresh_token, `${what} failed: the refresh token`);
  // That it is a refresh token is what this user name says.
  const credential = { kind: 'basic', username: '00000000-0000-0000-0000-000000000000', password: token } as const;
  return { credential, expires: expiryOf(token, now) };
}

/** `exp` of a JWT, not verified: it says for how long to keep it, and that is for whoever issued it to say. */
function expiryOf(token: string, now: Instant): Instant {
  try {
    const claims = asObject(parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'), 'it'));
    const seconds = asNumber(claims?.exp);
    return expiresAt(seconds === undefined ? undefined : seconds * 1000, now);
  } catch (error) {
    if (error instanceof BoundError) return now;
    throw error;
  }
}
