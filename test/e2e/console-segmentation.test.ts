import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog, systemClock } from '../../src/base/index.ts';
import type { Flow, Store } from '../../src/model/index.ts';
import { createDocumentService } from '../../src/service/documents.ts';
import { createGroupService } from '../../src/service/groups/groups.ts';
import type { GroupService } from '../../src/service/services.ts';
import { openStore } from '../../src/store/index.ts';
import { describeWith } from '../engines/index.ts';
import { noRegistries } from '../fakes/no-registries.ts';
import { flowContainer, networkReport, someFlow } from '../fakes/recorded-traffic.ts';
import { type Desk, openDesk, soon, tidyDesk } from './console-desk.ts';

const host = 'one.example';
const group = (name: string, rest: string) =>
  `apiVersion: portwarden/v1\nkind: SecurityGroup\nmetadata:\n  name: ${name}\nmode: enforce\nspec:\n  members:\n    - name: ${name}*\n${rest}`;
const web = group('web', '  outbound:\n    - to:\n        - group: db\n      ports: [tcp/5432]\n');
const db = group('db', '  inbound:\n    - from:\n        - group: web\n      ports: [tcp/5432]\n');

/** What an agent would say of a moment: these flows, and of what was refused that it was. */
function reportOf(flows: readonly Flow[], seconds: number) {
  const now = Date.now();
  const seen = flows.map((flow) => ({ ...flow, host, first: now, last: now }));
  const events = seen.flatMap((flow) =>
    flow.outcome === 'refused'
      ? {
          at: now,
          kind: 'refused' as const,
          host,
          flow,
          message: `${flow.container.name} to tcp ${flow.port}: refused`,
        }
      : [],
  );
  return {
    host,
    from: now - seconds * 1000,
    to: now,
    overflowed: false,
    spoofed: 0,
    flows: seen,
    events,
    newPeers: [],
  };
}

const webFlow = (more: Partial<Flow>) => someFlow({ container: flowContainer('web-1', ['web']), ...more });
const toDb = { kind: 'container', ...flowContainer('db', ['db']) } as const;

describeWith(['chromium'], 'console: segmentation, with the services that a server has', () => {
  let desk: Desk;
  let store: Store;
  let groups: GroupService;
  beforeAll(async () => {
    store = await openStore({ url: ':memory:' });
    desk = await openDesk((invented) => {
      const parts = { store, clock: systemClock, log: silentLog, events: invented.events };
      groups = createGroupService({ ...parts, readList: () => Promise.reject(new Error('away')) });
      return {
        groups: { ...invented.groups, ...groups },
        documents: createDocumentService({
          ...parts,
          trustSources: noRegistries.trustSources,
          replay: async () => ({ images: 0, turned: [], launches: { since: null, replayed: 0, turned: [] } }),
          onChange: () => groups.documentsChanged(),
        }),
      };
    });
    await groups.recorder.network(networkReport(['web-1', 'web-2', 'db', 'lonely'], { at: Date.now() }));
    const ssh = webFlow({ peer: toDb, port: 22, attempts: 3 });
    await groups.recorder.traffic(reportOf([webFlow({ peer: toDb, attempts: 40 }), ssh], 7200));
  });
  tidyDesk(() => desk);
  afterAll(() => store.close());

  const line = (page: Page, ends: string, kind: string) => page.locator(`[data-edge="${ends} > ${kind}"]`);

  it('goes from what if to what holds', async () => {
    const page = await desk.open('/groups');
    await page.getByText('No group is in force.').waitFor();
    await page.getByRole('link', { name: 'Groups' }).first().waitFor();
    await page.goto(`${desk.address}/what-if`);
    await page.getByLabel(/^Groups and lists as they would be/).fill([web, db].join('---\n'));
    await page.getByRole('button', { name: 'What would change' }).click();
    await page.getByText('2 documents would change').waitFor();
    await line(page, 'group:web > group:db', 'closed').waitFor({ state: 'attached' });
    await page.getByText('1 kind of connections seen until now would be refused.').waitFor();
    await page.getByText(/^Recorded for 2 hours on 1 host\./).waitFor();
    const broken = page.getByRole('region', { name: 'Would break' }).getByRole('listitem');
    expect(await broken.count()).toBe(1);
    expect(await broken.first().textContent()).toMatch(/^web-1 → db tcp 22seen 3×/);

    await page.getByRole('button', { name: 'Take it to the editor, to apply' }).click();
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    const apply = page.getByRole('button', { name: 'Apply', exact: true });
    await soon(() => apply.isDisabled()).toBe(false);
    await apply.click();
    await page.getByText('In force: 2 documents changed.').waitFor();
    await page.getByRole('link', { name: /^Groups/ }).click();
    await line(page, 'group:web > group:db', 'allowed').waitFor({ state: 'attached' });
    await page.locator('[data-node="group:(no group)"]').waitFor();
  });

  it('shows what is refused within seconds on the map, in its panel and in the traffic', async () => {
    const map = await desk.open('/groups');
    const traffic = await desk.open('/traffic?outcome=refused');
    await line(map, 'group:web > group:db', 'allowed').waitFor({ state: 'attached' });
    await traffic.getByText('No connection is like that.').waitFor();
    expect(await line(map, 'group:web > group:db', 'refused').count()).toBe(0);

    const refused = webFlow({ peer: toDb, port: 6379, outcome: 'refused', attempts: 2 });
    await groups.recorder.traffic(reportOf([refused], 2));
    await map.getByText('Just now: web-1 to tcp 6379: refused').waitFor({ timeout: 5000 });
    const drawn = line(map, 'group:web > group:db', 'refused');
    await drawn.waitFor({ state: 'attached', timeout: 5000 });
    expect(await drawn.getAttribute('data-live')).toBe('true');
    await traffic.getByText('tcp 6379').waitFor({ timeout: 5000 });

    await drawn.dispatchEvent('click');
    const panel = map.getByRole('region', { name: 'Connection' });
    await panel.getByText('refused 2×, last just now').waitFor();
    await panel.getByRole('button', { name: 'Draft rules that allow it' }).click();
    const editor = map.getByLabel(/^Documents in YAML/);
    await soon(() => editor.inputValue()).toContain('ports: [tcp/6379]');
    await groups.recorder.traffic(reportOf([webFlow({ peer: toDb, port: 11_211, outcome: 'refused' })], 2));
    await traffic.getByText('tcp 11211').waitFor({ timeout: 5000 });
    expect((await groups.flows({ outcome: 'refused' })).total).toBe(2);
  });
});
