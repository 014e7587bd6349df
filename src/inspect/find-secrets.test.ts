import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSecrets, secretSpans } from './find-secrets.ts';
import { isPlaceholder, secretPatterns } from './secret-patterns.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const short = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
// Made here in parts, so that no scanner takes this file for a leak.
const key = ['AKIA', 'Q3EGRXX7ZVJ5W2LM'].join('');
const github = ['ghp', `_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2)}`].join('');
const rulesOf = (text: string, assignments = false) => findSecrets(text, { assignments }).map(({ rule }) => rule);

describe('findSecrets', () => {
  it.each<[what: string, text: string, rule: string]>([
    ['a private key', pem, 'inspect/secret/private-key'],
    ['a private key in JSON', JSON.stringify({ private_key: pem }), 'inspect/secret/private-key'],
    ['an encrypted key', locked, 'inspect/secret/encrypted-private-key'],
    ['an AWS key', `aws_access_key_id = ${key}`, 'inspect/secret/cloud-credential'],
    ['an AWS secret', `aws_secret_access_key = ${'aB3/'.repeat(10)}`, 'inspect/secret/cloud-credential'],
    ['an AWS secret in capitals', `AWS_SECRET_ACCESS_KEY=${'aB3/'.repeat(10)}`, 'inspect/secret/cloud-credential'],
    ['a GitHub token', `remote: ${github}`, 'inspect/secret/service-token'],
    ['an npm token', `//registry.example/:_authToken=${'0a1b2c3d-'.repeat(4)}`, 'inspect/secret/registry-credential'],
    ['a URL', 'postgres://app:s3cr3t-pw@db.internal/app', 'inspect/secret/url-password'],
    ['a web token', `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(30)}`, 'inspect/secret/web-token'],
    ...(
      [
        ['DigitalOcean', ['dop', `_v1_${'0a1b2c3d'.repeat(8)}`]],
        ['Vault', ['hvs', `.${'aB3d'.repeat(7)}`]],
        ['Shopify', ['shpat', `_${'0a1b2c3d'.repeat(4)}`]],
        ['SonarQube', ['sqp', `_${'0a1b2c3d'.repeat(5)}`]],
        ['Pulumi', ['pul', `-${'0a1b2c3d'.repeat(5)}`]],
        ['Docker Hub', ['dckr', `_pat_${'aB3-'.repeat(7)}`]],
        ['Google OAuth', ['ya29', `.${'aB3d'.repeat(15)}`]],
        ['age', ['AGE', `-SECRET-KEY-1${'QPZRY9X8'.repeat(7)}`]],
      ] as const
    ).map(([of, parts]): [string, string, string] => [
      `a token of ${of}`,
      parts.join(''),
      'inspect/secret/service-token',
    ]),
  ])('finds %s', (_what, text, rule) => {
    expect(rulesOf(`first line\n${text}\nlast line`)).toEqual([rule]);
  });

  it.each([
    ['an example of AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['a key that is cut', '-----BEGIN PRIVATE KEY-----\nMIIEvQ...\n-----END PRIVATE KEY-----'],
    ['a URL with a variable', 'postgres://app:${PASSWORD}@db/app'],
    ['a URL with a placeholder', 'https://user:password@example.com/'],
    ['a public key', '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----'],
    ['code', 'self._auth = HTTPBasicAuth(user, password)\nprepare_auth=requests_module'],
    ['prose', 'The PASSWORD of the token is secret; see https://example.com/a:b@c'],
  ])('passes over %s', (_what, text) => {
    expect(rulesOf(text)).toEqual([]);
  });

  it.each([
    ['DB_PASSWORD=hunter2secret', 1],
    ['export API_KEY="abc123def456"', 1],
    ['PASSWORD=changeme', 0],
    ['PASSWORD=${OTHER}', 0],
    ['PASSWORD_FILE=/run/secrets/x', 0],
    ['SECRET=/run/secrets/x', 0],
    ['TOKEN=xxxxxxxx', 0],
    ['COMPASS=north-north-west', 0],
  ])('in an environment takes %s for %d', (text, count) => {
    expect(rulesOf(text, true)).toHaveLength(count);
    expect(rulesOf(text)).toEqual([]);
  });

  it('shows no secret, nor enough of one', () => {
    for (const text of [
      pem,
      short,
      key,
      github,
      'postgres://app:s3cr3t-pw@db.internal/app',
      'DB_PASSWORD=hunter2secret',
    ]) {
      const [found] = findSecrets(text, { assignments: true });
      const secret = text.slice(found?.start, found?.end);
      expect(found?.detail).not.toContain(secret);
      expect(found?.detail).not.toContain(secret.slice(0, 12));
    }
  });
});

describe('what is found by anchors', () => {
  const pieces = [
    ...secretPatterns.map(({ anchor }) => anchor),
    ...[
      'https',
      'postgres',
      'mongodb+srv',
      '://',
      ':/',
      'user',
      ':pw-pw',
      '@host',
      '/',
      ' ',
      '\n',
      '_',
      '-',
      '.',
      '=',
      '"',
    ],
    ...[
      pem.slice(0, 200),
      key,
      github,
      'eyJ',
      'aBcD3'.repeat(20),
      'ghs_',
      'sk_live_',
      ':_authToken=',
      'aws_secret',
      'x',
    ],
  ];

  it('is what a search from every place would find', () => {
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (any) => {
        const found = [...secretSpans(any)].map(({ start, end }) => `${start} ${end}`);
        const expected = secretPatterns.flatMap(({ rule, anywhere }) =>
          [...any.matchAll(new RegExp(anywhere.source, anywhere.flags.replace('y', 'g')))].flatMap((match) => {
            const secret = match.groups?.secret ?? match[0];
            const isKey = rule === 'inspect/secret/private-key';
            if (isKey ? secret.replace(/[^A-Za-z0-9+/=]/g, '').length < 64 : isPlaceholder(secret)) return [];
            const start = match.index + match[0].lastIndexOf(secret);
            return [`${start} ${start + secret.length}`];
          }),
        );
        for (const span of expected) expect(found).toContain(span);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('more secrets than are listed', () => {
  // Made here, so that nobody's scanner takes this file for a leak.
  const letters = (n: number) => String(n).replace(/\d/g, (digit) => 'ZXCVBNMLKJ'[Number(digit)] as string);
  const keys = Array.from({ length: 300 }, (_, n) => `AKIA${letters(n).padStart(16, 'QW3RTYU5OPASDFG7')}`);

  it('are counted with the last', () => {
    const found = findSecrets(keys.join('\n'));
    expect(found).toHaveLength(50);
    expect(found.at(-1)?.detail).toContain('and 250 more secrets');
  });
});
