import { describe, expect, it } from 'vitest';
import type { Ambient, AmbientRequest } from './ambient.ts';
import { findAwsKeys } from './aws-keys.ts';

const { signal } = new AbortController();

function machine(env: Ambient['env'], files: Readonly<Record<string, string>> = {}) {
  const asked: AmbientRequest[] = [];
  const ambient: Ambient = {
    env,
    now: () => 0,
    readFile: async (path) => files[path] ?? '',
    request: async (request) => {
      asked.push(request);
      const body = { AccessKeyId: 'A', SecretAccessKey: 'B', Token: 'C' };
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) };
    },
  };
  return { asked, find: () => findAwsKeys(ambient, 'eu-west-1', signal) };
}

describe('container credentials', () => {
  it.each([
    ['http://127.0.0.1:1234/a', 'aws'],
    ['http://localhost/a', 'aws'],
    ['http://[::1]/a', 'aws'],
    ['http://169.254.170.2/a', 'aws'],
    ['http://169.254.170.23/v1/credentials', 'aws'],
    ['http://[fd00:ec2::23]/v1/credentials', 'aws'],
    ['https://credentials.example/a', undefined],
  ])('are asked for at %s', async (url, metadataOf) => {
    const { asked, find } = machine({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'T',
    });
    expect(await find()).toEqual({ accessKeyId: 'A', secretAccessKey: 'B', sessionToken: 'C' });
    expect(asked).toMatchObject([{ method: 'GET', headers: { authorization: 'T' } }]);
    expect([asked[0]?.url.href, asked[0]?.metadataOf]).toEqual([url, metadataOf]);
  });

  it.each([
    'http://credentials.example/a',
    'http://10.0.0.1/a',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/a',
    'https://169.254.169.254/a',
    'http://169.254.0.1/a',
    'http://127.0.0.1.evil.example/a',
    'file:///etc/passwd',
    '/a',
    'nonsense',
  ])('are not asked for at %s', async (url) => {
    const { asked, find } = machine({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url });
    await expect(find()).rejects.toMatchObject({
      code: 'credential-failure',
      remedy: expect.stringContaining('HTTPS'),
    });
    expect(asked).toEqual([]);
  });

  it.each(['@evil.example/a', '.evil.example/a', ':80/a', 'a'])('are not led astray by the path %s', async (path) => {
    const { asked, find } = machine({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path });
    await expect(find()).rejects.toMatchObject({ code: 'credential-failure' });
    expect(asked).toEqual([]);
  });

  it('stay at their host whatever the path', async () => {
    const { asked, find } = machine({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '//evil.example/@b' });
    await find();
    expect(asked[0]?.url.host).toBe('169.254.170.2');
  });

  it('are not asked for with a token that would break out of its header', async () => {
    const { asked, find } = machine(
      { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/a', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/t' },
      { '/t': 'secret\r\nx-evil: 1' },
    );
    await expect(find()).rejects.toMatchObject({ message: expect.not.stringContaining('secret') });
    expect(asked).toEqual([]);
  });
});

describe('keys of the environment', () => {
  it.each([
    [{ AWS_ACCESS_KEY_ID: 'A' }, /AWS_SECRET_ACCESS_KEY is missing/],
    [{ AWS_SECRET_ACCESS_KEY: 'B' }, /AWS_ACCESS_KEY_ID is missing/],
    [{ AWS_ACCESS_KEY_ID: 'A\nB', AWS_SECRET_ACCESS_KEY: 'C' }, /AWS_ACCESS_KEY_ID is not what it must be/],
    [{ AWS_WEB_IDENTITY_TOKEN_FILE: '/t' }, /without AWS_ROLE_ARN/],
    [{ AWS_WEB_IDENTITY_TOKEN_FILE: '/t', AWS_ROLE_ARN: 'r' }, /the token in \/t is missing/],
  ])('%j are told of, not passed over', async (env, message) => {
    const { asked, find } = machine(env);
    await expect(find()).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });
});
