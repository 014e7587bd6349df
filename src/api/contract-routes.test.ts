import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';

let test: TestApi;
const text =
  'apiVersion: portwarden/v1\nkind: InputContract\nmetadata: { name: cart }\nspec:\n  images: [registry.example/shop/cart]\n  environment: {}\n';
beforeAll(async () => {
  test = await createTestApi();
  await test.services.documents.apply([{ name: 'cart.yaml', text }], 'ada');
});
afterAll(() => test.api.close());

const get = (url: string) => test.api.inject({ url: `/api/v1${url}`, headers: test.bearer });
const post = (url: string, payload: object) =>
  test.api.inject({ method: 'POST', url: `/api/v1${url}`, headers: test.bearer, payload });
const json = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('contracts', () => {
  it('are listed as the service says', async () => {
    const reply = await get('/contracts?days=30');
    expect(reply.json()).toEqual(json(await test.services.contracts.list(30)));
    expect(reply.json().items).toMatchObject([
      { name: 'cart', starts: 31 },
      { name: 'shop-web', starts: 0 },
    ]);
  });

  it.each(['cart', encodeURIComponent('registry.example/shop/cart:1')])('are shown: %s', async (name) => {
    const reply = await get(`/contracts/${name}`);
    expect(reply.json()).toEqual(json(await test.services.contracts.show('cart')));
  });

  it.each([
    ['/contracts?days=0', 400],
    ['/contracts?days=31', 400],
    ['/contracts?color=red', 400],
    ['/contracts/cart?days=x', 400],
    ['/contracts/registry.example%2Fnone', 404],
    ['/contracts/NO%20NAME', 400],
    [`/contracts/${'a'.repeat(513)}`, 400],
  ])('are not asked by %.40s', async (url, status) => expect((await get(url)).statusCode).toBe(status));

  it('need not be in force to be looked at and tested', async () => {
    const changed = text.replace('environment: {}', 'environment: { MODE: {}, DB_PASSWORD: {} }');
    expect((await post('/contracts/look', { text: changed })).json()).toMatchObject({ starts: 31, refuses: 0 });
    expect((await get('/contracts/cart')).json().sight.refuses).toBe(31);
    const tested = await post('/contracts/test', { text, launches: 'docker run -e A=b registry.example/shop/cart' });
    expect(tested.json()).toMatchObject({ items: [{ state: 'bad', contract: 'cart' }] });
  });

  it('are refused at the place that is wrong', async () => {
    const reply = await post('/contracts/look', { text: text.replace('environment', 'enviroment') });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error).toMatchObject({
      code: 'bad-document',
      message: expect.stringMatching(/^contract:6:3: /),
    });
  });

  it.each<readonly [string, object, number]>([
    ['/contracts/look', {}, 400],
    ['/contracts/look', { text: '' }, 400],
    ['/contracts/look', { text, days: 31 }, 400],
    ['/contracts/look', { text, more: 1 }, 400],
    ['/contracts/test', { text }, 400],
    ['/contracts/test', { text, launches: '' }, 400],
  ])('%s with %j is refused', async (url, payload, status) => {
    expect((await post(url, payload)).statusCode).toBe(status);
  });

  it.each(['/contracts', '/contracts/cart'])('%s is for who is known', async (url) => {
    expect((await test.api.inject({ url: `/api/v1${url}` })).statusCode).toBe(401);
  });
});

describe('POST /contracts/draft', () => {
  it('learns from recorded starts', async () => {
    const reply = await post('/contracts/draft', { image: 'registry.example/shop/search' });
    expect(reply.json()).toMatchObject({ starts: 1, text: expect.stringContaining('kind: InputContract') });
  });

  it.each([
    ['registry.example/none', 404],
    ['NO NAME', 400],
    ['', 400],
    ['a'.repeat(513), 400],
  ])('of %.30s is refused', async (image, status) => {
    expect((await post('/contracts/draft', { image })).statusCode).toBe(status);
  });
});
