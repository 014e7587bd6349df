import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';

let test: TestApi;
beforeAll(async () => {
  test = await createTestApi();
});
afterAll(() => test.api.close());

const get = (url: string) => test.api.inject({ url: `/api/v1${url}`, headers: test.bearer });

describe('GET /who-runs', () => {
  it('hands the query on and answers with what the service says', async () => {
    const query = { name: 'openssl', version: '<3.0.14', at: '2026-02-01', limit: 2, offset: 1 };
    const reply = await get('/who-runs?name=openssl&version=%3C3.0.14&at=2026-02-01&limit=2&offset=1');
    expect(reply.statusCode).toBe(200);
    const answer = await test.services.whoRuns(query);
    expect(reply.json()).toEqual(answer);
    expect(answer.containers).toHaveLength(2);
  });

  it.each([
    ['', "The query must have required property 'name'"],
    ['?name=', 'name of the query must NOT have fewer than 1 characters'],
    ['?name=a&verison=1', 'The query must not have verison'],
    ['?name=a&limit=1001', 'limit of the query must be <= 1000'],
    ['?name=a&limit=x', 'limit of the query must be integer'],
    ['?name=a&name=b', 'name of the query must be string'],
    [`?name=${'a'.repeat(513)}`, 'name of the query must NOT have more than 512 characters'],
  ])('refuses %s and names the field', async (query, message) => {
    const reply = await get(`/who-runs${query}`);
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error).toMatchObject({ code: 'bad-request', message });
  });

  it('passes the refusal of the service on', async () => {
    const reply = await get('/who-runs?name=a&at=yesterday');
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error).toEqual({ code: 'bad-query', message: expect.any(String), remedy: expect.any(String) });
  });
});

describe('GET /overview', () => {
  it('answers with what the service says', async () => {
    expect((await get('/overview')).json()).toEqual(await test.services.overview());
  });
});

describe('GET /components/suggest', () => {
  it('finds names by their beginning', async () => {
    const reply = await get('/components/suggest?q=open&limit=5');
    expect(reply.json().items).toContainEqual({ name: 'openssl', ecosystem: 'deb', subjects: expect.any(Number) });
  });
});

describe('GET /containers', () => {
  it('pages through what runs', async () => {
    const first = (await get('/containers?state=running&limit=3')).json();
    const next = (await get('/containers?state=running&limit=3&offset=3')).json();
    expect(first.items).toHaveLength(3);
    expect(first.total).toBe((await test.services.overview()).containersRunning);
    expect(first.items.map((row: { id: string }) => row.id)).not.toContain(next.items[0].id);
    expect(first.items[0]).toMatchObject({ ended: null, labels: expect.any(Object) });
  });
});

describe('GET /containers?origin=', () => {
  it('hands the origin on, answers with it, and knows no other', async () => {
    const asked: unknown[] = [];
    const origin = { state: 'was-certified' as const, reason: 'withdrawn', startedBy: null, project: 'shop' };
    const { api, bearer } = await createTestApi({
      change: ({ fleet }) => ({
        containers: async (query) => {
          asked.push(query);
          return { items: fleet.containers.slice(0, 1).map((row) => ({ ...row, origin })), total: 1 };
        },
      }),
    });
    const ask = (text: string) => api.inject({ url: `/api/v1/containers?origin=${text}`, headers: bearer });
    expect((await ask('ad-hoc')).json().items[0].origin).toEqual(origin);
    expect(asked).toMatchObject([{ origin: 'ad-hoc' }]);
    expect((await ask('foreign')).statusCode).toBe(400);
    await api.close();
  });
});

describe('replies', () => {
  it('leave out what is not in their schema', async () => {
    const leaky = await createTestApi({
      change: ({ images, fleet }) => ({
        images: {
          ...images,
          list: async () => {
            const [row] = fleet.images.flatMap(({ image }) => (image ? [image] : []));
            return { items: [{ ...row, registryPassword: 'hunter2' } as never], total: 1, secret: 'hunter2' };
          },
        },
      }),
    });
    const reply = await leaky.api.inject({ url: '/api/v1/images', headers: leaky.bearer });
    expect(reply.json().items[0].imageId).toMatch(/^sha256:/);
    expect(reply.body).not.toContain('hunter2');
    await leaky.api.close();
  });

  it('are kept by no cache', async () => {
    expect((await get('/overview')).headers['cache-control']).toBe('no-store');
  });
});

describe('drift', () => {
  it('is listed with how much was looked at', async () => {
    const reply = await get('/drift?search=nmap&limit=2');
    expect(reply.json()).toEqual(await test.services.drift.list({ search: 'nmap', limit: 2 }));
    expect(reply.json().items[0]).toMatchObject({ rule: 'inspect/drift/added-package', goneAt: null });
    expect((await get('/drift?severity=bad')).statusCode).toBe(400);
  });

  it('is looked for in a container when asked, which needs a login and a body', async () => {
    const [row] = (await get('/containers?state=running&limit=1')).json().items;
    const look = (payload: object, headers: Record<string, string> = test.bearer) =>
      test.api.inject({ method: 'POST', url: '/api/v1/drift/looks', payload, headers });
    expect((await look({ container: row.id.slice(0, 12) })).json()).toMatchObject({
      state: 'looked',
      container: { id: row.id, name: row.name },
    });
    expect((await look({ container: 'nobody' })).statusCode).toBe(404);
    expect((await look({})).statusCode).toBe(400);
    expect((await look({ container: row.id }, {})).statusCode).toBe(401);
  });
});
