import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../src/base/index.ts';
import type { RegistryWriter } from '../../src/image/registry/registry-writer.ts';
import {
  createHarbor,
  failure,
  type Handler,
  type HostileHarbor,
  logIn,
  manifest,
  secret,
} from './hostile-registry.ts';

const signal = new AbortController().signal;
const content = Buffer.alloc(200_000, 'content of a layer ');
const digest = digestOf(content);
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
let harbor: HostileHarbor;

beforeEach(() => {
  harbor = createHarbor();
});
afterEach(() => harbor.clear());

const line = ({ method, url }: IncomingMessage) => `${method} ${url}`;
const lines = (asked: readonly IncomingMessage[]) => asked.map(line);

function push(writer: RegistryWriter, bytes: Uint8Array = content, as: Digest = digest): Promise<void> {
  async function* whole(): AsyncIterable<Uint8Array> {
    yield bytes;
  }
  return writer.putBlob(as, content.byteLength, async () => whole(), signal);
}

/** Reads the request to its end, then answers. */
function answer(request: IncomingMessage, response: ServerResponse, status: number, headers = {}, body = ''): void {
  request.on('end', () => response.writeHead(status, headers).end(body)).resume();
}

/** An upload as it should go; `location` is where it goes on. */
function takeUploads(location: (request: IncomingMessage) => string): Handler {
  return (request, response) => {
    const status = { POST: 202, PATCH: 202, PUT: 201 }[request.method ?? ''] ?? 204;
    answer(request, response, status, { location: location(request) });
  };
}

describe('a registry that sends an upload', () => {
  it('to another origin does not send our credentials there, even when they are asked for there', async () => {
    let refuses = false;
    const thief = await harbor.serve((request, response) => {
      if (refuses) answer(request, response, 401, { 'www-authenticate': 'Basic realm="harbor"' });
      else takeUploads(() => `http://${thief.host}/taken?session=1`)(request, response);
    });
    const { host, asked } = await harbor.serve((request, response) => {
      if (request.headers.authorization) answer(request, response, 202, { location: `http://${thief.host}/up` });
      else answer(request, response, 401, { 'www-authenticate': 'Basic realm="harbor"' });
    });
    const writer = harbor.write(host, { credentials: logIn(host) });
    await push(writer);
    expect(lines(thief.asked)).toEqual(['PATCH /up', `PUT /taken?session=1&digest=${encodeURIComponent(digest)}`]);
    refuses = true;
    expect((await failure(push(writer))).code).toBe('unauthorized');
    expect(asked.at(-1)?.headers.authorization).toBe(`Basic ${secret}`);
    expect(thief.asked.map((request) => request.headers.authorization)).toEqual(thief.asked.map(() => undefined));
  });

  it('by a redirect to another origin is followed there with every byte and no credentials', async () => {
    let bytes = 0;
    const thief = await harbor.serve((request, response) => {
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
      });
      answer(request, response, 202);
    });
    const { host } = await harbor.serve((request, response) => {
      if (!request.headers.authorization) answer(request, response, 401, { 'www-authenticate': 'Basic realm="x"' });
      else if (request.method === 'PATCH') answer(request, response, 307, { location: `http://${thief.host}/store` });
      else takeUploads(() => '/v2/up')(request, response);
    });
    await push(harbor.write(host, { credentials: logIn(host) }));
    expect(thief.asked.map((request) => [line(request), request.headers.authorization])).toEqual([
      ['PATCH /store', undefined],
    ]);
    expect(bytes).toBe(content.byteLength);
  });

  it.each([301, 302, 303])('by a redirect that makes a reader of a writer (%i) is not obeyed', async (status) => {
    const { host, asked } = await harbor.serve((request, response) =>
      answer(request, response, status, { location: '/elsewhere' }),
    );
    expect((await failure(push(harbor.write(host)))).code).toBe('redirect-refused');
    expect((await failure(harbor.write(host).putManifest('1', manifest, manifestType, signal))).code).toBe(
      'redirect-refused',
    );
    expect(asked.length).toBe(2);
  });

  it.each([
    ['into this network', 'http://10.0.0.1/up', 'redirect-refused'],
    ['to a metadata service', 'http://169.254.169.254/latest', 'redirect-refused'],
    ['to a file', 'file:///etc/passwd', 'redirect-refused'],
    ['to a URL with a password', 'http://a:b@127.0.0.1/up', 'redirect-refused'],
    ['nowhere', undefined, 'bad-response'],
  ])('%s is not obeyed', async (_, location, code) => {
    const { host, asked } = await harbor.serve((request, response) =>
      answer(request, response, 202, location ? { location } : {}),
    );
    expect((await failure(push(harbor.write(host)))).code).toBe(code);
    expect((await failure(harbor.write(host).mountBlob(digest, 'fleet/other', signal))).code).toBe(code);
    expect(asked.length).toBe(2);
  });

  it('elsewhere in the midst of it is not obeyed, and nothing is finished', async () => {
    const { host, asked } = await harbor.serve(
      takeUploads(({ method }) => (method === 'PATCH' ? 'http://10.0.0.1/up' : '/v2/up')),
    );
    expect((await failure(push(harbor.write(host)))).code).toBe('redirect-refused');
    expect(lines(asked)).toEqual(['POST /v2/fleet/app/blobs/uploads/', 'PATCH /v2/up', 'DELETE /v2/up']);
  });
});

describe('an upload of the wrong bytes', () => {
  it.each([
    ['of another digest', Buffer.alloc(content.byteLength), 'digest-mismatch'],
    ['too few', content.subarray(1), 'size-mismatch'],
    ['too many', Buffer.concat([content, content]), 'size-mismatch'],
  ])('%s is given up, not finished', async (_, bytes, code) => {
    const { host, asked } = await harbor.serve(takeUploads(() => '/v2/up'));
    expect((await failure(push(harbor.write(host), bytes))).code).toBe(code);
    // On two connections: what comes second may be seen first.
    expect(asked.map(({ method }) => method).sort()).toEqual(['DELETE', 'PATCH', 'POST']);
  });
});

describe('a registry that takes', () => {
  it('a blob before it was sent does not get it finished', async () => {
    const { host, asked } = await harbor.serve((request, response) => {
      response.writeHead({ POST: 202, PATCH: 202 }[request.method ?? ''] ?? 204, { location: '/v2/up' }).end();
    });
    async function* slow(): AsyncIterable<Uint8Array> {
      for (;;) {
        yield content;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    const work = harbor.write(host).putBlob(digest, 2 ** 40, async () => slow(), signal);
    expect(['bad-response', 'unreachable']).toContain((await failure(work)).code);
    expect(asked.map(({ method }) => method)).not.toContain('PUT');
  });

  it('no byte of a blob stalls, and memory does not fill with it', async () => {
    const { host } = await harbor.serve((request, response) => {
      if (request.method === 'PATCH') request.pause();
      else takeUploads(() => '/v2/up')(request, response);
    });
    let opened = 0;
    let isClosed = false;
    async function* endless(): AsyncIterable<Uint8Array> {
      try {
        for (;;) {
          opened += 65_536;
          yield Buffer.alloc(65_536);
        }
      } finally {
        isClosed = true;
      }
    }
    const work = harbor.write(host, { stall: 500 }).putBlob(digest, 2 ** 40, async () => endless(), signal);
    expect((await failure(work)).code).toBe('stalled');
    expect(opened).toBeLessThan(32 * 2 ** 20);
    expect(isClosed).toBe(true);
  });

  it('something else than what it was given is found out', async () => {
    const other = { 'docker-content-digest': digestOf('another'), location: '/v2/up' };
    const { host } = await harbor.serve((request, response) => {
      answer(request, response, request.method === 'PUT' ? 201 : 202, other);
    });
    const writer = harbor.write(host);
    expect((await failure(push(writer))).code).toBe('digest-mismatch');
    expect((await failure(writer.putManifest('1', manifest, manifestType, signal))).code).toBe('digest-mismatch');
  });

  it('a manifest and does not say which is asked for it', async () => {
    let stored = manifest;
    const { host } = await harbor.serve((request, response) => {
      if (request.method === 'PUT') answer(request, response, 201);
      else response.end(stored);
    });
    const writer = harbor.write(host);
    expect(await writer.putManifest('1', manifest, manifestType, signal)).toBe(digestOf(manifest));
    stored = Buffer.from('{"schemaVersion":2}');
    expect((await failure(writer.putManifest('1', manifest, manifestType, signal))).code).toBe('digest-mismatch');
  });
});

describe('a registry that wants a token', () => {
  it('to push elsewhere is asked for the right to push here, and only what deletes may delete', async () => {
    const scopes: string[][] = [];
    const { host, asked } = await harbor.serve((request, response) => {
      if (request.url?.startsWith('/token')) {
        scopes.push(new URL(request.url, 'http://x').searchParams.getAll('scope'));
        response.end(`{"token":"t${scopes.length}"}`);
      } else if (request.headers.authorization) {
        const status = { HEAD: 200, PUT: 201, POST: 201 }[request.method ?? ''] ?? 202;
        answer(request, response, status, { 'docker-content-digest': digestOf(manifest) });
      } else {
        const scope = 'repository:fleet/crown:pull,push,delete registry:catalog:*';
        const challenge = `Bearer realm="http://${host}/token",scope="${scope}"`;
        answer(request, response, 401, { 'www-authenticate': challenge });
      }
    });
    const writer = harbor.write(host);
    await writer.putManifest('1', manifest, manifestType, signal);
    await writer.deleteManifest(digestOf(manifest), signal);
    await writer.mountBlob(digestOf(manifest), 'fleet/other', signal);
    await writer.hasBlob(digest, signal);
    expect(scopes).toEqual([
      ['repository:fleet/app:pull,push'],
      ['repository:fleet/app:pull,push,delete'],
      ['repository:fleet/app:pull,push', 'repository:fleet/other:pull'],
    ]);
    const used = asked.filter(({ headers }) => headers.authorization);
    expect(used.map(({ method, headers }) => `${method} ${headers.authorization}`)).toEqual([
      'PUT Bearer t1',
      'DELETE Bearer t2',
      'POST Bearer t3',
      'HEAD Bearer t1',
    ]);
  });

  it('in the midst of an upload gets the blob from its beginning', async () => {
    let bytes = 0;
    const { host, asked } = await harbor.serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"new"}');
      else if (request.method === 'PATCH' && request.headers.authorization !== 'Bearer new')
        answer(request, response, 401, { 'www-authenticate': `Bearer realm="http://${host}/token"` });
      else {
        if (request.method === 'PATCH')
          request.on('data', (chunk: Buffer) => {
            bytes += chunk.byteLength;
          });
        takeUploads(() => '/v2/up')(request, response);
      }
    });
    await push(harbor.write(host));
    expect(bytes).toBe(content.byteLength);
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'GET', 'PATCH', 'PUT']);
  });

  it('for a name that is a scope of its own does not get that far', async () => {
    const { host, asked } = await harbor.serve((_, response) => response.end());
    const writer = harbor.write(host);
    for (const name of ['a repository:fleet/crown', 'a:pull,push', '../crown', '']) {
      await expect(writer.mountBlob(digest, name, signal)).rejects.toMatchObject({ code: 'bad-reference' });
    }
    expect(asked).toEqual([]);
  });
});

describe('a registry that is busy', () => {
  it('is asked again to begin, but not given the same bytes twice', async () => {
    let begun = 0;
    const { host, asked } = await harbor.serve((request, response) => {
      const isBusy = request.method === 'PATCH' || (request.method === 'POST' && ++begun === 1);
      if (isBusy) answer(request, response, 429, { 'retry-after': '0' });
      else takeUploads(() => '/v2/up')(request, response);
    });
    expect((await failure(push(harbor.write(host)))).code).toBe('bad-response');
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'PATCH', 'DELETE']);
  });
});

describe('a registry that does not let delete', () => {
  it.each([
    [405, '', false],
    [501, '', false],
    [400, '{"errors":[{"code":"UNSUPPORTED"}]}', false],
    [404, '', true],
    [202, '', true],
  ])('by %i %s', async (status, body, expected) => {
    const { host } = await harbor.serve((request, response) => answer(request, response, status, {}, body));
    expect(await harbor.write(host).deleteManifest(digest, signal)).toBe(expected);
  });

  it.each([
    [400, 'bad-response'],
    [403, 'forbidden'],
    [500, 'bad-response'],
  ])('for a reason of its own, %i', async (status, code) => {
    const { host } = await harbor.serve((request, response) => answer(request, response, status));
    expect((await failure(harbor.write(host).deleteManifest(digest, signal))).code).toBe(code);
  });
});
