import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/index.ts';
import { ImageError } from '../../src/image/image-error.ts';
import { nextHop } from '../../src/image/registry/redirect-rules.ts';
import { createHarbor, drain, failure, type HostileHarbor, logIn, manifest, secret } from './hostile-registry.ts';

const signal = new AbortController().signal;
let harbor: HostileHarbor;

beforeEach(() => {
  harbor = createHarbor();
});
afterEach(() => harbor.clear());

describe('a registry that stalls', () => {
  it('before its first byte', async () => {
    const { host } = await harbor.serve(() => {});
    expect((await failure(harbor.connect(host, { stall: 300 }).manifest('1', 1000, signal))).code).toBe('stalled');
  });

  it('in the midst of a manifest', async () => {
    const { host } = await harbor.serve((_, response) => response.writeHead(200).write('{"schemaVersion":'));
    expect((await failure(harbor.connect(host, { stall: 300 }).manifest('1', 1000, signal))).code).toBe('stalled');
  });

  it('by dripping a manifest byte by byte', async () => {
    const { host } = await harbor.serve((_, response) => drip(response));
    expect((await failure(harbor.connect(host, { stall: 300 }).manifest('1', 1_000_000, signal))).code).toBe('stalled');
  });

  it('by dripping a layer byte by byte', async () => {
    const { host } = await harbor.serve((_, response) => drip(response));
    const stream = await harbor.connect(host, { stall: 300 }).blob(digestOf('layer'), signal);
    expect((await failure(drain(stream))).code).toBe('stalled');
  });

  it('until the caller has enough of it', async () => {
    const { host } = await harbor.serve(() => {});
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    expect((await failure(harbor.connect(host).manifest('1', 1000, controller.signal))).code).toBe('aborted');
  });

  it('by cutting a layer off', async () => {
    const { host } = await harbor.serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('begin');
      setTimeout(() => response.destroy(), 50);
    });
    const stream = await harbor.connect(host).blob(digestOf('layer'), signal);
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
      const { host } = await harbor.serve((_, response) => response.writeHead(200, headers).end(body));
      expect((await failure(harbor.connect(host).manifest(reference, 1000, signal))).code).toBe(code);
    });
  }

  it('by an endless page of errors', async () => {
    const { host } = await harbor.serve((_, response) => {
      response.writeHead(500);
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', write);
      write();
    });
    expect((await failure(harbor.connect(host).manifest('1', 1000, signal))).code).toBe('limit-exceeded');
  });
});

describe('a layer that nobody reads', () => {
  it('may break off without harm', async () => {
    const { host } = await harbor.serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('begin');
      setTimeout(() => response.destroy(), 20);
    });
    await harbor.connect(host).blob(digestOf('layer'), signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
});

describe('a layer that nobody reads to its end', () => {
  it('lets go of its connection', async () => {
    let closed = false;
    const { host } = await harbor.serve((_, response) => {
      response.on('close', () => {
        closed = true;
      });
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.writeHead(200).on('drain', write);
      write();
    });
    for await (const chunk of await harbor.connect(host).blob(digestOf('layer'), signal)) if (chunk.length > 0) break;
    while (!closed) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

describe('a registry that sends elsewhere', () => {
  it('does not send our credentials along', async () => {
    const other = await harbor.serve((_, response) => response.end(manifest));
    const { host, asked } = await harbor.serve((request, response) => {
      if (request.headers.authorization) response.writeHead(307, { location: `http://${other.host}/blob` }).end();
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="harbor"' }).end();
    });
    await drain(await harbor.connect(host, { credentials: logIn(host) }).blob(digestOf('layer'), signal));
    expect(asked.at(-1)?.headers.authorization).toBe(`Basic ${secret}`);
    expect(other.asked.map((request) => request.headers.authorization)).toEqual([undefined]);
  });

  it('does not lead us in circles', async () => {
    const { host, asked } = await harbor.serve((request, response) =>
      response.writeHead(302, { location: `${request.url}x` }).end(),
    );
    expect((await failure(harbor.connect(host).manifest('1', 1000, signal))).code).toBe('redirect-refused');
    expect(asked.length).toBe(6);
  });

  it("does not get what another host's challenge asks for", async () => {
    const other = await harbor.serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="mine"' }).end(),
    );
    const { host } = await harbor.serve((_, response) =>
      response.writeHead(307, { location: `http://${other.host}/` }).end(),
    );
    const error = await failure(harbor.connect(host, { credentials: logIn(host) }).manifest('1', 1000, signal));
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
    const { host, asked } = await harbor.serve((_, response) => response.writeHead(429, { 'retry-after': '0' }).end());
    expect((await failure(harbor.connect(host).manifest('1', 1000, signal))).code).toBe('bad-response');
    expect(asked.length).toBe(4);
  });

  it('is served by patience', async () => {
    let tries = 0;
    const { host } = await harbor.serve((_, response) => {
      if (++tries < 3) response.writeHead(503, { 'retry-after': '0' }).end();
      else response.end(manifest);
    });
    expect((await harbor.connect(host).manifest('1', 1000, signal)).digest).toBe(digestOf(manifest));
  });
});
