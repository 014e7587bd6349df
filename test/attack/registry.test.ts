import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/index.ts';
import { ImageError } from '../../src/image/image-error.ts';
import { findCredential } from '../../src/image/registry/credentials.ts';
import { nextHop, realmMayHaveCredentials } from '../../src/image/registry/redirect-rules.ts';
import { createRegistryClient, type RegistryClient } from '../../src/image/registry/registry-client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const manifest = Buffer.from('{"schemaVersion":2,"config":{},"layers":[]}');
const secret = Buffer.from('captain:rum').toString('base64');
const signal = new AbortController().signal;
const servers: Server[] = [];
const clients: RegistryClient[] = [];
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-attack-'));
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  rmSync(directory, { recursive: true });
});

/** A server on loopback; gives `127.0.0.1:PORT` and what it was asked. */
async function serve(handler: Handler): Promise<{ host: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    handler(request, response);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return { host: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, asked };
}

function connect(host: string, options: { stall?: number; credentials?: object | string } = {}): RegistryClient {
  let credentialFile: string | false = false;
  if (options.credentials !== undefined) {
    credentialFile = join(directory, 'config.json');
    const { credentials } = options;
    writeFileSync(credentialFile, typeof credentials === 'string' ? credentials : JSON.stringify(credentials));
  }
  const client = createRegistryClient(
    { registry: host, repository: 'fleet/app' },
    { credentialFile },
    options.stall ?? 5000,
  );
  clients.push(client);
  return client;
}

function login(host: string): object {
  return { auths: { [host]: { auth: secret } } };
}

async function failure(work: Promise<unknown>): Promise<ImageError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ImageError);
  return error as ImageError;
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of stream) size += chunk.byteLength;
  return size;
}

describe('a registry that stalls', () => {
  it('before its first byte', async () => {
    const { host } = await serve(() => {});
    expect((await failure(connect(host, { stall: 300 }).manifest('1', 1000, signal))).code).toBe('stalled');
  });

  it('in the midst of a manifest', async () => {
    const { host } = await serve((_, response) => response.writeHead(200).write('{"schemaVersion":'));
    expect((await failure(connect(host, { stall: 300 }).manifest('1', 1000, signal))).code).toBe('stalled');
  });

  it('by dripping a manifest byte by byte', async () => {
    const { host } = await serve((_, response) => drip(response));
    expect((await failure(connect(host, { stall: 300 }).manifest('1', 1_000_000, signal))).code).toBe('stalled');
  });

  it('by dripping a layer byte by byte', async () => {
    const { host } = await serve((_, response) => drip(response));
    const stream = await connect(host, { stall: 300 }).blob(digestOf('layer'), signal);
    expect((await failure(drain(stream))).code).toBe('stalled');
  });

  it('until the caller has enough of it', async () => {
    const { host } = await serve(() => {});
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    expect((await failure(connect(host).manifest('1', 1000, controller.signal))).code).toBe('aborted');
  });

  it('by cutting a layer off', async () => {
    const { host } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('begin');
      setTimeout(() => response.destroy(), 50);
    });
    const stream = await connect(host).blob(digestOf('layer'), signal);
    expect((await failure(drain(stream))).code).toBe('unreachable');
  });
});

function drip(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}

describe('a registry that lies', () => {
  const cases: readonly (readonly [string, Record<string, string>, Buffer, string, string])[] = [
    ['about the manifest of a digest', {}, manifest, digestOf('another'), 'digest-mismatch'],
    ['about the digest of a tag', { 'docker-content-digest': digestOf('another') }, manifest, '1', 'digest-mismatch'],
    ['by a manifest without end', {}, Buffer.alloc(5000, 32), '1', 'limit-exceeded'],
    [
      'by a schema 1 manifest, which has no digests to hold it to',
      { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' },
      manifest,
      '1',
      'unsupported-media-type',
    ],
  ];
  for (const [title, headers, body, reference, code] of cases) {
    it(title, async () => {
      const { host } = await serve((_, response) => response.writeHead(200, headers).end(body));
      expect((await failure(connect(host).manifest(reference, 1000, signal))).code).toBe(code);
    });
  }

  it('by an endless page of errors', async () => {
    const { host } = await serve((_, response) => {
      response.writeHead(500);
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) {}
      };
      response.on('drain', write);
      write();
    });
    expect((await failure(connect(host).manifest('1', 1000, signal))).code).toBe('limit-exceeded');
  });
});

describe('a registry that asks for credentials', () => {
  it('again and again gets them once', async () => {
    const { host, asked } = await serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="harbor"' }).end(),
    );
    const error = await failure(connect(host, { credentials: login(host) }).manifest('1', 1000, signal));
    expect(error.code).toBe('unauthorized');
    expect(error.remedy).toContain(join(directory, 'config.json'));
    expect(asked.map((request) => request.headers.authorization)).toEqual([undefined, `Basic ${secret}`]);
  });

  it('through a realm that gives worthless tokens ends as well', async () => {
    const { host, asked } = await serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"worthless"}');
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });
    expect((await failure(connect(host).manifest('1', 1000, signal))).code).toBe('unauthorized');
    expect(asked.length).toBe(3);
  });

  it('with a token that would break out of its header is not obeyed', async () => {
    const { host } = await serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end(JSON.stringify({ token: 'a\r\nx-evil: 1' }));
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });
    expect((await failure(connect(host).manifest('1', 1000, signal))).code).toBe('bad-response');
  });

  it('for more than pulling is asked for pulling alone', async () => {
    const { host, asked } = await serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"good"}');
      else if (request.headers.authorization === 'Bearer good') response.end(manifest);
      else {
        const scope = 'repository:fleet/app:pull,push,delete registry:catalog:*';
        response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",scope="${scope}"` }).end();
      }
    });
    await connect(host).manifest('1', 1000, signal);
    const [, token] = asked;
    expect(new URL(token?.url ?? '', 'http://x').searchParams.getAll('scope')).toEqual(['repository:fleet/app:pull']);
  });

  it('from a realm that redirects does not get there', async () => {
    const thief = await serve((_, response) => response.end('{"token":"x"}'));
    const { host } = await serve((request, response) => {
      if (request.url?.startsWith('/token')) response.writeHead(307, { location: `http://${thief.host}/` }).end();
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });
    const error = await failure(connect(host, { credentials: login(host) }).manifest('1', 1000, signal));
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
    const realm = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => {
        form += text;
      });
      request.on('end', () => response.end('{"access_token":"good"}'));
    });
    const { host, asked } = await serve((request, response) => {
      if (request.headers.authorization === 'Bearer good') response.end(manifest);
      else {
        const challenge = `Bearer realm="http://${realm.host}/token",service="harbor"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
    });
    const credentials = { auths: { [host]: { identitytoken: 'refresh me' } } };
    await connect(host, { credentials }).manifest('1', 1000, signal);
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
    const { host, asked } = await serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end(JSON.stringify({ token: valid }));
      else if (request.headers.authorization === `Bearer ${valid}`) response.end(manifest);
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });
    const client = connect(host);
    await client.manifest('1', 1000, signal);
    await client.manifest('1', 1000, signal);
    expect(asked.length).toBe(4);
    valid = 'second';
    await client.manifest('1', 1000, signal);
    expect(asked.length).toBe(7);
  });
});

describe('a layer that nobody reads', () => {
  it('may break off without harm', async () => {
    const { host } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('begin');
      setTimeout(() => response.destroy(), 20);
    });
    await connect(host).blob(digestOf('layer'), signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
});

describe('a layer that nobody reads to its end', () => {
  it('lets go of its connection', async () => {
    let closed = false;
    const { host } = await serve((_, response) => {
      response.on('close', () => {
        closed = true;
      });
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) {}
      };
      response.writeHead(200).on('drain', write);
      write();
    });
    for await (const chunk of await connect(host).blob(digestOf('layer'), signal)) if (chunk.length > 0) break;
    while (!closed) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

describe('a registry that sends elsewhere', () => {
  it('does not send our credentials along', async () => {
    const other = await serve((_, response) => response.end(manifest));
    const { host, asked } = await serve((request, response) => {
      if (request.headers.authorization) response.writeHead(307, { location: `http://${other.host}/blob` }).end();
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="harbor"' }).end();
    });
    await drain(await connect(host, { credentials: login(host) }).blob(digestOf('layer'), signal));
    expect(asked.at(-1)?.headers.authorization).toBe(`Basic ${secret}`);
    expect(other.asked.map((request) => request.headers.authorization)).toEqual([undefined]);
  });

  it('does not lead us in circles', async () => {
    const { host, asked } = await serve((request, response) =>
      response.writeHead(302, { location: `${request.url}x` }).end(),
    );
    expect((await failure(connect(host).manifest('1', 1000, signal))).code).toBe('redirect-refused');
    expect(asked.length).toBe(6);
  });

  it("does not get what another host's challenge asks for", async () => {
    const other = await serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="mine"' }).end(),
    );
    const { host } = await serve((_, response) => response.writeHead(307, { location: `http://${other.host}/` }).end());
    const error = await failure(connect(host, { credentials: login(host) }).manifest('1', 1000, signal));
    expect(error.code).toBe('unauthorized');
    expect(other.asked.length).toBe(1);
  });

  const hops: readonly (readonly [string, string, boolean, boolean])[] = [
    // from, to, the registry is public, allowed
    ['https://registry.example/a', '/b', true, true],
    ['https://registry.example/a', 'https://cdn.example/b', true, true],
    ['https://registry.example/a', 'http://registry.example/b', true, false],
    ['https://registry.example/a', 'http://127.0.0.1/b', false, false],
    ['https://registry.example/a', 'https://user:pass@cdn.example/b', true, false],
    ['https://registry.example/a', 'file:///etc/shadow', false, false],
    ['https://registry.example/a', 'https://', true, false],
    ['http://listed.example:5000/a', 'http://listed.example:5001/b', false, false],
    ['http://listed.example:5000/a', 'http://store.example:9000/b', false, true],
    ['https://registry.example/a', 'https://169.254.169.254/latest', true, false],
    ['https://registry.example/a', 'https://10.1.2.3/b', true, false],
    ['https://registry.example/a', 'https://10.1.2.3/b', false, true],
    ['https://registry.example/a', 'https://[::1]/b', true, false],
    ['https://registry.example/a', 'https://[fd00::1]/b', true, false],
    ['https://registry.example/a', 'https://[::ffff:169.254.169.254]/b', true, false],
    ['https://registry.example/a', 'https://localhost/b', true, false],
    ['https://registry.example/a', 'https://2130706433/b', true, false],
  ];
  for (const [from, to, registryIsPublic, allowed] of hops) {
    it(`from a ${registryIsPublic ? 'public' : 'private'} ${from} to ${to}: ${allowed ? 'yes' : 'no'}`, () => {
      const hop = () => nextHop(new URL(from), to, { plainHttp: ['store.example:9000'], registryIsPublic });
      if (allowed) expect(hop()).toBeInstanceOf(URL);
      else expect(hop).toThrow(ImageError);
    });
  }
});

describe('a registry that is busy', () => {
  it('is asked again as it says, and not for ever', async () => {
    const { host, asked } = await serve((_, response) => response.writeHead(429, { 'retry-after': '0' }).end());
    expect((await failure(connect(host).manifest('1', 1000, signal))).code).toBe('bad-response');
    expect(asked.length).toBe(4);
  });

  it('is served by patience', async () => {
    let tries = 0;
    const { host } = await serve((_, response) => {
      if (++tries < 3) response.writeHead(503, { 'retry-after': '0' }).end();
      else response.end(manifest);
    });
    expect((await connect(host).manifest('1', 1000, signal)).digest).toBe(digestOf(manifest));
  });
});

describe('credentials that are not what they should be', () => {
  const image = { registry: 'registry.example', repository: 'fleet/app' };

  function helper(name: string, script: string): void {
    const path = join(directory, `docker-credential-${name}`);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  async function find(document: object | string) {
    const file = join(directory, 'config.json');
    writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
    const path = process.env.PATH;
    process.env.PATH = `${directory}:${path}`;
    try {
      return await findCredential(image, [file], signal);
    } finally {
      process.env.PATH = path;
    }
  }

  it('a file that is no JSON is a failure that names it', async () => {
    const { credential, failures } = await find('{"auths":');
    expect(credential).toBeUndefined();
    expect(failures.map((error) => [error.code, error.message.includes(directory)])).toEqual([
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
      expect(failures.map((error) => [error.code, error.message.includes(directory)])).toEqual([
        ['credential-failure', true],
      ]);
    });
  }

  it('a file that cannot be read matters only where the registry refuses', async () => {
    const open = await serve((_, response) => response.end(manifest));
    await connect(open.host, { credentials: '{' }).manifest('1', 1000, signal);
    const closed = await serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="harbor"' }).end(),
    );
    const error = await failure(connect(closed.host, { credentials: '{' }).manifest('1', 1000, signal));
    expect(error.code).toBe('credential-failure');
  });
});
