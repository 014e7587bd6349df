import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tagListLimits } from '../../src/image/registry/list-tags.ts';
import { createHarbor, failure, type HostileHarbor, logIn, secret } from './hostile-registry.ts';

const signal = new AbortController().signal;
const path = '/v2/fleet/app/tags/list';
let harbor: HostileHarbor;

beforeEach(() => {
  harbor = createHarbor();
});
afterEach(() => harbor.clear());

function page(response: ServerResponse, tags: readonly string[], next?: string): void {
  if (next !== undefined) response.setHeader('link', `<${next}>; rel="next"`);
  response.end(JSON.stringify({ name: 'fleet/app', tags }));
}

describe('tags that a registry lists', () => {
  it('are read page by page, each once', async () => {
    const { host, asked } = await harbor.serve((request, response) => {
      const last = new URL(request.url ?? '', 'http://x').searchParams.get('last');
      if (last === null) page(response, ['1', '2'], `${path}?n=1000&last=2`);
      else page(response, ['2', '3']);
    });
    expect(await harbor.connect(host).tags(signal)).toEqual(['1', '2', '3']);
    expect(asked.map(({ url }) => url)).toEqual([`${path}?n=1000`, `${path}?n=1000&last=2`]);
  });

  it('of a repository that is not there are told apart from none', async () => {
    const { host } = await harbor.serve((_, response) => response.writeHead(404).end('{"errors":[]}'));
    expect(await failure(harbor.connect(host).tags(signal))).toMatchObject({
      code: 'not-found',
      message: `there is no repository ${host}/fleet/app`,
    });
  });

  it('on pages without end are given up', async () => {
    const { host, asked } = await harbor.serve((_, response) => page(response, ['1'], `${path}?n=1000&last=1`));
    expect((await failure(harbor.connect(host).tags(signal))).code).toBe('limit-exceeded');
    expect(asked.length).toBe(tagListLimits.pages);
  });

  it('that are too many are given up, not cut off', async () => {
    let page = 0;
    const { host } = await harbor.serve((_, response) => {
      const tags = Array.from({ length: 4000 }, (__, at) => `${page}-${at}`);
      response.setHeader('link', `<${path}?last=${page++}>; rel="next"`);
      response.end(JSON.stringify({ tags }));
    });
    expect(await failure(harbor.connect(host).tags(signal))).toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringContaining('10000 tags'),
    });
    expect(page).toBe(3);
  });

  it('on one page without end are given up', async () => {
    const { host } = await harbor.serve((_, response) => {
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
      };
      response.on('drain', write);
      write();
    });
    expect((await failure(harbor.connect(host).tags(signal))).code).toBe('limit-exceeded');
  });

  it.each(['http://127.0.0.1:1/v2/fleet/app/tags/list', '/v2/fleet/secret/tags/list', '/v2/', 'file:///etc/passwd'])(
    'do not go on at %s',
    async (target) => {
      const { host, asked } = await harbor.serve((_, response) => page(response, ['1'], target));
      expect((await failure(harbor.connect(host).tags(signal))).code).toBe('redirect-refused');
      expect(asked.length).toBe(1);
    },
  );

  it('take no credentials to another host, nor any request', async () => {
    const thief = await harbor.serve((_, response) => page(response, ['stolen']));
    const { host, asked } = await harbor.serve((request, response) => {
      if (request.headers.authorization) page(response, ['1'], `http://${thief.host}${path}?last=1`);
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="harbor"' }).end();
    });
    expect((await failure(harbor.connect(host, { credentials: logIn(host) }).tags(signal))).code).toBe(
      'redirect-refused',
    );
    expect(asked.at(-1)?.headers.authorization).toBe(`Basic ${secret}`);
    expect(thief.asked).toEqual([]);
  });

  it('take no credentials along where the list itself is sent elsewhere, and go on at the registry', async () => {
    const other = await harbor.serve((_, response) => page(response, ['1'], `${path}?last=1`));
    const { host, asked } = await harbor.serve((request, response) => {
      if (!request.headers.authorization) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="harbor"' }).end();
      } else if (request.url?.includes('last=')) page(response, ['2']);
      else response.writeHead(307, { location: `http://${other.host}${path}` }).end();
    });
    expect(await harbor.connect(host, { credentials: logIn(host) }).tags(signal)).toEqual(['1', '2']);
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(asked.at(-1)?.url).toBe(`${path}?last=1`);
  });

  it.each(['{"tags":["../../../v2/_catalog"]}', '{"tags":{}}', 'tags', '\xff'])('are none in %s', async (body) => {
    const { host } = await harbor.serve((_, response) => response.end(Buffer.from(body, 'latin1')));
    expect((await failure(harbor.connect(host).tags(signal))).code).toBe('bad-response');
  });
});

describe('a registry that is asked whether it answers', () => {
  it('does, with the login that it wants', async () => {
    const { host, asked } = await harbor.serve((request, response) => {
      if (request.headers.authorization) response.end('{}');
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="harbor"' }).end();
    });
    await harbor.connect(host, { credentials: logIn(host) }).ping(signal);
    expect(asked.map(({ url }) => url)).toEqual(['/v2/', '/v2/']);
    expect((await failure(harbor.connect(host).ping(signal))).code).toBe('unauthorized');
  });

  it('is none where something else answers', async () => {
    const { host } = await harbor.serve((_, response) => response.writeHead(404).end());
    expect(await failure(harbor.connect(host).ping(signal))).toMatchObject({
      code: 'bad-response',
      message: expect.stringContaining('no registry'),
    });
  });
});
