import { generateKeyPairSync } from 'node:crypto';
import { ImageError } from '../../../src/image/index.ts';
import { parseLoginAnswer, refusedLogin } from '../../../src/image/registry/cloud/ask-for-login.ts';
import { parseAwsKeys } from '../../../src/image/registry/cloud/aws-keys.ts';
import { parseEcrAnswer } from '../../../src/image/registry/cloud/aws-registry.ts';
import { parseAcrAnswer } from '../../../src/image/registry/cloud/azure-registry.ts';
import { parseAzureToken } from '../../../src/image/registry/cloud/azure-token.ts';
import type { CloudLogin } from '../../../src/image/registry/cloud/cloud-registry.ts';
import { parseGoogleFile, parseSubjectToken } from '../../../src/image/registry/cloud/google-file.ts';
import { parseGoogleToken } from '../../../src/image/registry/cloud/google-token.ts';
import { parseStsAnswer } from '../../../src/image/registry/cloud/parse-sts-answer.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Whatever an answer makes somebody send must not leave its header, and must end. */
function sound<T extends Partial<Record<string, unknown>>>(value: T): T {
  for (const [name, item] of Object.entries(value)) {
    if (typeof item === 'string' && !/^[\x21-\x7e]+$/.test(item))
      throw new FuzzFinding(`${name} is ${JSON.stringify(item)}`);
    if (name === 'expires' && !(Number(item) >= now && Number(item) <= now + 48 * 3_600_000))
      throw new FuzzFinding(`it expires at ${String(item)}`);
  }
  return value;
}

function soundLogin({ credential, expires }: CloudLogin): unknown {
  return [sound(credential), sound({ expires })];
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const serviceAccount = {
  type: 'service_account',
  client_email: 'a@b.example',
  private_key_id: 'k',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  token_uri: 'https://oauth2.googleapis.com/token',
};
const externalAccount = {
  type: 'external_account',
  audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: 'https://sts.googleapis.com/v1/token',
  service_account_impersonation_url:
    'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a:generateAccessToken',
  credential_source: { file: '/t', format: { type: 'json', subject_token_field_name: 'id_token' } },
};

export const cloudTargets: readonly FuzzTarget[] = [
  {
    name: 'image/cloud-answer',
    covers: ['image/registry/cloud/ask-for-login.ts'],
    seeds: ['{"error":"invalid_grant","error_description":"AADSTS70021: no"}', '{"__type":"com.amazon#Expired"}'],
    words: ['AADSTS', '"error":', '"__type":', '<Code>', '</Code>', '{', '[', '\\u0000'],
    refuses: [ImageError],
    run(bytes) {
      const { message } = refusedLogin(
        'asking',
        { method: 'GET', url: new URL('https://a.example'), headers: {} },
        400,
        bytes,
      );
      if (!/^asking failed: a\.example answered 400(?: \(\w{1,80}\))?$/.test(message)) throw new FuzzFinding(message);
      return parseLoginAnswer(bytes, 'asking');
    },
  },
  {
    name: 'image/aws-keys',
    covers: ['image/registry/cloud/aws-keys.ts'],
    seeds: [
      '{"Code":"Success","AccessKeyId":"A","SecretAccessKey":"B","Token":"C","Expiration":"2026-03-01T18:00:00Z"}',
    ],
    words: ['"Code":', '"Token":', 'null', '\\r\\n', '""'],
    refuses: [ImageError],
    run: (bytes) => sound({ ...parseAwsKeys(bytes, 'asking') }),
  },
  {
    name: 'image/sts-answer',
    covers: ['image/registry/cloud/parse-sts-answer.ts'],
    seeds: [
      '<A><Credentials><SessionToken>C+/=</SessionToken><SecretAccessKey>B</SecretAccessKey><AccessKeyId>A</AccessKeyId></Credentials></A>',
    ],
    words: ['<SessionToken>', '</SessionToken>', '<AccessKeyId>', '<![CDATA[', '<!--', '&amp;', '\n'],
    refuses: [ImageError],
    run: (bytes) => sound({ ...parseStsAnswer(bytes, 'asking') }),
  },
  {
    name: 'image/ecr-answer',
    covers: ['image/registry/cloud/aws-registry.ts'],
    seeds: [`{"authorizationData":[{"authorizationToken":"${base64('AWS:password')}","expiresAt":1772409600.1}]}`],
    words: ['"expiresAt":', '1e400', '-1', 'Cg==', 'Og==', '[]', 'null'],
    refuses: [ImageError],
    run: (bytes) => soundLogin(parseEcrAnswer(bytes, now)),
  },
  {
    name: 'image/google-token',
    covers: ['image/registry/cloud/google-token.ts'],
    seeds: [
      '{"access_token":"ya29.a","expires_in":3599,"token_type":"Bearer"}',
      '{"access_token":"a","expires_in":"7"}',
    ],
    words: ['"expires_in":', '1e308', '-1', '"9999999999"', '\\r\\n', 'null'],
    refuses: [ImageError],
    run: (bytes) => sound({ ...parseGoogleToken(bytes, 'asking', now) }),
  },
  {
    name: 'image/google-file',
    covers: ['image/registry/cloud/google-file.ts'],
    seeds: [serviceAccount, externalAccount].map((document) => JSON.stringify(document)),
    words: [
      '"file":',
      '"url":',
      '"executable":',
      'http://',
      'https://169.254.169.254/',
      '-----BEGIN PRIVATE KEY-----',
      'null',
    ],
    refuses: [ImageError],
    run(bytes) {
      const identity = parseGoogleFile(bytes, '/f');
      const urls = [identity.tokenUrl, identity.kind === 'external-account' ? identity.impersonationUrl : undefined];
      const wrong = urls.find((url) => url && (url.protocol !== 'https:' || url.password !== ''));
      if (wrong) throw new FuzzFinding(`a token would be sent to ${wrong.href}`);
      return identity.kind;
    },
  },
  {
    name: 'image/subject-token',
    covers: ['image/registry/cloud/google-file.ts'],
    seeds: ['{"id_token":"a.b.c"}'],
    words: ['"id_token":', '__proto__', '\\n', 'null', '['],
    refuses: [ImageError],
    run: (bytes) =>
      sound({ token: parseSubjectToken(Buffer.from(bytes).toString(), { tokenFile: '/t', tokenField: 'id_token' }) }),
  },
  {
    name: 'image/acr-answer',
    covers: ['image/registry/cloud/azure-registry.ts'],
    seeds: [
      `{"refresh_token":"e30.${Buffer.from('{"exp":1772377200}').toString('base64url')}.c2ln"}`,
      '{"refresh_token":"a"}',
    ],
    words: ['"refresh_token":', 'eyJleHAiOjFlNDAwfQ', '.', 'W1tb', 'null'],
    refuses: [ImageError],
    run: (bytes) => soundLogin(parseAcrAnswer(bytes, now)),
  },
  {
    name: 'image/azure-token',
    covers: ['image/registry/cloud/azure-token.ts'],
    seeds: ['{"token_type":"Bearer","expires_in":"86399","access_token":"a.b.c"}'],
    words: ['"access_token":', '\\r\\n', 'null', '[]'],
    refuses: [ImageError],
    run: (bytes) => sound({ token: parseAzureToken(bytes, 'asking') }),
  },
];
