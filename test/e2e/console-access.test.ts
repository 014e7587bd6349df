import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { mapConcurrent } from '../../src/base/index.ts';
import { describeWith } from '../engines/index.ts';
import { type Desk, openDesk, seriousViolations, tidyDesk } from './console-desk.ts';

/** Looking at a page takes a processor, and the smallest machine that tests has two. */
const pagesAtOnce = 2;

const groupPaths = [
  '/groups',
  '/groups?focus=group:wiki-db',
  '/groups?view=connections&edge=group:shop-web>group:shop-app',
  '/groups?view=list',
  '/groups/shop-web',
  '/groups/(no%20group)',
  '/what-if',
  '/traffic',
  '/traffic?show=events',
  '/traffic?show=hosts',
];

describeWith(['chromium'], 'every page of the console', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  tidyDesk(() => desk);

  /** The list, an image in each state, and the latest of a repository. */
  async function certificatePaths(): Promise<readonly string[]> {
    const { items } = await desk.services.certification.list({});
    const each = new Map(items.map(({ state, image }) => [state, image]));
    expect(each.size).toBe(5);
    const repository = encodeURIComponent(`${items[0]?.registry}/shop/cart`);
    return [
      '/certificates',
      ...[...each.values()].map((image) => `/certificates/image?image=${encodeURIComponent(image)}`),
      `/certificates/latest?repository=${repository}`,
    ];
  }

  async function allPaths(): Promise<readonly string[]> {
    const image = desk.services.fleet.images[3]?.subject.key;
    return [
      '/',
      '/who-runs',
      '/who-runs?name=openssl',
      '/images',
      `/images/${image}`,
      `/images/${image}?tab=components`,
      `/images/${image}?tab=seen`,
      `/images/${image}?tab=history`,
      '/containers',
      '/drift',
      '/changes',
      `/advisories/${desk.services.fleet.changes[0]?.advisory}`,
      '/hosts/harbor-1',
      '/feeds',
      '/vex',
      ...(await certificatePaths()),
      '/registries',
      '/launches',
      '/launches/l1',
      '/tickets',
      ...groupPaths,
      '/guide/segment-a-compose-application',
      '/guide/launch-gate',
      '/policy',
      '/settings/notifications',
      '/settings/tokens',
    ];
  }

  it.each([1, 2, 3])(
    'has no serious barrier in light or dark colors nor on a telephone, and fits that: %i of 3',
    async (part) => {
      // Pages are looked at as links lead to them: what looks is loaded once, and each is opened once for all three.
      const rooms = await Promise.all(
        Array.from({ length: pagesAtOnce }, async () => {
          const page = await desk.open(nowhere);
          await page.getByText('This page is not on the chart.').waitFor();
          return page;
        }),
      );
      const paths = (await allPaths()).filter((_, index) => index % 3 === part - 1);
      expect(paths.length).toBeGreaterThan(10);
      const found = await mapConcurrent(paths, pagesAtOnce, async (path) => {
        const page = rooms.pop();
        if (page === undefined) throw new Error('more pages at once than were opened');
        const problems = await lookAt(page, path);
        rooms.push(page);
        return problems;
      });
      expect(found.flat()).toEqual([]);
    },
  );
});

const nowhere = '/nowhere';
const screen = { width: 1440, height: 900 };
const telephone = { width: 390, height: 844 };
const looks = [
  { name: 'in light colors', colorScheme: 'light', size: screen },
  { name: 'in dark colors', colorScheme: 'dark', size: screen },
  { name: 'on a telephone', colorScheme: 'light', size: telephone },
] as const;

async function lookAt(page: Page, path: string): Promise<readonly string[]> {
  const problems: string[] = [];
  await go(page, path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForTimeout(400);
  for (const { name, colorScheme, size } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    await page.evaluate(settled);
    problems.push(...(await seriousViolations(page)).map((violation) => `${path} ${name}: ${violation}`));
    const widest = await page.evaluate(() =>
      Math.max(...['html', '#main'].map((part) => document.querySelector(part)?.scrollWidth ?? 0)),
    );
    if (widest > size.width) problems.push(`${path} ${name}: is ${widest} pixels wide`);
  }
  await page.setViewportSize(screen);
  await go(page, nowhere);
  await page.getByText('This page is not on the chart.').waitFor();
  return problems;
}

/** The router hears of it, as of a link. */
const go = (page: Page, path: string) => page.evaluate((to) => window.history.pushState(null, '', to), path);

/** Until the page is drawn anew, and colors that fade have faded. */
async function settled(): Promise<void> {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const ending = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
  await Promise.allSettled(ending.map(({ finished }) => finished));
}
