import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';
import { PolicyError } from '../policy/index.ts';

let test: TestApi;
beforeAll(async () => {
  test = await createTestApi();
});
afterAll(() => test.api.close());

const get = (url: string) => test.api.inject({ url: `/api/v1${url}`, headers: test.bearer });
const files = [{ name: 'a.yaml', text: 'metadata: { name: wiki-db }' }];
const plan = () =>
  test.api.inject({ method: 'POST', url: '/api/v1/traffic/plan', headers: test.bearer, payload: { files } });

describe('groups and traffic', () => {
  it('are answered with what the service says, without a field less or more', async () => {
    const { groups } = test.services;
    const flows = { group: 'wiki-db', outcome: 'refused', new: true, limit: 3, offset: 1 } as const;
    const asked = { from: 'shop-web', to: 'shop-db', port: 5432 };
    const answers: readonly (readonly [url: string, answer: unknown])[] = [
      ['/groups', await groups.list()],
      ['/groups/shop-web', await groups.show('shop-web')],
      ['/groups/(no%20group)', await groups.show('(no group)')],
      ['/traffic/map', await groups.map({})],
      ['/traffic/suggest?project=shop', await groups.suggest({ project: 'shop' })],
      ['/traffic/explain?from=shop-web&to=shop-db&port=5432', await groups.explain(asked)],
      ['/traffic/events?kind=refused&limit=2', await groups.events({ kind: 'refused', limit: 2 })],
      ['/flows?group=wiki-db&outcome=refused&new=true&limit=3&offset=1', await groups.flows(flows)],
      ['/networks', await groups.networks()],
    ];
    for (const [url, answer] of answers) {
      const reply = await get(url);
      expect(reply.statusCode, url).toBe(200);
      expect(reply.json(), url).toEqual(JSON.parse(JSON.stringify(answer)));
    }
    expect((await plan()).json()).toEqual(await groups.plan(files));
  });

  it.each(['map', 'plan', 'suggest', 'explain', 'flows', 'events', 'traffic'])(
    'has a page for a group that is called %s',
    async (name) => {
      const group = await test.services.groups.show('shop-web');
      const { show } = test.services.groups;
      Object.assign(test.services.groups, { show: async (asked: string) => group && { ...group, name: asked } });
      const reply = await get(`/groups/${name}`);
      Object.assign(test.services.groups, { show });
      expect(reply.json().name).toBe(name);
    },
  );

  it('says that a group is not there', async () => {
    const reply = await get('/groups/nobody');
    expect([reply.statusCode, reply.json().error.message]).toEqual([404, 'There is no group nobody']);
  });

  it.each([
    ['/flows?outcome=lost', 'outcome of the query must be equal to one of the allowed values'],
    ['/traffic/map?hosts=a', 'The query must not have hosts'],
    ['/traffic/explain?from=a&to=b', "The query must have required property 'port'"],
    ['/traffic/explain?from=a&to=b&port=65536', 'port of the query must be <= 65535'],
  ])('refuses %s and names the field', async (url, message) => {
    const reply = await get(url);
    expect([reply.statusCode, reply.json().error.message]).toEqual([400, message]);
  });

  it('passes on where a document to plan is wrong', async () => {
    const { plan: before } = test.services.groups;
    const refusal = new PolicyError('bad-document', 'a.yaml:1:1: this is no document');
    Object.assign(test.services.groups, { plan: () => Promise.reject(refusal) });
    const reply = await plan();
    Object.assign(test.services.groups, { plan: before });
    expect([reply.statusCode, reply.json().error.message]).toEqual([400, refusal.message]);
  });
});
