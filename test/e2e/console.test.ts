import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../engines/index.ts';
import { type Desk, openDesk, seriousViolations, soon, tidyDesk } from './console-desk.ts';

const hostile = `"><img src=x onerror="window.taken=1"><script>window.taken=1</script>`;

/** Puts markup wherever a name, a label or an advisory may carry text. */
function poison({ fleet }: Desk['services']): void {
  const passport = fleet.images[0];
  if (passport?.image === null || passport === undefined) throw new Error('The invented fleet has no image.');
  const [component] = passport.components;
  const [finding] = passport.findings;
  if (component === undefined || finding === undefined) throw new Error('The first invented image has no findings.');
  Object.assign(passport.subject, { name: `docker.io/library/${hostile}` });
  Object.assign(passport.image, { references: [`docker.io/library/${hostile}`] });
  Object.assign(component, { name: hostile, licenses: [hostile] });
  Object.assign(finding, {
    title: hostile,
    remedy: hostile,
    references: ['javascript:window.taken=1', 'https://advisories.example.com/1'],
  });
  passport.problems.push({ code: 'catalog/unreadable', message: hostile, path: hostile });
  const [container] = fleet.containers;
  if (container !== undefined) Object.assign(container, { name: hostile, ended: null });
}

const rowsInPage = (page: Page) => page.getByRole('grid').getByRole('row').count();
const pathOf = (page: Page) => page.evaluate(() => window.location.pathname + window.location.search);
const background = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const answer = (page: Page) => page.getByRole('status', { name: 'Answer' });

describeWith(['chromium'], 'console', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
    poison(desk.services);
  });
  tidyDesk(() => desk);

  it('lets in who has a one-time token, and says why where it is none', async () => {
    const page = await desk.stranger();
    await page.goto(`${desk.address}/images?search=nginx`);
    await page.getByLabel('One-time token').fill('not-a-token');
    await page.getByRole('button', { name: 'Log in' }).click();
    await soon(() => page.getByRole('alert').textContent()).toMatch(/wrong, used or expired.*prints a new one/s);
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByLabel('One-time token').fill(await desk.services.login.issueLoginToken());
    await page.keyboard.press('Enter');
    await page.getByRole('grid', { name: 'Images' }).waitFor();
    expect(await pathOf(page)).toBe('/images?search=nginx');

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('One-time token').waitFor();
  });

  it.each(['/?token=', '/containers#token='])(
    'logs in by a link %s and takes the token out of the address',
    async (link) => {
      const page = await desk.stranger();
      await page.goto(`${desk.address}${link}${await desk.services.login.issueLoginToken()}`);
      await page.getByRole('navigation', { name: 'Pages' }).waitFor();
      expect(await page.evaluate(() => window.location.href)).toBe(desk.address + link.replace(/[?#].*/, ''));
    },
  );

  it('answers who runs a component, in a version, on a day, at an address that can be shared', async () => {
    const page = await desk.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('opens');
    await page.getByRole('option', { name: /^openssl/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await answer(page).waitFor();
    const now = await desk.services.whoRuns({ name: 'openssl' });
    expect(now.count).toBeGreaterThan(0);
    expect(await answer(page).textContent()).toContain(`${now.count}containersrun it now`);
    expect(await pathOf(page)).toBe('/who-runs?name=openssl');

    await page.getByLabel('in version').fill('<3.0.14');
    const older = await desk.services.whoRuns({ name: 'openssl', version: '<3.0.14' });
    expect(older.count).toBeLessThan(now.count);
    await soon(() => answer(page).textContent()).toContain(`${older.count}containersrun it now`);

    const day = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
    await page.locator('#who-runs-at').fill(day);
    const then = await desk.services.whoRuns({ name: 'openssl', version: '<3.0.14', at: day });
    await soon(() => answer(page).textContent()).toContain(`${then.count}containersran it on ${day}`);
    expect(await pathOf(page)).toBe(`/who-runs?name=openssl&version=%3C3.0.14&at=${day}`);

    await page.reload();
    await soon(() => answer(page).textContent()).toContain(`${then.count}containersran it on ${day}`);
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe(String(then.count + 1));
  });

  it('takes an example as it is, and finds the way back to it', async () => {
    const page = await desk.open('/who-runs');
    await page.getByRole('button', { name: 'openssl <3.0.14' }).click();
    await answer(page).waitFor();
    // As long as a version that is typed would wait before it is asked for.
    await page.waitForTimeout(600);
    expect(await pathOf(page)).toBe('/who-runs?name=openssl&version=%3C3.0.14');
    await page.getByRole('combobox').fill('zlib');
    await page.keyboard.press('Enter');
    await soon(() => pathOf(page)).toBe('/who-runs?name=zlib&version=%3C3.0.14');
    await page.goBack();
    await soon(() => page.getByRole('combobox').inputValue()).toBe('openssl');
    await page.waitForTimeout(600);
    expect(await pathOf(page)).toBe('/who-runs?name=openssl&version=%3C3.0.14');
  });

  it('says what could not be counted as plainly as what could', async () => {
    const page = await desk.open('/who-runs?name=openssl');
    const { unread } = await desk.services.whoRuns({ name: 'openssl' });
    expect(unread).toBeGreaterThan(0);
    await soon(() => answer(page).textContent()).toContain(
      `${unread} containers of images that are not read: not known`,
    );
  });

  it('shows the passport of an image: flaws with evidence and fix, components, containers, facts, layers', async () => {
    const passport = desk.services.fleet.images.find(
      ({ image, findings }, index) => index > 0 && image?.state === 'read' && findings.length > 3,
    );
    if (passport === undefined) throw new Error('No invented image has findings.');
    const page = await desk.open(`/images/${encodeURIComponent(passport.subject.key)}`);
    const finding = passport.findings[0];
    await page.getByLabel('Filter flaws').fill(finding?.advisory ?? '');
    await soon(() => page.getByRole('tabpanel').textContent()).toContain(finding?.remedy);
    expect(await page.getByRole('tabpanel').textContent()).toContain(`feed ${finding?.evidence.feed}`);

    await page.getByRole('tab', { name: /What is in it/ }).click();
    const component = passport.components[5];
    await page.getByLabel('Filter components').fill(component?.name ?? '');
    await page
      .getByRole('gridcell', { name: component?.version ?? '' })
      .first()
      .waitFor();

    for (const tab of ['Who runs it', 'Facts', 'Layers']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tabpanel', { name: tab }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
    }
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CycloneDX' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.cdx\.json$/);
  });

  it('shows no zero for an image that was not read, and asks to read it again', async () => {
    const failed = desk.services.fleet.images.find(({ image }) => image?.state === 'failed');
    if (!failed?.image) throw new Error('No invented image failed.');
    const page = await desk.open(`/images/${failed.subject.key}`);
    await page.getByText('This image could not be read').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain(failed.image.failure);
    expect(await page.getByRole('tab').allTextContents()).toEqual([expect.stringMatching(/^Who runs it/)]);
    const [request] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      page.getByRole('button', { name: 'Read again' }).click(),
    ]);
    expect(request.status()).toBe(202);
    await page.getByRole('button', { name: 'Asked to read it' }).waitFor();
  });

  it('leads from what changed to what the flaw means, and says when it knows no such flaw', async () => {
    const page = await desk.open('/changes');
    const { changes } = desk.services.fleet;
    const grid = page.getByRole('grid', { name: 'Changes' });
    await grid.waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe(String(changes.length + 1));
    await page.getByRole('button', { name: 'No longer' }).click();
    await soon(() => pathOf(page)).toBe('/changes?kind=no-longer-affected');

    await page.goto(`${desk.address}/changes`);
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await soon(() => pathOf(page)).toBe(`/advisories/${changes[0]?.advisory}`);
    const impact = await desk.services.impact(changes[0]?.advisory ?? '', {});
    await soon(() => page.getByRole('main').textContent()).toContain(impact?.advisory.title);

    await page.goto(`${desk.address}/advisories/CVE-1999-0001`);
    await soon(() => page.getByRole('main').textContent()).toContain('CVE-1999-0001');
  });

  it('gathers the flaws of an image by the upgrade that clears them', async () => {
    const image = desk.services.fleet.images.find(
      ({ findings }, index) => index > 0 && findings.some(({ fixedIn }) => fixedIn !== null),
    );
    if (image === undefined) throw new Error('No invented image has a flaw with a fix.');
    const page = await desk.open(`/images/${image.subject.key}`);
    await page.getByRole('button', { name: /by fix/i }).click();
    const fixable = image.findings.find(({ fixedIn }) => fixedIn !== null);
    await soon(() => page.getByRole('tabpanel').textContent()).toContain(fixable?.evidence.package);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('keeps 10,000 rows out of the page and reaches the last of them', async () => {
    const page = await desk.open('/containers?show=all');
    const grid = page.getByRole('grid', { name: 'Containers' });
    await grid.waitFor();
    const total = desk.services.fleet.containers.length;
    expect(total).toBeGreaterThanOrEqual(10_000);
    expect(await grid.getAttribute('aria-rowcount')).toBe(String(total + 1));
    expect(await rowsInPage(page)).toBeLessThan(60);

    await grid.focus();
    await page.keyboard.press('End');
    const last = desk.services.fleet.containers.at(-1);
    await page
      .locator(`[aria-rowindex="${total + 1}"]`)
      .getByText(last?.name ?? '')
      .waitFor();
    expect(await rowsInPage(page)).toBeLessThan(60);
    await page.keyboard.press('Home');
    await page.locator('[aria-rowindex="2"][aria-selected="true"]').waitFor();
    expect(await rowsInPage(page)).toBeLessThan(60);
  });

  it('shows what ran at an instant that is chosen on the timeline', async () => {
    const page = await desk.open('/containers');
    const slider = page.getByRole('slider', { name: 'Instant to look at' });
    await slider.focus();
    await page.keyboard.press('PageDown');
    await soon(() => pathOf(page)).toMatch(/at=\d{4}-/);
    const at = new URLSearchParams((await pathOf(page)).split('?')[1]).get('at') ?? '';
    const then = await desk.services.containers({ at, limit: 1 });
    await soon(() => page.getByRole('grid').getAttribute('aria-rowcount')).toBe(String(then.total + 1));
  });

  it('follows the colors of the system, and remembers another choice', async () => {
    const page = await desk.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const light = await background(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background(page);
    expect(dark).not.toBe(light);
    await page.getByRole('button', { name: /^Colors: as the system/ }).click();
    expect(await background(page)).toBe(light);
    await page.reload();
    await page.getByRole('button', { name: /^Colors: light/ }).click();
    expect(await background(page)).toBe(dark);
    await page.getByRole('button', { name: /^Colors: dark/ }).click();
  });

  it('goes by keyboard', async () => {
    const page = await desk.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    for (const [keys, path] of [
      ['gi', '/images'],
      ['gc', '/containers'],
      ['gf', '/feeds'],
      ['gw', '/who-runs'],
    ] as const) {
      await page.getByRole('navigation', { name: 'Pages' }).click({ position: { x: 2, y: 2 } });
      for (const key of keys) await page.keyboard.press(key);
      await soon(() => pathOf(page)).toBe(path);
      if (path === '/who-runs') await page.keyboard.press('Escape');
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.goto(`${desk.address}/images`);
    const grid = page.getByRole('grid', { name: 'Images' });
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await soon(() => pathOf(page)).toBe(`/images/${desk.services.fleet.images[1]?.subject.key}`);
  });

  it('shows markup in names, labels and advisories as the text that it is', async () => {
    const [first] = desk.services.fleet.images;
    for (const path of [
      '/',
      '/images',
      '/containers',
      `/images/${first?.subject.key}`,
      `/images/${first?.subject.key}?tab=components`,
    ]) {
      const page = await desk.open(path);
      await page.waitForLoadState('networkidle').catch(() => undefined);
      if (path !== '/') await page.getByText('onerror=').first().waitFor();
      expect(await page.evaluate(() => 'taken' in window)).toBe(false);
      expect(await page.locator('a[href^="javascript:"], img').count()).toBe(0);
      await page.close();
    }
  });

  it('shows what containers have that their images did not bring, and looks at one when asked', async () => {
    const page = await desk.open('/drift');
    const { items, looks } = await desk.services.drift.list({});
    const grid = page.getByRole('grid', { name: 'Drift' });
    await grid.getByText('/usr/bin/ssh').first().waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe(String(items.length + 1));
    await page.getByText(`${looks.running - looks.looked} running container not looked at yet`).waitFor();
    await page.getByLabel('Filter drift').fill('nmap');
    await soon(() => pathOf(page)).toBe('/drift?search=nmap');
    const found = items.filter(({ subject }) => subject.includes('nmap'));
    await soon(() => grid.getAttribute('aria-rowcount')).toBe(String(found.length + 1));
    const name = found[0]?.container.name;
    await page
      .getByRole('button', { name: `Look at ${name} now` })
      .first()
      .click();
    await page.getByText(new RegExp(`^${name} on .* was looked at: \\d+ findings?, 0 new\\.$`)).waitFor();
    await page.getByRole('button', { name: 'All, and gone' }).click();
    await soon(() => pathOf(page)).toBe('/drift?search=nmap&show=all');
  });

  it('adds, imports and removes a feed', async () => {
    const page = await desk.open('/feeds');
    await page.getByLabel('URL, or path on the server').fill('/srv/feeds/pypi.zip');
    await page.getByRole('button', { name: 'Add and import' }).click();
    const row = page.getByRole('listitem').filter({ hasText: '/srv/feeds/pypi.zip' });
    await row.waitFor();
    await soon(() => row.textContent()).not.toContain('never imported');
    await row.getByRole('button', { name: 'Remove the feed pypi' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('creates a token of a role, shows it once and revokes it', async () => {
    const page = await desk.open('/settings/tokens');
    await page.getByLabel('Name', { exact: true }).fill('ci');
    const role = page.getByRole('radio', { name: /^pull pull certified images .* and nothing else$/ });
    await role.check();
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('shown this once').waitFor();
    expect(await desk.services.login.apiTokens()).toMatchObject([{ name: 'ci', role: 'pull' }]);
    await page.reload();
    expect(await page.getByRole('listitem').filter({ hasText: 'created' }).textContent()).toMatch(/^cipullcreated/);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Revoke ci' }).click();
    await page.getByText('Authorization: Bearer').waitFor();
    expect(await desk.services.login.apiTokens()).toEqual([]);
  });

  it('says when it is out of contact, and goes on by itself', async () => {
    // The last of the pages that nobody has visited.
    const loaded = desk.context.waitForEvent('response', (response) => response.url().includes('/who-runs-page-'));
    const page = await desk.open('/');
    await page.getByText('Live').waitFor();
    await loaded;
    await desk.stop();
    await page.getByText('Out of contact with Portwarden').waitFor();
    await page.getByRole('link', { name: 'Tokens' }).click();
    await page.getByRole('heading', { name: 'API tokens' }).waitFor();
    await desk.start();
    await page.getByText('Out of contact with Portwarden').waitFor({ state: 'detached' });
  });
});
