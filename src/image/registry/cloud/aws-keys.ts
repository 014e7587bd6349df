import { asString } from '../../../base/index.ts';
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
import type { AwsKeys } from './aws-signature.ts';
import { isMetadataHost, ownsMetadataHost } from './metadata-addresses.ts';
import { parseStsAnswer } from './parse-sts-answer.ts';

/** Host names of a region end like this (AWS General Reference, "Service endpoints"). */
export function awsDomain(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

export const awsRegion: RegExp = /^[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/**
 * The keys of this machine, from the first place that has some (AWS SDKs and Tools Reference Guide, "Standardized
 * credential providers"): environment, web identity, container, instance. Undefined where there are none. Throws ImageError
 * `credential-failure`, `aborted`.
 */
export async function findAwsKeys(ambient: Ambient, region: string, signal: AbortSignal): Promise<AwsKeys | undefined> {
  return (
    keysOfEnvironment(ambient) ??
    (await keysOfWebIdentity(ambient, region, signal)) ??
    (await keysOfContainer(ambient, signal)) ??
    (await keysOfInstance(ambient, signal))
  );
}

function keysOfEnvironment({ env }: Ambient): AwsKeys | undefined {
  if (!env.AWS_ACCESS_KEY_ID && !env.AWS_SECRET_ACCESS_KEY) return undefined;
  return awsKeys(
    asVisibleText(env.AWS_ACCESS_KEY_ID, 'AWS_ACCESS_KEY_ID'),
    asVisibleText(env.AWS_SECRET_ACCESS_KEY, 'AWS_SECRET_ACCESS_KEY'),
    env.AWS_SESSION_TOKEN ? asVisibleText(env.AWS_SESSION_TOKEN, 'AWS_SESSION_TOKEN') : undefined,
  );
}

/** STS API Reference, "AssumeRoleWithWebIdentity": the token is what proves the identity, so nothing is signed. */
async function keysOfWebIdentity(ambient: Ambient, region: string, signal: AbortSignal): Promise<AwsKeys | undefined> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role, AWS_ROLE_SESSION_NAME, AWS_REGION } = ambient.env;
  if (!file) return undefined;
  if (!role) throw loginFailure('AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN', 'Set AWS_ROLE_ARN as well.');
  const token = asVisibleText((await ambient.readFile(file, maxLoginFile)).trim(), `the token in ${file}`);
  // The region of the registry may be one that this account has no STS in.
  const at = AWS_REGION && awsRegion.test(AWS_REGION) ? AWS_REGION : region;
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: asVisibleText(role, 'AWS_ROLE_ARN'),
    RoleSessionName: AWS_ROLE_SESSION_NAME || 'portwarden',
    WebIdentityToken: token,
  });
  const what = `assuming ${role} by web identity`;
  const request: AmbientRequest = {
    method: 'POST',
    url: new URL(`https://sts.${at}.${awsDomain(at)}/`),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  };
  return parseStsAnswer(await askForLogin(ambient, request, what, signal), what);
}

/** ECS Developer Guide, "Task IAM role"; EKS User Guide, "Pod Identity"; SDKs Guide, "Container credential provider". */
async function keysOfContainer(ambient: Ambient, signal: AbortSignal): Promise<AwsKeys | undefined> {
  const url = containerUrl(ambient);
  if (!url) return undefined;
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: inEnv, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } = ambient.env;
  const token = file ? (await ambient.readFile(file, maxLoginFile)).trim() : inEnv;
  // A scheme may stand before the token, so that spaces are allowed; what breaks a line is not.
  if (token && !/^[\x20-\x7e]{1,32768}$/.test(token)) {
    throw loginFailure('the authorization token for container credentials is not one', 'Look at what issues it.');
  }
  const request: AmbientRequest = {
    method: 'GET',
    url,
    headers: { accept: 'application/json', ...(token ? { authorization: token } : {}) },
    ...(url.protocol === 'https:' ? {} : { metadataOf: 'aws' }),
  };
  const what = 'asking for container credentials';
  return parseAwsKeys(await askForLogin(ambient, request, what, signal), what);
}

function containerUrl({ env }: Ambient): URL | undefined {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = env;
  if (path) {
    if (path.startsWith('/') && URL.canParse(`http://169.254.170.2${path}`))
      return new URL(`http://169.254.170.2${path}`);
    throw loginFailure('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not start with a slash', 'Correct it.');
  }
  if (!full) return undefined;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url?.protocol === 'https:' && !isMetadataHost(url.hostname)) return url;
  // Not the instance's own service, which is asked in its own way.
  const isInstance = url && ['169.254.169.254', '[fd00:ec2::254]'].includes(url.hostname);
  if (url?.protocol === 'http:' && ownsMetadataHost('aws', url.hostname) && !isInstance) return url;
  throw loginFailure(
    'AWS_CONTAINER_CREDENTIALS_FULL_URI leads where container credentials are not kept',
    'It must be HTTPS, or plain HTTP to loopback, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23].',
  );
}

/** EC2 User Guide, "Use IMDSv2": a session first, which whoever merely makes this machine send a GET does not get. */
async function keysOfInstance(ambient: Ambient, signal: AbortSignal): Promise<AwsKeys | undefined> {
  if (ambient.env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return undefined;
  const at = (path: string, headers: AmbientRequest['headers'], method: AmbientRequest['method'] = 'GET') =>
    ({ method, url: new URL(path, 'http://169.254.169.254/'), headers, metadataOf: 'aws' }) as const;
  const session = await knock(
    ambient,
    at('/latest/api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': '60' }, 'PUT'),
    signal,
  );
  if (session?.status !== 200) return undefined;
  const token = asVisibleText(
    Buffer.from(session.body).toString('latin1').trim(),
    'the session with the instance metadata',
  );
  const headers = { 'x-aws-ec2-metadata-token': token };
  const what = 'asking the instance metadata for credentials';
  const roles = at('/latest/meta-data/iam/security-credentials/', headers);
  const listed = await sendForLogin(ambient, roles, what, signal);
  // An instance without a profile.
  if (listed.status === 404) return undefined;
  if (listed.status !== 200) throw refusedLogin(what, roles, listed.status, listed.body);
  const [role = ''] = Buffer.from(listed.body).toString('latin1').trim().split('\n');
  if (!/^[\w+=,.@-]{1,64}$/.test(role)) throw loginFailure(`${what} failed: it names no role`, 'Look at its profile.');
  return parseAwsKeys(
    await askForLogin(ambient, at(`${roles.url.pathname}${encodeURIComponent(role)}`, headers), what, signal),
    what,
  );
}

/** As instance and container metadata write keys. Throws ImageError `credential-failure`. */
export function parseAwsKeys(bytes: Uint8Array, what: string): AwsKeys {
  const answer = parseLoginAnswer(bytes, what);
  // The instance metadata answers 200 for failures, too.
  const code = asString(answer.Code);
  if (code !== undefined && code !== 'Success') {
    const said = /^\w{1,80}$/.test(code) ? code : 'with no reason';
    throw loginFailure(`${what} failed: ${said}`, 'Look at the role of this machine.');
  }
  return awsKeys(
    asVisibleText(answer.AccessKeyId, `${what} failed: AccessKeyId`),
    asVisibleText(answer.SecretAccessKey, `${what} failed: SecretAccessKey`),
    answer.Token === undefined ? undefined : asVisibleText(answer.Token, `${what} failed: Token`),
  );
}

function awsKeys(accessKeyId: string, secretAccessKey: string, sessionToken: string | undefined): AwsKeys {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
