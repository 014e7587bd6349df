import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';

let test: TestApi;
beforeAll(async () => {
  test = await createTestApi();
});
afterAll(() => test.api.close());

const get = (url: string) => test.api.inject({ url: `/api/v1${url}`, headers: test.bearer });
const post = (url: string, payload: object) =>
  test.api.inject({ method: 'POST', url: `/api/v1${url}`, headers: test.bearer, payload });

describe('GET /launches', () => {
  it('lists what the service says, newest first, in pages', async () => {
    const all = (await get('/launches')).json();
    expect(all).toEqual(JSON.parse(JSON.stringify(await test.services.launches.list({}))));
    expect(all.total).toBe(35);
    const page = (await get('/launches?limit=2&offset=1')).json();
    expect(page).toEqual({ items: all.items.slice(1, 3), total: 35 });
    expect((await get('/launches?offset=1000')).json()).toEqual({ items: [], total: 35 });
  });

  it.each([
    ['outcome=deny', 2],
    ['outcome=undecided', 1],
    ['observed=true', 1],
    ['observed=false', 34],
    ['gate=kubernetes', 1],
    ['host=nowhere', 0],
    ['text=shop%2Fmail', 1],
    ['text=%25', 0],
  ])('narrows by %s', async (query, total) => expect((await get(`/launches?${query}`)).json().total).toBe(total));

  it.each([
    'outcome=maybe',
    'gate=none',
    'limit=0',
    'limit=x',
    'offset=-1',
    'text=',
    'color=red',
    'observed=1x',
    `text=${'a'.repeat(301)}`,
  ])('is not asked by %.40s', async (query) => expect((await get(`/launches?${query}`)).statusCode).toBe(400));

  it.each(['/launches', '/launches/l1', '/tickets'])('%s is for who is known', async (url) => {
    expect((await test.api.inject({ url: `/api/v1${url}` })).statusCode).toBe(401);
  });
});

describe('GET /launches/ID', () => {
  it('explains one, with what was asked', async () => {
    const reply = await get('/launches/l1');
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ id: 'l1', outcome: 'deny', requests: [{ action: 'start' }], ticket: null });
    expect((await get('/launches/l5')).json().ticket).toBe('t5');
  });

  it.each([
    ['x9', 404],
    ['L1', 400],
    ['..%2F', 400],
    ['a'.repeat(41), 400],
    ['l1%00', 400],
  ])('of %.20s is refused', async (id, status) => {
    expect((await get(`/launches/${id}`)).statusCode).toBe(status);
  });
});

describe('tickets', () => {
  const answer = (payload: object, id = 't5') => post(`/tickets/${id}/answer`, payload);

  it('are listed by state', async () => {
    expect((await get('/tickets')).json()).toMatchObject({
      total: 1,
      items: [{ id: 't5', state: 'open', answer: null }],
    });
    expect((await get('/tickets?state=approved')).json()).toEqual({ items: [], total: 0 });
    expect((await get('/tickets?state=lost')).statusCode).toBe(400);
  });

  it.each<[object, string, number]>([
    [{ state: 'approved' }, 't5', 400],
    [{ state: 'approved', reason: '' }, 't5', 400],
    [{ state: 'approved', reason: '  ' }, 't5', 400],
    [{ state: 'open', reason: 'x' }, 't5', 400],
    [{ state: 'approved', reason: 'x', until: 'soon' }, 't5', 400],
    [{ state: 'approved', reason: 'x', until: '2020-01-01T00:00:00Z' }, 't5', 400],
    [{ state: 'approved', reason: 'x', until: '2028-01-01T00:00:00Z' }, 't5', 400],
    [{ state: 'approved', reason: 'x', by: 'ada' }, 't5', 400],
    [{ state: 'approved', reason: 'x'.repeat(2001) }, 't5', 400],
    [{ state: 'approved', reason: 'x' }, 't9', 404],
  ])('are not answered by %j of %s', async (payload, id, status) => {
    expect((await answer(payload, id)).statusCode).toBe(status);
    expect((await test.services.launches.ticket('t5'))?.state).toBe('open');
  });

  // The last: from here on none is open.
  it('are answered once, under the name of who answers', async () => {
    const reply = await answer({ state: 'approved', reason: ' seen ', until: '2026-03-10T00:00:00Z' });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({
      state: 'approved',
      answer: { by: expect.stringContaining('test'), reason: 'seen', until: '2026-03-10T00:00:00.000Z', isOver: false },
    });
    const again = await answer({ state: 'refused', reason: 'no' });
    expect(again.statusCode).toBe(409);
    expect(again.json().error).toMatchObject({ code: 'ticket-answered' });
  });
});
