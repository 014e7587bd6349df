import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';

let test: TestApi;
beforeEach(async () => {
  test = await createTestApi();
});
afterEach(() => test.api.close());

const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  test.api.inject({ method, url: `/api/v1${url}`, headers: test.bearer, ...(payload ? { payload } : {}) });

describe('changes', () => {
  it('are listed in pages, and of one image', async () => {
    const page = (await ask('GET', '/changes?limit=2&severity=high&since=2026-01-01')).json();
    expect(page.items).toHaveLength(2);
    expect(page.items[0]).toMatchObject({ kind: 'newly-affected', running: expect.any(Number) });
    const [image] = test.services.fleet.images;
    expect((await ask('GET', `/images/${image?.subject.key}/history?limit=1`)).statusCode).toBe(200);
    expect((await ask('GET', '/images/nope/history')).statusCode).toBe(404);
  });

  it.each(['severity=unknown', 'kind=other', 'limit=0', 'color=red'])('are not asked for by %s', async (query) => {
    expect((await ask('GET', `/changes?${query}`)).statusCode).toBe(400);
  });
});

describe('an advisory', () => {
  it('tells what it means for the fleet, by any of its names', async () => {
    const finding = test.services.fleet.images
      .flatMap(({ findings }) => findings)
      .find(({ aliases }) => aliases.length > 0);
    const impact = (await ask('GET', `/advisories/${finding?.aliases[0]}`)).json();
    expect(impact.advisory.id).toBe(finding?.advisory);
    expect(impact.history).toHaveLength(90);
    expect((await ask('GET', '/advisories/CVE-0000-0')).json().error.code).toBe('not-found');
    expect((await ask('GET', `/advisories/${finding?.advisory}?limit=5000`)).statusCode).toBe(400);
  });
});

describe('notifications', () => {
  it('are added, tested, listed and removed', async () => {
    const added = await ask('POST', '/notifications', { id: 'team', kind: 'webhook', address: 'env:HOOK' });
    expect(added.statusCode).toBe(201);
    expect((await ask('GET', '/notifications')).json().items).toMatchObject([{ id: 'team', state: 'idle' }]);
    expect((await ask('POST', '/notifications/team/test')).json()).toMatchObject({ delivered: true });
    expect((await ask('POST', '/notifications/nobody/test')).statusCode).toBe(404);
    expect((await ask('DELETE', '/notifications/team')).statusCode).toBe(204);
    expect((await ask('DELETE', '/notifications/team')).statusCode).toBe(404);
  });

  it.each([
    { id: '../x', kind: 'webhook', address: 'env:A' },
    { id: 'a', kind: 'pager', address: 'env:A' },
    { id: 'a', kind: 'webhook', address: '' },
    { id: 'a', kind: 'webhook', address: 'env:A', secret: 'the secret itself' },
    { id: 'a', kind: 'webhook', address: 'env:A', kinds: [] },
  ])('are not added as %j', async (input) => {
    expect((await ask('POST', '/notifications', input)).statusCode).toBe(400);
  });
});
