import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';
import { openEvents } from '../../test/fakes/event-reader.ts';
import { inventedGate, inventedRegistry } from '../../test/fakes/policy-documents.ts';
import { silentLog } from '../base/log.ts';

let test: TestApi;
const logged: object[] = [];
const log = { ...silentLog, error: (fields: object) => void logged.push(fields) };
beforeAll(async () => {
  test = await createTestApi({ log });
});
beforeEach(() => {
  logged.length = 0;
});
afterAll(() => test.api.close());

const get = (url: string) => test.api.inject({ url: `/api/v1${url}`, headers: test.bearer });
const certify = (payload: object) =>
  test.api.inject({ method: 'POST', url: '/api/v1/certificates', headers: test.bearer, payload });
const cart = `${inventedRegistry}/shop/cart`;
const search = `${inventedRegistry}/shop/search`;
const askFor = (source: string, more: object = {}) => certify({ source, to: cart, ...more });

describe('GET /certificates', () => {
  it('lists what was judged as the service says, each image once, with every state', async () => {
    const reply = await get('/certificates');
    expect(reply.statusCode).toBe(200);
    const { items, total } = reply.json();
    expect(reply.json()).toEqual(await test.services.certification.list({}));
    expect(total).toBe(items.length);
    const states = new Set(items.map(({ state }: { state: string }) => state));
    expect([...states].sort()).toEqual(['certified', 'refused', 'suspect', 'undecided', 'withdrawn']);
    const refused = items.find(({ state }: { state: string }) => state === 'refused');
    expect(refused.findings).toContainEqual(
      expect.objectContaining({
        excepted: expect.objectContaining({ name: 'openssl-until-release', owner: 'shop team' }),
      }),
    );
  });

  it('takes a registry by its name or that of its gate, a repository, and pages', async () => {
    const all = (await get('/certificates')).json();
    expect((await get(`/certificates?registry=${encodeURIComponent(inventedGate)}`)).json().total).toBe(all.total);
    expect((await get('/certificates?registry=elsewhere.example')).json()).toEqual({ items: [], total: 0 });
    const debian = (await get('/certificates?repository=base%2Fdebian')).json();
    expect(debian.items).toMatchObject([{ repository: 'base/debian', tags: ['12.9'], state: 'certified' }]);
    const [, second] = all.items;
    expect((await get('/certificates?limit=1&offset=1')).json()).toEqual({ items: [second], total: all.total });
  });

  it.each(['?color=red', '?limit=0', `?repository=${'a'.repeat(301)}`])('is not asked by %s', async (query) => {
    expect((await get(`/certificates${query}`)).statusCode).toBe(400);
  });
});

describe('GET /certificates/history', () => {
  const historyOf = (image: string) => get(`/certificates/history?image=${encodeURIComponent(image)}`);

  it('tells every judgement of an image, newest first', async () => {
    const { items } = (await get('/certificates')).json();
    const twice = items.find(({ tags }: { tags: string[] }) => tags.includes('2.3.1'));
    const history = (await historyOf(twice.image)).json();
    expect(history.items).toHaveLength(2);
    expect(history.items[0]).toEqual(twice);
    expect(history.items[1].judgedAt < twice.judgedAt).toBe(true);
  });

  it.each([
    [`${cart}@sha256:${'0'.repeat(64)}`, 404, 'not-found'],
    [`${cart}:2.3.1`, 404, 'not-found'],
    ['no reference', 400, 'bad-reference'],
    ['', 400, 'bad-request'],
  ])('of "%s" is refused', async (image, status, code) => {
    const reply = await historyOf(image);
    expect(reply.statusCode).toBe(status);
    expect(reply.json().error.code).toBe(code);
  });
});

describe('GET /certificates/queue', () => {
  it('counts what waits', async () => {
    expect((await get('/certificates/queue')).json()).toEqual({ waiting: 3, running: 1, failed: 1 });
  });
});

describe('POST /certificates', () => {
  it('judges an image, tells so by an event, and lists it', async () => {
    const events = await openEvents(await test.api.listen({ host: '127.0.0.1', port: 0 }), test.bearer);
    const reply = await certify({ source: 'registry.elsewhere.example/x:1.9.0', to: search });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ repository: 'shop/search', tags: ['1.9.0'], state: 'certified' });
    await expect
      .poll(events.text)
      .toContain(`event: certificate\ndata: {"type":"certificate","image":"${search}@sha256:`);
    expect((await get('/certificates?limit=1')).json().items).toEqual([reply.json()]);
    events.stop();
  });

  it('judges alone where it is a dry run', async () => {
    const before = (await get('/certificates')).json();
    expect((await askFor('registry.elsewhere.example/shop/cart:2.5.0', { dryRun: true })).statusCode).toBe(200);
    expect((await get('/certificates')).json()).toEqual(before);
  });

  it.each([
    [{ source: 'a.example/b:1', to: 'elsewhere.example/shop/cart' }, 404, 'unknown-registry'],
    [{ source: 'a.example/b:1', to: `${inventedRegistry}/other` }, 400, 'bad-query'],
    [{ source: 'a.example/b:1', to: 'UPPER CASE' }, 400, 'bad-reference'],
    [{ source: 'a.example/b:1' }, 400, 'bad-request'],
    [{ source: 'a.example/b:1', to: cart, tag: '../x' }, 400, 'bad-request'],
    [{ source: 'a.example/b:1', to: cart, dry: true }, 400, 'bad-request'],
  ])('refuses %j', async (input, status, code) => {
    const reply = await certify(input);
    expect(reply.statusCode).toBe(status);
    expect(reply.json().error.code).toBe(code);
  });

  it('says that a registry failed, in its words and without more', async () => {
    const reply = await askFor('unreachable.example/b:1');
    expect(reply.statusCode).toBe(502);
    expect(reply.json()).toEqual({
      error: { code: 'registry-failed', message: 'unreachable.example/b:1 cannot be reached' },
    });
    expect(logged).toHaveLength(1);
  });
});

describe('GET /resolve and /resolutions', () => {
  const resolve = (query: string) => get(`/resolve?repository=${encodeURIComponent(cart)}${query}`);

  it('tell what is picked, why others are not, and what was picked before', async () => {
    const { picked, rejected } = (await resolve('&channel=stable&platform=linux%2Farm64')).json();
    expect(picked).toMatchObject({ tag: '2.3.1', image: expect.stringContaining(`${cart}@sha256:`) });
    const reasons = new Map(rejected.map(({ tag, reason }: { tag: string; reason: string }) => [tag, reason]));
    expect(reasons.get('2.4.0')).toContain('refused: image/signed, image/vulnerabilities');
    expect(reasons.get('2.3.0')).toContain('withdrawn');
    expect(reasons.get('2.2.0')).toContain('ran out');
    expect(reasons.get('3.0.0-rc.1')).toContain('no feed');
    expect((await get(`/resolutions?repository=${encodeURIComponent(cart)}`)).json().items[0]).toMatchObject({
      channel: 'stable',
      platform: 'linux/arm64',
      tag: '2.3.1',
    });
  });

  it.each([
    [`/resolve?repository=${encodeURIComponent(cart)}&channel=none`, 400, 'bad-query'],
    ['/resolve', 400, 'bad-request'],
    ['/resolve?repository=elsewhere.example%2Fb', 404, 'unknown-registry'],
    ['/resolutions?repository=elsewhere.example%2Fb', 404, 'unknown-registry'],
    ['/resolutions?repository=a&channel=stable', 400, 'bad-request'],
  ])('refuse %s', async (url, status, code) => {
    const reply = await get(url);
    expect(reply.statusCode).toBe(status);
    expect(reply.json().error.code).toBe(code);
  });
});
