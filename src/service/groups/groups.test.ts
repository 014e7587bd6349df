import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flowContainer, networkReport, someFlow, someTime } from '../../../test/fakes/recorded-traffic.ts';
import { fixedClock, silentLog } from '../../base/index.ts';
import type { Flow } from '../../model/index.ts';
import type { FleetEvent } from '../../model/wire/index.ts';
import { parseDocuments } from '../../policy/index.ts';
import { openStore } from '../../store/index.ts';
import { createEventBus } from '../event-bus.ts';
import { createGroupService } from './groups.ts';

const group = (name: string, spec: string, mode = 'enforce') =>
  `apiVersion: portwarden/v1\nkind: SecurityGroup\nmetadata: { name: ${name} }\nmode: ${mode}\nspec:\n  members: [{ name: "${name}*" }]\n${spec}`;
const web = (more = '') => group('web', `  outbound:\n    - to: [{ group: db }]\n      ports: [tcp/5432${more}]\n`);
const db = group('db', '  inbound:\n    - from: [{ group: web }]\n      ports: [tcp/5432-5433]\n');

async function scene() {
  const store = await openStore({ url: ':memory:' });
  const clock = fixedClock(someTime + 60_000);
  const events = createEventBus();
  const seen: FleetEvent[] = [];
  events.subscribe((event) => seen.push(event));
  const groups = createGroupService({
    store,
    clock,
    log: silentLog,
    events,
    readList: async (source) => ('file' in source ? '192.0.2.0/24\nnonsense\n' : Promise.reject(new Error('away'))),
  });
  async function apply(...texts: string[]) {
    const put = texts
      .flatMap((text) => parseDocuments(text, 'a.yaml'))
      .map((body) => ({ kind: body.kind, name: body.metadata.name, body, digest: 'sha256:00' as const }));
    await store.documents.apply({ put, remove: [], at: someTime, by: 'ada' });
    groups.documentsChanged();
  }
  async function record(flows: readonly Flow[], more: object = {}) {
    const span = { host: 'one.example', from: someTime - 1000, to: someTime, overflowed: false, spoofed: 0 };
    await groups.recorder.traffic({ ...span, flows, events: [], newPeers: [], ...more });
  }
  await groups.recorder.network(networkReport(['web-1', 'web-2', 'db', 'lonely']));
  return { store, clock, groups, apply, record, seen };
}

let test: Awaited<ReturnType<typeof scene>>;
beforeEach(async () => {
  test = await scene();
});
afterEach(() => test.store.close());

const outside = { kind: 'address', address: '198.51.100.7' } as const;

describe('groups', () => {
  it('are listed with members, attempts and what nobody has', async () => {
    await test.apply(web(), db);
    await test.record([
      someFlow({ container: flowContainer('web-1', ['web']), attempts: 3 }),
      someFlow({ container: flowContainer('web-1', ['web']), peer: outside, outcome: 'refused', attempts: 2 }),
    ]);
    const { items, ungrouped } = await test.groups.list();
    expect(items.map(({ name, members, lastDay, isBuiltIn }) => [name, members, lastDay, isBuiltIn])).toEqual([
      ['db', 1, { allowed: 3, refused: 0, observed: 0 }, false],
      ['web', 2, { allowed: 3, refused: 2, observed: 0 }, false],
      ['(no group)', 1, { allowed: 0, refused: 0, observed: 0 }, true],
    ]);
    expect(ungrouped).toBe(1);
  });

  it('are counted by host, each attempt once', async () => {
    const { status } = test.groups.recorder;
    await status({ host: 'one.example', at: someTime, state: 'in-force', waiting: 1 });
    await status({ host: 'two.example', at: someTime - 600_000, state: 'in-force', waiting: 0 });
    const [web1, database] = [flowContainer('web-1', ['web']), flowContainer('db', ['db'])];
    const flows = [
      someFlow({ container: web1, peer: { kind: 'container', ...database }, attempts: 3 }),
      someFlow({ container: database, peer: { kind: 'container', ...web1 }, direction: 'inbound', attempts: 3 }),
      someFlow({ container: web1, peer: outside, outcome: 'refused', listed: 'bad', attempts: 2 }),
    ];
    await test.record(flows, { spoofed: 9 });
    await test.record(flows.slice(0, 1));
    await test.record([]);
    const counts = { host: 'one.example', allowed: 6, refused: 2, observed: 0, listed: 2, spoofed: 9 };
    expect(await test.groups.numbers()).toEqual([
      { host: 'one.example', state: 'in-force', waiting: 1, counts },
      { host: 'two.example', state: 'unknown', waiting: 0, counts: undefined },
    ]);
  });

  it('are drawn as edges between groups, with what was tried in vain', async () => {
    await test.apply(web(), db);
    await test.record([
      someFlow({ container: flowContainer('web-1', ['web']), attempts: 3 }),
      someFlow({ container: flowContainer('web-1', ['web']), port: 22, outcome: 'refused' }),
      someFlow({ container: flowContainer('web-1', ['web']), peer: outside, outcome: 'refused', attempts: 2 }),
    ]);
    const { edges, nodes } = await test.groups.map({});
    expect(edges.filter(({ from }) => from === 'group:web')).toMatchObject([
      { to: 'addresses:elsewhere', connections: 'none', attempts: { refused: 2 } },
      {
        to: 'group:db',
        connections: 'tcp 5432',
        isPartial: false,
        attempts: { allowed: 3, refused: 1 },
        sources: [
          { document: 'SecurityGroup web', path: 'outbound[0]' },
          { document: 'SecurityGroup db', path: 'inbound[0]' },
        ],
      },
    ]);
    expect(nodes.find(({ id }) => id === 'group:web')).toMatchObject({ members: 2, mode: 'enforce' });
    const here = await test.groups.map({ host: 'one.example' });
    expect(here.nodes.map(({ id }) => id)).toContain('group:web');
    expect((await test.groups.map({ host: 'two.example' })).nodes).toEqual([]);
    const page = await test.groups.flows({ edge: 'group:web>addresses:elsewhere' });
    expect(page).toMatchObject({ total: 1, items: [{ outcome: 'refused', peer: { address: outside.address } }] });
  });

  it('have the compose project of their members, or while there are none that of their selectors', async () => {
    const of = (name: string, ...projects: string[]) =>
      `apiVersion: portwarden/v1\nkind: SecurityGroup\nmetadata: { name: ${name} }\nmode: enforce\nspec:\n  members: ${JSON.stringify(projects.map((project) => ({ project })))}\n`;
    await test.apply(web(), of('one', 'shop'), of('both', 'shop', 'wiki'), of('some', 'shop*'), of('map', 'maps'));
    const { nodes } = await test.groups.map({});
    const projects = nodes.flatMap(({ kind, name, project }) => (kind === 'group' ? [[name, project]] : []));
    expect(Object.fromEntries(projects)).toEqual({
      ...{ '(no group)': null, web: null, one: 'shop', both: null, some: null, map: 'maps' },
    });
  });

  it('that nobody wrote are found in flows', async () => {
    await test.record([someFlow({ container: flowContainer('lonely', []), peer: outside })]);
    const found = await test.groups.flows({ group: '(no group)' });
    expect(found.items.map(({ container }) => container.name)).toEqual(['lonely']);
    expect((await test.groups.flows({ group: 'web' })).total).toBe(0);
  });

  it('are shown with rules and what each let pass', async () => {
    await test.apply(web(), db);
    await test.record([someFlow({ container: flowContainer('web-1', ['web']), attempts: 3 })]);
    const shown = await test.groups.show('db');
    expect(shown?.rulesInForce).toMatchObject([
      { path: 'inbound[0]', peers: ['group web'], connections: 'tcp 5432-5433', lastDay: { allowed: 3 } },
    ]);
    expect(shown?.containers.map(({ name }) => name)).toEqual(['db']);
    expect(shown?.edges.map(({ id }) => id)).toContain('group:web>group:db');
    expect(await test.groups.show('none')).toBeUndefined();
  });

  it('are planned: what opens, what closes, and what of the recorded breaks', async () => {
    await test.apply(web(), db);
    const [asks, answers] = [flowContainer('web-1', ['web']), flowContainer('db', ['db'])];
    // Both ends tell of it.
    await test.record([
      someFlow({ container: asks, peer: { kind: 'container', ...answers }, attempts: 3 }),
      someFlow({ container: answers, peer: { kind: 'container', ...asks }, direction: 'inbound', attempts: 3 }),
    ]);
    const file = (text: string) => [{ name: 'a.yaml', text }];
    const wider = await test.groups.plan(file(web(', tcp/5433')));
    expect(wider).toMatchObject({
      changes: [{ kind: 'SecurityGroup', name: 'web', change: 'change' }],
      opened: [{ id: 'group:web>group:db', connections: 'tcp 5433' }],
      closed: [],
      broken: [],
    });
    const closed = await test.groups.plan(file(group('web', '  outbound: []\n')));
    const heard = someFlow({
      container: flowContainer('db', ['db']),
      direction: 'inbound',
      peer: { kind: 'container', ...flowContainer('web-1', ['web']) },
      attempts: 3,
    });
    await test.record([heard]);
    expect((await test.groups.flows({})).total).toBe(1);
    expect((await test.groups.plan(file(group('web', '  outbound: []\n')))).broken).toEqual(closed.broken);
    expect(closed.closed).toMatchObject([{ id: 'group:web>group:db', connections: 'tcp 5432' }]);
    expect(closed.broken).toMatchObject([
      { direction: 'outbound', attempts: 3, port: 5432, edge: 'group:web>group:db' },
    ]);
    // Nothing is refused by what only observes.
    const observed = await test.groups.plan(file(web().replace('enforce', 'observe')));
    expect(observed.closed).toEqual([]);
    expect((await test.groups.plan(file(web()))).opened).toEqual([]);
  });

  it('explain one connection by container, group and address', async () => {
    await test.apply(web(), db);
    const ask = (from: string, to: string, port: number) => test.groups.explain({ from, to, port });
    expect(await ask('web-1', 'db', 5432)).toMatchObject({ outcome: 'allowed', inbound: { path: 'inbound[0]' } });
    expect(await ask('web', 'db', 5433)).toMatchObject({ outcome: 'refused', refusedBy: 'outbound' });
    expect(await ask('198.51.100.7', 'db', 5432)).toMatchObject({ outcome: 'refused', refusedBy: 'inbound' });
    expect((await ask('lonely', 'example.com', 443)).outcome).toBe('observed');
    await expect(ask('nobody', 'db', 1)).rejects.toMatchObject({ code: 'bad-query' });
    await expect(ask('example.com', 'db', 1)).rejects.toMatchObject({ code: 'bad-query' });
  });

  it('are suggested from what was seen', async () => {
    await test.record([someFlow({ container: flowContainer('web-1', []) })]);
    const draft = await test.groups.suggest({});
    expect(draft.groups).toBeGreaterThan(0);
    expect(parseDocuments(draft.text, 'draft.yaml').every(({ kind }) => kind === 'SecurityGroup')).toBe(true);
  });
});

describe('what agents report', () => {
  it('is told live, and recorded once an hour', async () => {
    await test.apply(web(), db);
    const flow = someFlow({ container: flowContainer('web-1', ['web']), peer: outside, outcome: 'refused' });
    const event = { at: someTime, kind: 'refused', host: 'one.example', message: 'no', flow } as const;
    await test.record([flow], { events: [event] });
    await test.record([flow], { events: [{ ...event, at: someTime + 1000 }] });
    const traffic = test.seen.filter(({ type }) => type === 'traffic');
    expect(traffic).toHaveLength(2);
    expect(traffic[0]).toMatchObject({ kind: 'refused', edge: 'group:web>addresses:elsewhere' });
    expect((await test.groups.events({})).total).toBe(1);
  });

  it('fills no store when something is scanned: a thousand an hour of a kind, the last of which says so', async () => {
    const scan = (from: number, at: number, host = 'one.example') =>
      Array.from({ length: 200 }, (_, index) => {
        const flow = someFlow({ container: flowContainer('web-1', ['web']), peer: outside, port: from + index });
        return { at, kind: 'refused', host, message: `port ${from + index}`, flow } as const;
      });
    for (let look = 0; look < 8; look++)
      await test.record([], { events: scan(1 + look * 200, someTime + look * 2000) });
    expect((await test.groups.events({})).total).toBe(1000);
    const [last] = (await test.groups.events({ limit: 1 })).items;
    expect(last).toMatchObject({ kind: 'refused', flow: null, message: expect.stringMatching(/^more of this kind/) });
    await test.record([], { events: [{ ...scan(1, someTime)[0], kind: 'listed' }] });
    await test.record([], { events: scan(1, someTime, 'two.example') });
    expect((await test.groups.events({})).total).toBe(1201);
    await test.record([], { events: scan(1, someTime + 3_600_000) });
    expect((await test.groups.events({})).total).toBe(1401);
  });

  it('raises new peers of a group only once it was watched for a day', async () => {
    const flow = someFlow({ container: flowContainer('web-1', ['web']) });
    const event = { at: someTime, kind: 'new-peer', host: 'one.example', message: 'new', flow } as const;
    await test.record([flow], { events: [event], newPeers: ['web > group db tcp/5432'] });
    expect((await test.groups.events({})).total).toBe(0);
    const later = { to: someTime + 90_000_000, events: [{ ...event, at: someTime + 90_000_000 }] };
    await test.record([flow], { ...later, newPeers: ['web > group db tcp/1'] });
    expect((await test.groups.events({})).items).toMatchObject([{ kind: 'new-peer' }]);
  });

  it('is not believed for ever', async () => {
    await test.groups.recorder.status({ host: 'one.example', at: test.clock.now(), state: 'in-force', waiting: 0 });
    expect((await test.groups.networks()).items).toMatchObject([
      { host: 'one.example', state: 'in-force', containers: 4 },
    ]);
    test.clock.set(test.clock.now() + 600_000);
    expect((await test.groups.networks()).items).toMatchObject([{ state: 'unknown' }]);
  });
});

describe('deny lists', () => {
  const list = (name: string, source: string) =>
    `apiVersion: portwarden/v1\nkind: AddressList\nmetadata: { name: ${name} }\nspec: { source: { ${source} } }\n`;

  it('have what their sources have, and say what could not be read', async () => {
    await test.apply(list('local', 'file: /srv/bad.txt'), list('remote', 'url: "https://lists.example/a"'));
    const told: unknown[] = [];
    test.groups.recorder.onRulesChanged(() => told.push('changed'));
    const stop = new AbortController();
    const work = test.groups.work(stop.signal);
    await expect.poll(() => told.length).toBeGreaterThan(0);
    stop.abort();
    await work;
    const { denyLists } = await test.groups.list();
    expect(denyLists).toMatchObject([
      { name: 'local', blocks: 1, problem: expect.stringContaining('line 2') },
      { name: 'remote', blocks: 0, fetchedAt: null, isStale: true, problem: 'away' },
    ]);
    const { denyLists: rules } = await test.groups.recorder.rules();
    expect(rules[0]?.addresses.v4).toHaveLength(1);
  });
});
