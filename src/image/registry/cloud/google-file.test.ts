import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseGoogleFile, parseSubjectToken } from './google-file.ts';

const pemOf = (key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsa = pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
const curve = pemOf(generateKeyPairSync('ed25519').privateKey);

const key = { type: 'service_account', client_email: 'a@b.example', private_key: rsa };
const account = {
  type: 'external_account',
  audience: '//iam.googleapis.com/x',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: 'https://sts.googleapis.com/v1/token',
  credential_source: { file: '/t' },
};
const parse = (document: unknown) => parseGoogleFile(Buffer.from(JSON.stringify(document)), '/f');

describe('the file of GOOGLE_APPLICATION_CREDENTIALS', () => {
  it('has a token endpoint of Google unless it says otherwise', () => {
    expect(parse(key)).toMatchObject({ tokenUrl: new URL('https://oauth2.googleapis.com/token') });
  });

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['a login of a person', { type: 'authorized_user', refresh_token: 'secret' }, /type that is not supported/],
    ['a list', [], /not a JSON object/],
    ['a key that is none', { ...key, private_key: 'secret' }, /not an RSA key/],
    ['a key of another kind', { ...key, private_key: curve }, /not an RSA key/],
    ['no email', { ...key, client_email: undefined }, /client_email of \/f is missing/],
    ['an endpoint without TLS', { ...key, token_uri: 'http://oauth2.googleapis.com/token' }, /token_uri of \/f/],
    ['a metadata service as endpoint', { ...key, token_uri: 'https://169.254.169.254/' }, /token_uri of \/f/],
    ['the same in other words', { ...account, token_url: 'https://0xa9fea9fe/' }, /token_url of \/f/],
    ['an endpoint with a password', { ...account, token_url: 'https://a:secret@b.example/' }, /token_url of \/f/],
    [
      'impersonation without TLS',
      { ...account, service_account_impersonation_url: 'http://iamcredentials.googleapis.com/' },
      /service_account_impersonation_url of \/f/,
    ],
    ['a token from a program', { ...account, credential_source: { executable: { command: '/x' } } }, /somewhere else/],
    [
      'a token from an address',
      { ...account, credential_source: { url: 'http://169.254.169.254/' } },
      /somewhere else/,
    ],
    [
      'a field without a name',
      { ...account, credential_source: { file: '/t', format: { type: 'json' } } },
      /field_name/,
    ],
    ['breaks in the audience', { ...account, audience: 'a\r\nb' }, /audience of \/f is not what it must be/],
  ];
  it.each(refused)('is refused with %s, and not quoted', (_what, document, message) => {
    expect(() => parse(document)).toThrow(message);
    expect(() => parse(document)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
  });
});

describe('the token of a workload', () => {
  it.each([
    ['a.b.c\n', undefined, 'a.b.c'],
    ['{"t":"a.b.c"}', 't', 'a.b.c'],
  ])('is in %j', (text, tokenField, token) => {
    expect(parseSubjectToken(text, { tokenFile: '/t', ...(tokenField ? { tokenField } : {}) })).toBe(token);
  });

  it.each([
    ['', undefined],
    ['a b', undefined],
    ['{"t":1}', 't'],
    ['{}', 'constructor'],
    ['{"t":"a\\nb"}', 't'],
    ['a.b.c', 't'],
  ])('is not in %j', (text, tokenField) => {
    const parsing = () => parseSubjectToken(text, { tokenFile: '/t', ...(tokenField ? { tokenField } : {}) });
    expect(parsing).toThrow(/\/t/);
  });
});
