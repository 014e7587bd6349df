import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../engines/index.ts';
import { type Desk, openDesk, seriousViolations, soon, tidyDesk } from './console-desk.ts';

const place = (page: Page) =>
  page.evaluate(() => decodeURIComponent((window.location.pathname + window.location.search).replaceAll('+', ' ')));
const nodeOf = (page: Page, id: string) => page.locator(`[data-node="${id}"]`);
const edgesOf = (page: Page, kind: string) => page.locator(`[data-edge][data-kind="${kind}"]`);

interface DrawnBox {
  readonly id: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly height: number;
}
const boxesOf = (page: Page): Promise<DrawnBox[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<SVGElement>('[data-node]')].map((node) => {
      const { left, right, top, bottom, height } =
        node.querySelector('rect:last-of-type')?.getBoundingClientRect() ?? new DOMRect();
      return { id: node.dataset.node ?? '', left, right, top, bottom, height };
    }),
  );
const overlapping = (boxes: readonly DrawnBox[]): readonly string[] =>
  boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .flatMap((b) =>
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom ? [`${a.id} and ${b.id}`] : [],
      ),
  );

describeWith(['chromium'], 'console: who may talk to whom', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  tidyDesk(() => desk);

  it('draws two hundred groups as projects, opens one, and leads from a node to its group', async () => {
    const page = await desk.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await nodeOf(page, 'project shop').waitFor();
    expect(desk.services.groups.traffic.groups.length).toBe(201);
    expect(await page.locator('[data-kind="project"]').count()).toBe(40);
    expect(await nodeOf(page, 'project shop').textContent()).toContain('5 groups');
    expect(await edgesOf(page, 'refused').count()).toBeGreaterThan(5);
    await nodeOf(page, 'project shop').click();
    await nodeOf(page, 'group:shop-web').waitFor();
    expect(await page.locator('[data-kind="project"]').count()).toBe(39);
    await nodeOf(page, 'group:shop-web').click();
    await soon(() => place(page)).toBe('/groups/shop-web');
    await page.getByRole('heading', { name: 'shop-web', level: 1 }).waitFor();
  });

  it('lets no box lie on another', async () => {
    const page = await desk.open('/groups?view=map');
    await nodeOf(page, 'project shop').waitFor();
    expect(overlapping(await boxesOf(page))).toEqual([]);
  });

  it('finds a group by keyboard and shows it with its neighbors', async () => {
    const page = await desk.open('/groups');
    await nodeOf(page, 'project shop').waitFor();
    await page.keyboard.press('f');
    await page.keyboard.type('wiki-d');
    await page.getByRole('option', { name: /^wiki-db/ }).waitFor();
    await page.keyboard.press('Enter');
    await soon(() => place(page)).toBe('/groups?focus=group:wiki-db');
    const near = desk.services.groups.traffic.edges.filter(
      ({ from, to }) => from === 'group:wiki-db' || to === 'group:wiki-db',
    );
    await soon(() => page.locator('[data-node]').count()).toBe(near.length + 1);
    const map = page.getByRole('group', { name: /^Map of groups/ });
    await map.focus();
    const drawing = map.locator('g[transform]').first();
    const before = await drawing.getAttribute('transform');
    await page.keyboard.press('ArrowRight');
    await soon(() => drawing.getAttribute('transform')).not.toBe(before);
    await page.keyboard.press('0');
    await soon(() => drawing.getAttribute('transform')).toBe(before);
  });

  it('narrows to a project and to what was refused', async () => {
    const page = await desk.open('/groups');
    await page.getByLabel('Compose project').selectOption('shop');
    await nodeOf(page, 'group:shop-db').waitFor();
    await page.getByLabel('refused only').check();
    await soon(() => edgesOf(page, 'allowed').count()).toBe(0);
    expect(await edgesOf(page, 'refused').count()).toBeGreaterThan(0);
    await page.getByLabel('Mode').selectOption('observe');
    await soon(() => place(page)).toBe('/groups?project=shop&only=refused&mode=observe');
    await page.getByLabel('Mode').selectOption('');
    await page.getByLabel('refused only').uncheck();
    await page.getByLabel('Host').selectOption('harbor-2');
    await soon(() => place(page)).toBe('/groups?project=shop&host=harbor-2');
    const { nodes } = await desk.services.groups.map({ host: 'harbor-2' });
    const there = nodes.filter(({ project }) => project === 'shop').map(({ id }) => id);
    expect(there.length).toBeLessThan(5);
    const drawn = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<SVGElement>('[data-node^="group:shop-"]')].map(({ dataset }) => dataset.node),
      );
    await soon(async () => (await drawn()).toSorted()).toEqual(there.toSorted());
  });

  it('says of a line which rules decide and what was seen, also where it stands for several', async () => {
    const page = await desk.open('/groups?project=shop');
    await nodeOf(page, 'group:shop-web').waitFor();
    const line = page.locator('[data-edge="group:shop-web > group:shop-app > allowed"]');
    await line.dispatchEvent('click');
    const panel = page.getByRole('region', { name: 'Connection' });
    await panel.getByText('tcp 8080', { exact: true }).waitFor();
    await panel.getByRole('link', { name: 'SecurityGroup shop-web' }).waitFor();
    expect(await panel.getByRole('listitem').first().textContent()).toContain('outbound[0]');
    await panel
      .getByText(/passed/)
      .first()
      .waitFor();
    await panel.getByRole('link', { name: /in the traffic$/i }).click();
    await soon(() => place(page)).toBe('/traffic?edge=group:shop-web>group:shop-app');

    const folded = await desk.open('/groups');
    await nodeOf(folded, 'project shop').waitFor();
    const id = await folded.evaluate(() =>
      [...document.querySelectorAll<SVGElement>('[data-edge]')]
        .map(({ dataset }) => dataset.edge ?? '')
        .find((each) => each.startsWith('project shop > project ')),
    );
    await folded.locator(`[data-edge="${id}"]`).first().dispatchEvent('click');
    await folded.getByRole('region', { name: 'Connection' }).waitFor();
    await soon(() => place(folded)).toContain('edge=project shop > project');
  });

  it('says the same in a table, by keyboard, and drafts the rules that would let pass what was refused', async () => {
    const page = await desk.open('/groups?view=connections');
    const grid = page.getByRole('grid', { name: 'Connections' });
    const { edges } = desk.services.groups.traffic;
    await soon(() => grid.getAttribute('aria-rowcount')).toBe(String(edges.length + 1));
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const worst = edges.toSorted((a, b) => b.attempts.refused - a.attempts.refused)[0];
    await soon(() => place(page)).toBe(`/groups?view=connections&edge=${worst?.id}`);
    const panel = page.getByRole('region', { name: 'Connection' });
    await panel.getByRole('button', { name: 'Draft rules that allow it' }).click();
    const editor = page.getByLabel(/^Documents in YAML/);
    const [from = '', to = ''] = [worst?.from, worst?.to].map((id) => id?.replace('group:', ''));
    await soon(() => editor.inputValue()).toContain(`name: ${from}`);
    const text = await editor.inputValue();
    expect(text).toContain(`- group: "${to}"`);
    expect(text).toContain(`---\n`);
    expect(text).toContain(`- from:\n        - group: "${from}"`);
  });

  it('lists groups, and shows one with its containers, rules, remarks and refused attempts', async () => {
    const page = await desk.open('/groups?view=list');
    const grid = page.getByRole('grid', { name: 'Groups' });
    await soon(() => grid.getAttribute('aria-rowcount')).toBe('202');
    await grid.getByText('shop-web', { exact: true }).click();
    await page.getByRole('heading', { name: 'shop-web', level: 1 }).waitFor();
    await page
      .getByRole('region', { name: 'Remarks' })
      .getByText(/lets nothing pass/)
      .waitFor();
    const inbound = page.getByRole('region', { name: 'Inbound' });
    expect(await inbound.getByRole('row').nth(1).textContent()).toContain('tcp 443');
    await page
      .getByRole('region', { name: 'Refused attempts' })
      .getByText(/passed that would be refused/)
      .waitFor();
    const { containers = [] } = (await desk.services.groups.show('shop-web')) ?? {};
    const list = page.getByRole('region', { name: 'Containers' });
    for (const { name } of containers) await list.getByText(name, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Change its document' }).click();
    await soon(() => page.getByLabel(/^Documents in YAML/).inputValue()).toContain('name: shop-web');
  });

  it('says of a group that nobody wrote what to do, and of one that is not there that it is not', async () => {
    const page = await desk.open('/groups/(no%20group)');
    await page.getByText('No group that somebody wrote has these containers: all they do passes.').waitFor();
    await page.getByText('loose-monitor-3').waitFor();
    const other = await desk.open('/groups/nobody');
    await other.getByText('There is no group nobody').waitFor();
  });

  it('draws what a plan would open and close, says what would break, and hands it over to be applied', async () => {
    const page = await desk.open('/what-if');
    const text = 'apiVersion: portwarden/v1\nkind: SecurityGroup\nmetadata:\n  name: wiki-db\n';
    await page.getByLabel(/^Groups and lists as they would be/).fill(text);
    const apply = page.getByRole('button', { name: 'Take it to the editor, to apply' });
    expect(await apply.isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'What would change' }).click();
    await page.getByText('1 document would change: 1 connection opened, 1 closed.').waitFor();
    await soon(() => edgesOf(page, 'opened').count()).toBe(1);
    expect(await edgesOf(page, 'closed').count()).toBe(1);
    await page.getByRole('region', { name: 'Closed' }).getByText('wiki-app → wiki-db').waitFor();
    await page.getByText(/Recorded for 9 days on 3 hosts\. What was not seen/).waitFor();
    expect(await page.getByRole('region', { name: 'Would break' }).getByRole('listitem').count()).toBe(1);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel(/^Groups and lists as they would be/).press('End');
    await apply.click();
    await soon(() => page.getByLabel(/^Documents in YAML/).inputValue()).toBe(text);
  });

  it('says how one connection fares, and by what', async () => {
    const page = await desk.open('/what-if');
    const panel = page.getByRole('region', { name: 'One connection as it is now' });
    const ask = panel.getByRole('button', { name: 'May it pass?' });
    await panel.getByLabel('From a container, group or address').fill('shop-web');
    await panel.getByLabel('To one of these, or a DNS name').fill('shop-db');
    expect(await ask.isDisabled()).toBe(true);
    await panel.getByLabel('Port').fill('5432');
    await page.keyboard.press('Enter');
    await panel.getByText('shop-db lets nothing in from shop-web').waitFor();
    await panel.getByText('refused', { exact: true }).waitFor();
  });

  it('lets run on the map what is refused now', async () => {
    const page = await desk.open('/groups?only=refused');
    await edgesOf(page, 'refused').first().waitFor();
    const { container, peer } = desk.services.groups.refuse();
    const message = `Just now: ${container.name} to ${peer.container?.name ?? peer.address}, tcp 2375: refused`;
    await page.getByText(message).waitFor();
    await soon(() => page.locator('[data-edge][data-live]').count()).toBe(1);
  });

  it('leaves what is in sight where it is while news come in', async () => {
    const page = await desk.open('/groups');
    const drawing = page.locator('g[transform]').first();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    const before = await drawing.getAttribute('transform');
    const asked = page.waitForResponse((response) => response.url().includes('/traffic/map'));
    desk.services.groups.refuse();
    await asked;
    await page.getByText(/^Just now: /).waitFor();
    expect(await drawing.getAttribute('transform')).toBe(before);
    await page.getByLabel('Compose project').selectOption('shop');
    await soon(() => drawing.getAttribute('transform')).not.toBe(before);
  });

  it('starts from nothing with what was seen', async () => {
    const { list } = desk.services.groups;
    const { items } = await list();
    Object.assign(desk.services.groups, {
      list: async () => ({ ...(await list()), items: items.filter(({ isBuiltIn }) => isBuiltIn), total: 1 }),
    });
    const page = await desk.open('/groups');
    await page.getByText('No group is in force.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('link', { name: /^segment a compose application/ }).click();
    await page.getByRole('heading', { name: '4. Enforce' }).waitFor();
    await page.getByRole('link', { name: 'docs/examples/security-group.yaml' }).click();
    await page.getByText('kind: SecurityGroup').first().waitFor();
    await page.goBack();
    await page.goBack();
    await page.getByRole('button', { name: 'Draft groups for what runs' }).click();
    await soon(() => page.getByLabel(/^Documents in YAML/).inputValue()).toMatch(
      /^# suggested-web reaches anywhere[\s\S]*name: suggested-web/,
    );
    Object.assign(desk.services.groups, { list });
  });
});

describeWith(['chromium'], 'console: two hundred groups of five projects', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk(() => ({}), { projects: 5, tiers: 8 });
  });
  tidyDesk(() => desk);

  it.each([
    ['/groups', 5],
    ['/groups?project=shop', 40],
    ['/groups?only=refused', 20],
  ] as const)('can be read at %s', async (path, least) => {
    const page = await desk.open(path);
    await page.locator('[data-node]').first().waitFor();
    const boxes = await boxesOf(page);
    expect(boxes.length).toBeGreaterThan(least);
    expect(overlapping(boxes)).toEqual([]);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('opens a project so that its names can be read', async () => {
    const page = await desk.open('/groups');
    await nodeOf(page, 'project shop').click();
    await nodeOf(page, 'group:shop-3-web').waitFor();
    const boxes = await boxesOf(page);
    expect(overlapping(boxes)).toEqual([]);
    expect(Math.min(...boxes.map(({ height }) => height))).toBeGreaterThan(15);
  });
});

describeWith(['chromium'], 'console: traffic', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  tidyDesk(() => desk);

  it('lists connections, narrows them, and shows what is refused as it happens', async () => {
    const page = await desk.open('/traffic');
    const grid = page.getByRole('grid', { name: 'Connections' });
    const { flows } = desk.services.groups.traffic;
    await soon(() => grid.getAttribute('aria-rowcount')).toBe(String(flows.length + 1));
    await page.getByRole('group', { name: 'Connections shown' }).getByRole('button', { name: 'Refused' }).click();
    const refused = flows.filter(({ outcome }) => outcome === 'refused').length;
    await soon(() => grid.getAttribute('aria-rowcount')).toBe(String(refused + 1));
    desk.services.groups.refuse();
    await grid.getByText('tcp 2375').waitFor({ timeout: 15_000 });
    expect(await grid.getByRole('row').nth(1).textContent()).toContain('tcp 2375');
    await page.getByLabel('Group', { exact: true }).selectOption('wiki-db');
    await soon(() => place(page)).toBe('/traffic?outcome=refused&group=wiki-db');
    await soon(async () => Number(await grid.getAttribute('aria-rowcount'))).toBeLessThan(refused + 1);
    await page.getByLabel('Group', { exact: true }).selectOption('');
    await page.getByLabel(/^never seen before/).check();
    const today = new Date().toISOString().slice(0, 10);
    const fresh = flows.filter(({ outcome, first }) => outcome === 'refused' && first >= today).length;
    await soon(() => grid.getAttribute('aria-rowcount')).toBe(String(fresh + 1));
    expect(fresh).toBeLessThan(refused + 1);
  });

  it('raises an alarm of bad addresses, and leads to the events', async () => {
    const page = await desk.open('/traffic');
    await page
      .getByRole('alert')
      .getByText(/bad addresses in the last 24 hours/)
      .waitFor();
    await page.getByRole('button', { name: 'Look at them' }).click();
    const grid = page.getByRole('grid', { name: 'Events' });
    await grid
      .getByText(/which is on the list known-bad/)
      .first()
      .waitFor();
    await page.getByRole('group', { name: 'Events shown' }).getByRole('button', { name: 'All' }).click();
    await grid.getByText('refused', { exact: true }).first().waitFor();
  });

  it('says of each host whether rules hold, and of what they cannot why and what to do', async () => {
    const page = await desk.open('/traffic?show=hosts');
    const first = page.getByRole('region', { name: 'harbor-1' });
    await first.getByText('in force').waitFor();
    await first.getByText(/Give it a network of its own/).waitFor();
    const third = page.getByRole('region', { name: 'harbor-3' });
    await third
      .getByRole('alert')
      .getByText(/install nftables/)
      .waitFor();
  });

  it('says what is wrong where the server does not answer', async () => {
    const page = await desk.context.newPage();
    await page.route('**/api/v1/flows*', (route) =>
      route.fulfill({
        status: 503,
        json: { error: { code: 'store/away', message: 'The store is away', remedy: 'Start it' } },
      }),
    );
    await page.goto(`${desk.address}/traffic`);
    await page.getByText('The store is away').waitFor();
  });
});
