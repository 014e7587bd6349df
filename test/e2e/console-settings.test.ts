import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../engines/index.ts';
import { type Desk, openDesk, seriousViolations, soon, tidyDesk } from './console-desk.ts';

describeWith(['chromium'], 'console: who is told, and whose word counts', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  tidyDesk(() => desk);

  it('adds somebody to be told, sends a test, and removes them after asking', async () => {
    const page = await desk.open('/settings/notifications');
    await page.getByText('Nobody is told yet.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('team');
    await page.getByLabel('Address, or where the server finds it').fill('env:HOOK');
    await page.getByLabel('Signed with the key in').fill('file:/run/secrets/hook-key');
    await page.getByLabel('Severity of changes, or worse').selectOption('medium');
    await page.getByLabel('Of changes, only what runs').check();
    await page.getByLabel('Connections to somewhere new').check();
    await page.getByRole('button', { name: 'Tell from now on' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'env:HOOK' });
    await row.waitFor();
    expect(await row.textContent()).toMatch(
      /team.*webhook, signed.*newly affects, medium or worse, of what runs; alarms; connections to somewhere new.*up to date/s,
    );
    expect(await desk.services.notifications.list()).toMatchObject([
      { id: 'team', kind: 'webhook', signed: true, severity: 'medium', runningOnly: true },
    ]);
    expect((await desk.services.notifications.list())[0]?.kinds).toEqual(['newly-affected', 'listed', 'new-peer']);
    await row.getByRole('button', { name: 'Send team a test' }).click();
    await row.getByText('The test was taken.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Email' }).click();
    expect(await page.getByLabel('Signed with the key in').count()).toBe(0);
    await row.getByRole('button', { name: 'Remove team' }).click();
    const question = page.getByRole('dialog', { name: 'Tell team no more?' });
    await question.getByRole('button', { name: 'Keep it' }).click();
    expect(await row.count()).toBe(1);
    await row.getByRole('button', { name: 'Remove team' }).click();
    await question.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nobody is told yet.').waitFor();
    await page.close();
  });

  it('shows what authors state of flaws, and takes the word of one', async () => {
    const page = await desk.open('/vex');
    const grid = page.getByRole('grid', { name: 'Statements' });
    const { items, total } = await desk.services.feeds.statements({});
    await grid
      .getByText(items[0]?.flaw ?? '')
      .first()
      .waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe(String(total + 1));
    await page.getByRole('button', { name: 'Trust Shop Security in feed vex' }).click();
    await page.getByRole('button', { name: 'Trust no more Shop Security in feed vex' }).waitFor();
    expect(await desk.services.feeds.authors()).toMatchObject([{ author: 'Shop Security', trusted: true }]);
    await page.getByRole('button', { name: /^Shop Security/ }).click();
    await soon(() => page.evaluate(() => window.location.search)).toBe('?feed=vex&author=Shop+Security');
    expect(await seriousViolations(page)).toEqual([]);
    const flaw = items[1]?.flaw ?? '';
    await page.getByLabel('Filter by flaw').fill(flaw);
    await soon(() => grid.getAttribute('aria-rowcount')).toBe('2');
    await page.getByLabel('Filter by flaw').fill('CVE-1-none');
    await page.getByText('Nobody states anything of that.').waitFor();
    await page.goto(`${desk.address}/vex`);
    // A row is there before what it says is; until then Enter has nothing to open.
    await grid
      .getByText(items[0]?.flaw ?? '')
      .first()
      .waitFor();
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await soon(() => page.evaluate(() => window.location.pathname)).toBe(`/advisories/${items[0]?.flaw}`);
    await page.close();
  });
});
