import { asArray, asNumber, asObject, asString, type Instant } from '../../../base/index.ts';
import type { AmbientRequest } from './ambient.ts';
import { askForLogin, asVisibleText, expiresAt, loginFailure, parseLoginAnswer } from './ask-for-login.ts';
import { awsDomain, findAwsKeys } from './aws-keys.ts';
import { signAwsRequest } from './aws-signature.ts';
import type { CloudLogin, CloudRegistry } from './cloud-registry.ts';

/**
 * Elastic Container Registry: `ACCOUNT.dkr.ecr.REGION.amazonaws.com`, in China with `.cn`, with `ecr-fips` where only
 * validated cryptography may be used (AWS General Reference, "Amazon ECR endpoints and quotas").
 */
const ecrHost =
  /^\d{12}\.dkr\.(ecr|ecr-fips)\.(?:(cn(?:-[a-z]{2,12}){1,2}-\d{1,2})\.amazonaws\.com\.cn|((?!cn-)[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-\d{1,2})\.amazonaws\.com)$/;

const what = 'asking ECR for a login';

export const awsRegistry: CloudRegistry = {
  id: 'aws',
  name: 'AWS',
  claims: (registryHost) => ecrHost.test(registryHost),
  async exchange(registryHost, ambient, signal) {
    const [, service, chinese, other] = ecrHost.exec(registryHost) ?? [];
    const region = chinese ?? other;
    if (!region) return undefined;
    const keys = await findAwsKeys(ambient, region, signal);
    if (!keys) return undefined;
    const api = service === 'ecr' ? 'api.ecr' : 'ecr-fips';
    const unsigned = tokenRequest(new URL(`https://${api}.${region}.${awsDomain(region)}/`));
    const now = ambient.now();
    const headers = signAwsRequest(unsigned, keys, { region, service: 'ecr' }, now);
    return parseEcrAnswer(await askForLogin(ambient, { ...unsigned, headers }, what, signal), now);
  },
};

/** ECR API Reference, "GetAuthorizationToken", in the JSON 1.1 protocol. */
function tokenRequest(url: URL): AmbientRequest & { readonly body: string } {
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
    },
    body: '{}',
  };
}

/** The login in an answer of GetAuthorizationToken. Throws ImageError `credential-failure`. */
export function parseEcrAnswer(bytes: Uint8Array, now: Instant): CloudLogin {
  const data = asObject(asArray(parseLoginAnswer(bytes, what).authorizationData)?.[0]);
  const token = Buffer.from(asString(data?.authorizationToken) ?? '', 'base64').toString('latin1');
  const colon = token.indexOf(':');
  if (colon < 1) throw loginFailure(`${what} failed: its answer has no user name and password`, 'Try again.');
  const username = asVisibleText(token.slice(0, colon), `${what} failed: the user name`);
  const password = asVisibleText(token.slice(colon + 1), `${what} failed: the password`);
  const seconds = asNumber(data?.expiresAt);
  return {
    credential: { kind: 'basic', username, password },
    expires: expiresAt(seconds === undefined ? undefined : seconds * 1000, now),
  };
}
