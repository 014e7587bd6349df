import { describe, expect, it } from 'vitest';
import type { Ambient, AmbientRequest } from './ambient.ts';
import { findAzureToken } from './azure-token.ts';

const { signal } = new AbortController();
const client = { AZURE_CLIENT_ID: 'c', AZURE_TENANT_ID: 't', AZURE_CLIENT_SECRET: 'the-secret' };

function machine(env: Ambient['env'], status = 200) {
  const asked: AmbientRequest[] = [];
  const ambient: Ambient = {
    env,
    now: () => 0,
    readFile: async () => 'a.b.c',
    request: async (request) => {
      asked.push(request);
      return { status, headers: {}, body: Buffer.from('{"access_token":"x","error":"invalid_request"}') };
    },
  };
  return { asked, find: () => findAzureToken(ambient, 'https://login.microsoftonline.com/', signal) };
}

describe('a token of Microsoft Entra', () => {
  it('is asked for at the authority that the environment names', async () => {
    const { asked, find } = machine({ ...client, AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.us/' });
    expect(await find()).toBe('x');
    expect(asked.map(({ url }) => url.href)).toEqual(['https://login.microsoftonline.us/t/oauth2/v2.0/token']);
  });

  it.each([
    { ...client, AZURE_AUTHORITY_HOST: 'http://login.microsoftonline.com/' },
    { ...client, AZURE_AUTHORITY_HOST: 'https://169.254.169.254/' },
    { ...client, AZURE_AUTHORITY_HOST: 'https://a:b@login.example/' },
    { ...client, AZURE_AUTHORITY_HOST: 'login.microsoftonline.com' },
    { ...client, AZURE_TENANT_ID: '../evil' },
    { ...client, AZURE_TENANT_ID: undefined },
    { ...client, AZURE_CLIENT_ID: undefined },
    { ...client, AZURE_CLIENT_ID: 'a\nb' },
  ])('is not asked for with %j', async (env) => {
    const { asked, find } = machine(env);
    await expect(find()).rejects.toMatchObject({
      code: 'credential-failure',
      message: expect.not.stringContaining('the-secret'),
    });
    expect(asked).toEqual([]);
  });

  it('that a client was named for is missed, that of a machine without one is not', async () => {
    await expect(machine({ AZURE_CLIENT_ID: 'c' }, 400).find()).rejects.toThrow(/400 \(invalid_request\)/);
    expect(await machine({}, 400).find()).toBeUndefined();
  });
});
