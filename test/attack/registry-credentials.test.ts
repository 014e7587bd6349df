import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCredential } from '../../src/image/registry/credentials.ts';
import { realmMayHaveCredentials } from '../../src/image/registry/redirect-rules.ts';
import { createHarbor, failure, type HostileHarbor, logIn, manifest, secret } from './hostile-registry.ts';

const signal = new AbortController().signal;
let harbor: HostileHarbor;

beforeEach(() => {
  harbor = createHarbor();
});
afterEach(() => harbor.clear());

describe('a registry that asks for credentials', () => {
  it('again and again gets them once', async () => {
    const { host, asked } = await harbor.serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="harbor"' }).end(),
    );
    const error = await failure(harbor.connect(host, { credentials: logIn(host) }).manifest('1', 1000, signal));
    expect(error.code).toBe('unauthorized');
    expect(error.remedy).toContain(join(harbor.directory, 'config.json'));
    expect(asked.map((request) => request.headers.authorization)).toEqual([undefined, `Basic ${secret}`]);
  });

  it('through a realm that gives worthless tokens ends as well', async () => {
    const { host, asked } = await harbor.serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"worthless"}');
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });
    expect((await failure(harbor.connect(host).manifest('1', 1000, signal))).code).toBe('unauthorized');
    expect(asked.length).toBe(3);
  });

  it('with a token that would break out of its header is not obeyed', async () => {
    const { host } = await harbor.serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end(JSON.stringify({ token: 'a\r\nx-evil: 1' }));
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });
    expect((await failure(harbor.connect(host).manifest('1', 1000, signal))).code).toBe('bad-response');
  });

  it('for more than pulling is asked for pulling alone', async () => {
    const { host, asked } = await harbor.serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"good"}');
      else if (request.headers.authorization === 'Bearer good') response.end(manifest);
      else {
        const scope = 'repository:fleet/app:pull,push,delete registry:catalog:*';
        response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",scope="${scope}"` }).end();
      }
    });
    await harbor.connect(host).manifest('1', 1000, signal);
    const [, token] = asked;
    expect(new URL(token?.url ?? '', 'http://x').searchParams.getAll('scope')).toEqual(['repository:fleet/app:pull']);
  });

  it('from a realm that redirects does not get there', async () => {
    const thief = await harbor.serve((_, response) => response.end('{"token":"x"}'));
    const { host } = await harbor.serve((request, response) => {
      if (request.url?.startsWith('/token')) response.writeHead(307, { location: `http://${thief.host}/` }).end();
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });
    const error = await failure(harbor.connect(host, { credentials: logIn(host) }).manifest('1', 1000, signal));
    expect(error.code).toBe('redirect-refused');
    expect(thief.asked).toEqual([]);
  });

  const realms: readonly (readonly [string, string, boolean])[] = [
    ['https://registry.example', 'https://registry.example/token', true],
    ['https://registry.example', 'https://auth.example/token', true],
    ['https://registry.example', 'http://auth.example/token', false],
    ['https://registry.example', 'http://registry.example/token', false],
    ['http://registry.example', 'http://registry.example/token', true],
    ['http://registry.example', 'http://registry.example:81/token', false],
    ['http://registry.example', 'https://auth.example/token', false],
    ['http://127.0.0.1:5000', 'http://127.0.0.1:5001/token', true],
    ['http://127.0.0.1:5000', 'http://10.0.0.1/token', false],
  ];
  for (const [registry, realm, expected] of realms) {
    it(`at ${registry}, from ${realm}: ${expected ? 'yes' : 'no'}`, () => {
      expect(realmMayHaveCredentials(new URL(registry), new URL(realm))).toBe(expected);
    });
  }
});

describe('a registry that takes identity tokens', () => {
  it('gets what the realm gives for one, and the realm gets it in a form', async () => {
    let form = '';
    const realm = await harbor.serve((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => {
        form += text;
      });
      request.on('end', () => response.end('{"access_token":"good"}'));
    });
    const { host, asked } = await harbor.serve((request, response) => {
      if (request.headers.authorization === 'Bearer good') response.end(manifest);
      else {
        const challenge = `Bearer realm="http://${realm.host}/token",service="harbor"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
    });
    const credentials = { auths: { [host]: { identitytoken: 'refresh me' } } };
    await harbor.connect(host, { credentials }).manifest('1', 1000, signal);
    expect(asked.length).toBe(2);
    expect(realm.asked.map((request) => [request.method, request.headers.authorization])).toEqual([
      ['POST', undefined],
    ]);
    expect(Object.fromEntries(new URLSearchParams(form))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'portwarden',
      service: 'harbor',
      scope: 'repository:fleet/app:pull',
      refresh_token: 'refresh me',
    });
  });
});

describe('a registry whose token has run out', () => {
  it('is asked for another one, once', async () => {
    let valid = 'first';
    const { host, asked } = await harbor.serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end(JSON.stringify({ token: valid }));
      else if (request.headers.authorization === `Bearer ${valid}`) response.end(manifest);
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });
    const client = harbor.connect(host);
    await client.manifest('1', 1000, signal);
    await client.manifest('1', 1000, signal);
    expect(asked.length).toBe(4);
    valid = 'second';
    await client.manifest('1', 1000, signal);
    expect(asked.length).toBe(7);
  });
});

describe('credentials that are not what they should be', () => {
  const image = { registry: 'registry.example', repository: 'fleet/app' };

  function helper(name: string, script: string): void {
    const path = join(harbor.directory, `docker-credential-${name}`);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  async function find(document: object | string) {
    const file = join(harbor.directory, 'config.json');
    writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
    const path = process.env.PATH;
    process.env.PATH = `${harbor.directory}:${path}`;
    try {
      return await findCredential(image, [file], signal);
    } finally {
      process.env.PATH = path;
    }
  }

  it('a file that is no JSON is a failure that names it', async () => {
    const { credential, failures } = await find('{"auths":');
    expect(credential).toBeUndefined();
    expect(failures.map((error) => [error.code, error.message.includes(harbor.directory)])).toEqual([
      ['credential-failure', true],
    ]);
  });

  it('a helper is asked for the server on its standard input', async () => {
    helper(
      'ok',
      'read server; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"$server/$1\\",\\"Secret\\":\\"s\\"}"',
    );
    const { credential } = await find({ credHelpers: { 'registry.example': 'ok' } });
    expect(credential).toEqual({ kind: 'basic', username: 'registry.example/get', password: 's' });
  });

  it('a helper may hold an identity token', async () => {
    helper('token', 'echo \'{"Username":"<token>","Secret":"refresh"}\'');
    expect((await find({ credsStore: 'token' })).credential).toEqual({ kind: 'identity-token', token: 'refresh' });
  });

  it('a helper that has none is no failure', async () => {
    helper('none', 'echo "credentials not found in native keychain"; exit 1');
    expect(await find({ credsStore: 'none' })).toMatchObject({ failures: [] });
  });

  const bad: readonly (readonly [string, string, string])[] = [
    ['that fails', 'bad', 'echo locked; exit 3'],
    ['that answers nonsense', 'bad', 'echo nonsense'],
    ['that answers without end', 'bad', 'exec yes'],
    ['whose name is a path', '../bad', 'true'],
    ['that is not installed', 'missing', 'true'],
  ];
  for (const [title, name, script] of bad) {
    it(`a helper ${title} is a failure that names the file`, async () => {
      helper('bad', script);
      const { failures } = await find({ credsStore: name });
      expect(failures.map((error) => [error.code, error.message.includes(harbor.directory)])).toEqual([
        ['credential-failure', true],
      ]);
    });
  }

  it('a file that cannot be read matters only where the registry refuses', async () => {
    const open = await harbor.serve((_, response) => response.end(manifest));
    await harbor.connect(open.host, { credentials: '{' }).manifest('1', 1000, signal);
    const closed = await harbor.serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="harbor"' }).end(),
    );
    const error = await failure(harbor.connect(closed.host, { credentials: '{' }).manifest('1', 1000, signal));
    expect(error.code).toBe('credential-failure');
  });
});
