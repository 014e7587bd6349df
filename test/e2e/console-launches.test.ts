import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../engines/index.ts';
import { launchRequest } from '../fakes/launches.ts';
import { type Desk, openDesk, seriousViolations, soon, tidyDesk } from './console-desk.ts';

describeWith(['chromium'], 'console: what was asked to start', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  tidyDesk(() => desk);

  it('lists launches with outcome and reason, narrows them, and opens one by keyboard', async () => {
    const page = await desk.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    const grid = page.getByRole('grid', { name: 'Launches' });
    const { items, total } = await desk.services.launches.list({});
    await soon(() => grid.getAttribute('aria-rowcount')).toBe(String(total + 1));
    expect(await grid.getByRole('row').nth(1).textContent()).toMatch(
      /^refusedregistry\.example\/shop\/cart:2\.4\.0.*HostConfig\.Privileged: .* and 2 more/,
    );
    await page.getByRole('group', { name: 'Launches shown' }).getByRole('button', { name: 'Observed' }).click();
    await soon(() => grid.getAttribute('aria-rowcount')).toBe('2');
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.keyboard.press('f');
    await page.keyboard.type('shop/mail');
    await soon(() => grid.getAttribute('aria-rowcount')).toBe('2');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await soon(() => grid.getAttribute('aria-rowcount')).toBe(String(total + 1));
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await soon(() => page.evaluate(() => window.location.pathname)).toBe(`/launches/${items[0]?.id}`);
  });

  it('shows a launch as soon as it is decided', async () => {
    const page = await desk.open('/launches');
    const grid = page.getByRole('grid', { name: 'Launches' });
    await grid.getByRole('row').nth(1).waitFor();
    const image = { value: 'fresh.example/just/now:1', path: 'Image' };
    const set = { form: 'docker', requests: [launchRequest({ image })] } as const;
    const { id } = await desk.services.launches.decide({ gate: 'docker', set });
    desk.services.events.publish({ type: 'launch', id, outcome: 'allow' });
    await grid.getByText('fresh.example/just/now:1').waitFor({ timeout: 15_000 });
  });

  it('says why, shows what was passed without its secrets, and drafts an exception in one click', async () => {
    const page = await desk.open('/launches/l1');
    await page.getByRole('heading', { name: 'registry.example/shop/cart:2.4.0' }).waitFor();
    const findings = page.getByRole('region', { name: 'Findings' });
    expect(await findings.getByRole('listitem').count()).toBe(3);
    await findings.getByText('HostConfig.Privileged').waitFor();
    const inputs = page.getByRole('region', { name: 'Inputs' });
    expect(await inputs.getByRole('row').last().textContent()).toBe('Env[1]DB_PASSWORDtext, secret');
    await findings.getByRole('button', { name: 'Draft an exception' }).first().click();
    const editor = page.getByLabel(/^Documents in YAML/);
    await editor.waitFor();
    expect(await editor.inputValue()).toContain('rules: [launch/privileged]');
    const person = (await editor.inputValue())
      .replace('owner: ""', 'owner: ada@example.com')
      .replace('reason: ""', 'reason: until it is mended')
      .replace('by: ""', 'by: bob@example.com');
    await editor.fill(person);
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    await page.getByRole('region', { name: 'Plan' }).getByText('launch-privileged-l1').first().waitFor();
  });

  it('learns a contract from starts, for a person to read', async () => {
    const page = await desk.open('/launches/l2');
    await page.getByRole('button', { name: 'Learn a contract from its starts' }).click();
    await page.getByRole('heading', { name: 'registry-example-shop-search' }).waitFor();
    await page.getByRole('tab', { name: 'YAML' }).click();
    const editor = page.getByRole('textbox', { name: /^The contract in YAML/ });
    await soon(() => editor.inputValue()).toMatch(/kind: InputContract[\s\S]*registry\.example\/shop\/search/);
  });

  it('lets a person answer for a launch that waits, with a reason', async () => {
    const page = await desk.open('/launches');
    await page.getByText('1 launch with inputs that nobody has seen waits for a person.').waitFor();
    await page.getByRole('link', { name: 'Look at them' }).click();
    const ticket = page.getByRole('region', { name: 'Ticket t5' });
    await ticket.getByText('registry.example/shop/report:5', { exact: true }).waitFor();
    expect(await ticket.textContent()).not.toContain('hunter2');
    const start = ticket.getByRole('button', { name: 'Let it start' });
    expect(await start.isDisabled()).toBe(true);
    await ticket.getByLabel('Reason, for who reads it later').fill('the report of the month');
    await start.click();
    await page.getByText('Nobody waits.').waitFor();
    expect((await desk.services.launches.ticket('t5'))?.answer).toMatchObject({ reason: 'the report of the month' });
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByText(/console: the report of the month/).waitFor();
  });

  it.each(['/launches', '/launches/l1', '/tickets?show=all'])('can be used by everybody: %s', async (path) => {
    const page = await desk.open(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });
});
