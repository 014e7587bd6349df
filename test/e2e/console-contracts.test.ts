import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Store } from '../../src/model/index.ts';
import { openStore } from '../../src/store/index.ts';
import { describeWith } from '../engines/index.ts';
import { createContractScene, passing } from '../fakes/contract-scene.ts';
import { startShop } from '../fakes/contract-shop.ts';
import { type Desk, openDesk, seriousViolations, soon, tidyDesk } from './console-desk.ts';

const web = 'registry.example/shop/web';

describeWith(['chromium'], 'console: input contracts beside what was seen, with the services that a server has', () => {
  let desk: Desk;
  let store: Store;
  let scene: ReturnType<typeof createContractScene>;
  beforeAll(async () => {
    store = await openStore({ url: ':memory:' });
    scene = createContractScene(store);
    await startShop(scene);
    desk = await openDesk(() => ({ launches: scene.launches, documents: scene.documents, contracts: scene.contracts }));
  });
  tidyDesk(() => desk);
  afterAll(() => store.close());

  const list = (page: Page, name: string) => page.getByRole('list', { name, exact: true });
  const row = (page: Page, places: string, name: string) =>
    list(page, places)
      .getByRole('listitem')
      .filter({ has: page.getByText(name, { exact: true }) });
  const states = (page: Page, places: string) =>
    list(page, places)
      .locator('button[aria-expanded]')
      .evaluateAll((buttons) =>
        buttons.map((each) =>
          [...each.children]
            .slice(1, 3)
            .map((part) => part.textContent)
            .join(' '),
        ),
      );
  const figure = (page: Page, label: string) =>
    page
      .getByLabel(/^Recorded starts of the last/)
      .locator('div')
      .filter({ hasText: label })
      .locator('dd')
      .first()
      .textContent();
  const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();
  const yaml = (page: Page) => page.getByRole('textbox', { name: /^The contract in YAML/ });
  const textOf = async (page: Page) => {
    await tab(page, 'YAML');
    const text = await yaml(page).inputValue();
    await tab(page, 'Inputs');
    return text;
  };

  it('lists contracts with how starts fare, and images without one, by keyboard', async () => {
    const page = await desk.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('k');
    const grid = page.getByRole('grid', { name: 'Contracts' });
    await soon(() => grid.getByRole('row').nth(1).textContent()).toMatch(/^web.*policies observe934/);
    const without = page.getByRole('region', { name: 'Images that start without a contract' });
    expect(await without.getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/^registry\.example\/shop\/search4 starts/),
      expect.stringMatching(/^nginx1 start/),
    ]);
    expect(await seriousViolations(page)).toEqual([]);
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'web', level: 1 }).waitFor();
  });

  it('shows each input beside what was seen, with a way to the launches that do not fit', async () => {
    const page = await desk.open('/contracts/edit?name=web');
    await soon(() => states(page, 'Variables')).toEqual([
      'does not fit PORT',
      'does not fit LOG_LEVEL',
      'does not fit BASE_URL',
      'not listed API_TOKEN',
      'not listed FEATURE_SEARCH',
      'not listed WORKERS',
      'never seen LEGACY_MODE',
      'never seen DB_PASSWORD',
    ]);
    expect(await states(page, 'Arguments')).toEqual(['fits --config', 'fits words without a flag']);
    expect(await states(page, 'Mounts')).toEqual(['not listed /etc/web', 'fits /data']);
    expect(await states(page, 'Ports')).toEqual(['any allowed 8080']);
    expect(await figure(page, 'Would be refused')).toBe('3 of 9');

    await row(page, 'Variables', 'PORT').getByRole('button', { expanded: false }).click();
    const seen = page.getByRole('region', { name: 'What was seen of PORT' });
    await seen.getByText('it must be of type port').waitFor();
    expect(await seen.textContent()).toMatch(
      /9 starts of 5 containers on 2 hosts.*number \(8\), text \(1\).*8080, http|http, 8080/,
    );
    const id = await seen.getByRole('listitem').getByRole('link').first().textContent();
    await row(page, 'Variables', 'API_TOKEN').getByRole('button', { expanded: false }).click();
    const secret = await page.getByRole('region', { name: 'What was seen of API_TOKEN' }).textContent();
    expect(secret).toContain('a secret: not told');
    expect(await page.content()).not.toContain('correct-horse');
    expect(await seriousViolations(page)).toEqual([]);
    await seen.getByRole('listitem').getByRole('link').first().click();
    await soon(() => page.evaluate(() => window.location.pathname)).toBe(`/launches/${id}`);
  });

  it('changes one field by a control and leaves every other line of the text as it was', async () => {
    const page = await desk.open('/contracts/edit?name=web');
    await tab(page, 'YAML');
    const written = (await yaml(page).inputValue())
      .replace('spec:', '# by audit\nspec:')
      .replace(/ {4}LOG_LEVEL:/, '    # how much it says\n    LOG_LEVEL:');
    await yaml(page).fill(written);
    await tab(page, 'Inputs');
    await row(page, 'Variables', 'LOG_LEVEL').getByRole('button', { expanded: false }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('No others, one a line').fill('info\nwarn\ntrace');
    const says = page.getByRole('region', { name: 'What the contract says of LOG_LEVEL' });
    await says.getByRole('heading').click();
    await soon(() => states(page, 'Variables')).toContain('fits LOG_LEVEL');
    await says.getByLabel('Required').focus();
    await page.keyboard.press('Space');
    await soon(() => states(page, 'Variables')).toContain('does not fit LOG_LEVEL');
    await page.getByRole('region', { name: 'What was seen of LOG_LEVEL' }).getByText('it must be passed').waitFor();
    const text = await textOf(page);
    expect(text.split('\n').filter((line) => !written.split('\n').includes(line))).toEqual(['        - trace']);
    expect(parse(text).spec.environment.LOG_LEVEL).toEqual({
      ...{ type: 'enum', enum: ['info', 'warn', 'trace'], required: true },
    });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await textOf(page)).toBe(written);
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await textOf(page)).not.toContain('by audit');
  });

  it('adds what was seen in one click, and removes a line', async () => {
    const page = await desk.open('/contracts/edit?name=web');
    await page.getByRole('button', { name: 'Add WORKERS' }).click();
    await row(page, 'Variables', 'WORKERS').getByText('integer, 4 to 4').waitFor();
    await page.getByRole('button', { name: 'Add all 2 seen and not listed' }).click();
    await row(page, 'Variables', 'LEGACY_MODE').getByRole('button', { expanded: false }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByLabel('Add a port').fill('9090');
    await page
      .getByRole('group', { name: 'Ports that may be passed' })
      .getByRole('button', { name: 'Only these' })
      .click();
    await page.getByLabel('Add a port').press('Enter');
    await page.getByRole('group', { name: 'What does not fit' }).getByRole('button', { name: 'Observe' }).click();
    const { spec, mode } = parse(await textOf(page));
    expect(mode).toBe('observe');
    expect(spec.ports).toEqual([9090]);
    expect(spec.environment).toMatchObject({
      WORKERS: { type: 'integer', min: 4, max: 4 },
      API_TOKEN: { type: 'string' },
    });
    expect(Object.keys(spec.environment)).not.toContain('LEGACY_MODE');
    await soon(() => states(page, 'Ports')).toEqual(['not listed 8080', 'never seen 9090']);
    expect(await scene.applied()).toMatchObject([{ spec: { environment: { LEGACY_MODE: {} } } }]);

    // What is being written is there when the page is loaded again.
    await page.reload();
    await page.getByText('What you wrote before is shown: it is not in force.').waitFor();
    await page.getByRole('button', { name: 'Show what is in force' }).click();
    await soon(() => states(page, 'Variables')).toContain('never seen LEGACY_MODE');
  });

  it('says where a text is wrong, loses none of it, and leads there', async () => {
    const page = await desk.open('/contracts/edit?name=web');
    await tab(page, 'YAML');
    const wrong = (await yaml(page).inputValue()).replace('type: port', 'type: prt');
    await yaml(page).fill(wrong);
    const line = wrong.split('\n').findIndex((each) => each.includes('prt')) + 1;
    await page
      .getByRole('alert')
      .getByText(new RegExp(`^contract:${line}:`))
      .waitFor();
    await tab(page, 'Inputs');
    expect((await states(page, 'Variables')).length).toBeGreaterThan(5);
    await page.getByRole('button', { name: new RegExp(`^Go to line ${line}`) }).click();
    await soon(() => yaml(page).evaluate((area) => (area as HTMLTextAreaElement).selectionStart)).toBe(
      wrong.indexOf('prt'),
    );
    await yaml(page).fill(`${wrong}  - : [`);
    await page
      .getByRole('alert')
      .getByText(/^This is no YAML/)
      .waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await tab(page, 'Inputs');
    expect(await list(page, 'Variables').count()).toBe(0);
    await tab(page, 'YAML');
    expect(await yaml(page).inputValue()).toBe(`${wrong}  - : [`);
    await page.getByRole('button', { name: 'Discard' }).click();
    await tab(page, 'Inputs');
    await soon(() => states(page, 'Variables')).toContain('does not fit PORT');
  });

  it('is tried on recorded starts and on what is pasted, planned, and applied', async () => {
    const page = await desk.open('/contracts/edit?name=web');
    await page.getByRole('button', { name: 'Add FEATURE_SEARCH' }).click();
    await page.getByRole('button', { name: 'Try and apply' }).click();
    const refused = list(page, 'Starts that it would refuse');
    await soon(() => refused.getByRole('link').allTextContents()).toEqual(['web-3', 'web-old', 'web-canary']);
    await soon(() => refused.textContent()).not.toContain('FEATURE_SEARCH');
    await page.getByLabel(/^A compose file/).fill(`docker run -e PORT=x ${web}:1\ndocker run other.example/x\n`);
    await page.getByRole('button', { name: 'Test it' }).click();
    const tested = list(page, 'What the contract says of it');
    await soon(() => tested.textContent()).toMatch(/does not fit.*PORT it must be of type port.*another image/);
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    await page.getByRole('region', { name: 'Plan', exact: true }).getByText('changedInputContract').waitFor();
    await page.getByText('none would turn').last().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByText('In force: 1 document changed.').waitFor();
    await page.getByText(/^In force\./).waitFor();
    expect(await scene.applied()).toMatchObject([{ spec: { environment: { FEATURE_SEARCH: { type: 'boolean' } } } }]);
  });

  it('is learned from starts, in the list and from a launch, and changed from a finding', async () => {
    const { id } = await scene.start('registry.example/shop/fresh:1', passing({ CACHE: 'redis://cache:6379' }));
    const page = await desk.open(`/launches/${id}`);
    await page.getByRole('button', { name: 'Learn a contract from its starts' }).click();
    await page.getByText(/^Learned from 1 start/).waitFor();
    await soon(() => states(page, 'Variables')).toEqual(['fits CACHE']);
    await page.getByRole('button', { name: 'Try and apply' }).click();
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await soon(() => page.evaluate(() => window.location.search)).toBe('?name=registry-example-shop-fresh');

    const other = await scene.start('registry.example/shop/fresh:1', passing({ CACHE: 'none', COLOR: 'blue' }));
    await page.goto(`${desk.address}/launches/${other.id}`);
    const finding = page
      .getByRole('region', { name: 'Findings' })
      .getByRole('listitem')
      .filter({ hasText: 'there is no such variable' });
    await finding.getByRole('button', { name: 'Change the contract' }).click();
    await page.getByRole('region', { name: 'What was seen of COLOR' }).getByText('blue').waitFor();

    await page.getByRole('button', { name: 'Try and apply' }).click();
    await page.getByRole('button', { name: 'Remove InputContract registry-example-shop-fresh' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await soon(() => page.evaluate(() => window.location.pathname)).toBe('/contracts');
    await page.getByRole('link', { name: 'Learn a contract of registry.example/shop/fresh' }).waitFor();
    await page.getByRole('link', { name: 'Learn a contract of registry.example/shop/search' }).click();
    await soon(() => states(page, 'Variables')).toEqual(['fits INDEX', 'fits THREADS']);
  });

  it('takes nothing for never seen while nobody has looked', async () => {
    const page = await desk.open('/contracts');
    await page.getByRole('grid', { name: 'Contracts' }).waitFor();
    await page.route('**/api/v1/contracts/look', (route) =>
      route.fulfill({ status: 503, json: { error: { code: 'unavailable', message: 'The store is away' } } }),
    );
    await page.getByRole('link', { name: 'web', exact: true }).click();
    await page.getByRole('alert').getByText('The store is away').waitFor();
    expect(new Set((await states(page, 'Variables')).map((each) => each.replace(/ \S+$/, '')))).toEqual(
      new Set(['not looked at']),
    );
    expect(await figure(page, 'Never seen')).toBe('…');
    await page.getByText('In force. Recorded starts could not be looked at.').waitFor();
  });

  it('says what is not there, and begins with an empty one', async () => {
    const page = await desk.open('/contracts/edit?name=gone');
    await page.getByRole('alert').getByText('There is no contract gone').waitFor({ timeout: 30_000 });
    await page.goto(`${desk.address}/contracts/edit?image=registry.example/never/started`);
    await page.getByText(/^No start of this image is recorded/).waitFor();
    expect(parse(await textOf(page))).toMatchObject({
      mode: 'observe',
      spec: { images: ['registry.example/never/started'] },
    });
    await page.goto(`${desk.address}/contracts/edit`);
    await page.getByText('A new contract').waitFor();
  });

  it('shows names and values of attackers as the text that they are', async () => {
    const markup = '"><img src=x onerror="window.taken=1">';
    await scene.start(`${web}:1.3`, {
      ...passing({ PORT: '80', [markup]: 'x', NOTE: `\u202e${markup}`, LONG: 'y'.repeat(5000) }),
      name: markup,
    });
    const page = await desk.open('/contracts/edit?name=web');
    await row(page, 'Variables', markup).getByText('cannot be listed').waitFor();
    await row(page, 'Variables', 'NOTE').getByRole('button', { expanded: false }).click();
    await page.getByRole('region', { name: 'What was seen of NOTE' }).getByText('\\u{202e}">').waitFor();
    await tab(page, 'Try and apply');
    await list(page, 'Starts that it would refuse').getByText(markup).first().waitFor();
    expect(await page.evaluate(() => 'taken' in window)).toBe(false);
    expect(await page.locator('img').count()).toBe(0);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
  });

  it('serves a phone, the dark, and a contract of five hundred variables', async () => {
    const names = Array.from({ length: 500 }, (_, n) => `SETTING_${String(n).padStart(3, '0')}`);
    const image = 'registry.example/shop/many';
    await scene.start(`${image}:1`, passing(Object.fromEntries(names.map((name, n) => [name, `value ${n}`]))));
    const environment = names.map((name) => `    ${name}: { max: 9 }`).join('\n');
    await scene.apply(
      `apiVersion: portwarden/v1\nkind: InputContract\nmetadata: { name: many }\nspec:\n  images: [${image}]\n  environment:\n${environment}\n`,
    );
    const page = await desk.open('/');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${desk.address}/contracts/edit?name=many`);
    await page.getByLabel('Filter inputs').fill('setting_499');
    const last = row(page, 'Variables', 'SETTING_499');
    await last.getByRole('button', { expanded: false }).click();
    await last.getByLabel('Longest').fill('12');
    await last.getByLabel('Longest').press('Enter');
    await last.getByText('at most 12 characters').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await page.getByLabel('Filter inputs').fill('');
    await page.getByRole('button', { name: 'Show the other 440' }).click();
    expect(await list(page, 'Variables').locator('button[aria-expanded]').count()).toBe(500);
  });
});
