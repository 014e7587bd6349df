import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../engines/index.ts';
import { type Desk, openDesk, seriousViolations, soon, tidyDesk } from './console-desk.ts';

const hostile = `"><img src=x onerror="window.taken=1">`;
const searchOf = (page: Page) => page.evaluate(() => window.location.search);
const matrixOf = (page: Page) => page.getByRole('table', { name: 'What each registry has of each tag' });

describeWith(['chromium'], 'console: where registries disagree, and what runs past the gate', () => {
  let desk: Desk;
  let asked = 0;
  let givenUp = 0;
  /** Lets the registries answer; they wait for it. */
  let answer: () => void = () => undefined;
  beforeAll(async () => {
    desk = await openDesk(({ registries }) => ({
      registries: {
        list: (signal) => registries.list(signal),
        async diff(query, signal) {
          asked += 1;
          await new Promise<void>((resolve) => {
            answer = resolve;
            signal.addEventListener('abort', () => {
              givenUp += 1;
              resolve();
            });
          });
          const diff = await registries.diff(query, AbortSignal.timeout(10_000));
          const [first] = diff.rows;
          if (first)
            diff.rows.push({
              ...first,
              tag: hostile,
              cells: first.cells.map((cell) => ({ ...cell, message: hostile })),
            });
          return diff;
        },
      },
    }));
  });
  tidyDesk(() => desk);

  async function compared(path = '/registries'): Promise<Page> {
    const page = await desk.open(path);
    const before = asked;
    await page.getByRole('button', { name: 'Compare now' }).click();
    await soon(async () => asked).toBe(before + 1);
    answer();
    await page.getByRole('button', { name: 'Compare again' }).waitFor();
    return page;
  }
  /** What a row says, cell by cell. */
  const rowOf = (page: Page, tag: string) =>
    matrixOf(page)
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: `shop/cart:${tag}`, exact: true }) })
      .getByRole('cell')
      .allTextContents();

  it('lists the registries with whether they answer, and reads none of them before it is told to', async () => {
    const page = await desk.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    const table = page.getByRole('table', { name: 'Registries that have a document' });
    const lab = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^lab/ }) });
    await soon(() => lab.textContent()).toContain(
      'does not answercould not read from lab.harbor.example: ECONNREFUSED',
    );
    expect(await table.getByText('answers', { exact: true }).count()).toBe(2);
    expect(await table.textContent()).toContain('gate.harbor.example:7081');
    expect(asked).toBe(0);
  });

  it('shows that it compares, and gives up when told to, all by keyboard', async () => {
    const page = await desk.open('/registries');
    await page.getByRole('button', { name: 'Compare now' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar', { name: 'Comparing the registries' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Stop' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    await soon(async () => givenUp).toBe(1);
    await page.getByRole('button', { name: 'Compare now' }).waitFor();
    expect(await matrixOf(page).count()).toBe(0);
  });

  it('says tag by tag and registry by registry what differs, and tells absent from not looked at', async () => {
    const page = await compared();
    await page.getByText('9 tags in harbor, eu, lab: 5 differ, and not everything could be looked at').waitFor();
    const matrix = matrixOf(page);
    expect(await matrix.getByRole('columnheader').allTextContents()).toEqual([
      'Repository and tag',
      'harbor',
      'eu',
      'lab',
    ]);
    expect(await rowOf(page, '2.3.1')).toEqual([
      expect.stringMatching(/^[0-9a-f]{12}certifiedsigned$/),
      'absentcertified in harbor, absent in eu',
      'could not lookcould not read from lab.harbor.example: ECONNREFUSED',
    ]);
    expect(await rowOf(page, '2.3.0')).toEqual([
      expect.stringMatching(/withdrawnsignedanother image than in eu$/),
      expect.stringMatching(
        /never judgednot signedanother image than in harborsigned in harbor, not by .*built \d{4}-\d\d-\d\d \d\d:/,
      ),
      expect.anything(),
    ]);
    expect((await rowOf(page, '2.4.0'))[1]).toMatch(/undecidedsigned.*no linux\/arm64 in eu, harbor has it/);
    // Its manifest could not be read in one of them: that is no sameness.
    expect((await rowOf(page, 'broken'))[1]).toContain('not wholly looked at: the manifest is no JSON');
    expect(await rowOf(page, '2.2.0')).toEqual([]);
    expect(await seriousViolations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('narrows by repository at an address that can be shared, and shows the same tags too', async () => {
    const page = await compared();
    await page.getByRole('button', { name: 'All tags' }).click();
    await soon(() => rowOf(page, '2.2.0')).toHaveLength(3);
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('f');
    await page.keyboard.type('search');
    await soon(() => searchOf(page)).toBe('?repository=search&show=all');
    await soon(() => matrixOf(page).getByRole('row').count()).toBe(2);
    await page.getByRole('button', { name: 'Differences only' }).click();
    await page.getByText('No tag that fits is known to differ.').waitFor();
    // What was compared stays while one looks at something else, and is not read again.
    const before = asked;
    await page.getByRole('link', { name: 'Policy' }).click();
    await page.getByRole('heading', { name: 'Policy' }).waitFor();
    await page.getByRole('link', { name: 'Registries' }).click();
    await soon(() => rowOf(page, '2.3.1')).toHaveLength(3);
    expect(asked).toBe(before);
  });

  it('fits a telephone, and scrolls what is wider by keyboard', async () => {
    const page = await compared();
    await page.setViewportSize({ width: 390, height: 844 });
    const widest = () =>
      page.evaluate(() => Math.max(...['html', '#main'].map((part) => document.querySelector(part)?.scrollWidth ?? 0)));
    await soon(widest).toBeLessThanOrEqual(390);
    expect(await seriousViolations(page)).toEqual([]);
    const box = page.getByRole('region', { name: 'Tags by registry' });
    await box.focus();
    await page.keyboard.press('ArrowRight');
    await soon(() => box.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
  });

  it('shows markup in tags and messages as the text that it is', async () => {
    const page = await compared('/registries?show=all');
    await matrixOf(page).getByText('onerror=').first().waitFor();
    expect(await page.evaluate(() => 'taken' in window)).toBe(false);
    expect(await page.locator('img').count()).toBe(0);
  });

  it('tells where what runs came from, and finds what is ad hoc', async () => {
    const page = await desk.open('/containers');
    const grid = page.getByRole('grid', { name: 'Containers' });
    await grid.getByRole('columnheader', { name: 'Origin' }).waitFor();
    await page.getByLabel('origin').selectOption('ad-hoc');
    await soon(() => searchOf(page)).toBe('?origin=ad-hoc');
    const { total } = await desk.services.containers({ state: 'running', origin: 'ad-hoc', limit: 1 });
    expect(total).toBeGreaterThan(3);
    await soon(() => grid.getAttribute('aria-rowcount')).toBe(String(total + 1));
    expect(await grid.getByText('certified', { exact: true }).count()).toBe(0);
    for (const words of ['never certified', 'was certified: withdrawn', 'tag moved: ']) {
      await grid.getByText(words).first().waitFor();
    }
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'All remembered' }).click();
    await soon(() => searchOf(page)).toBe('?show=all');
  });
});
