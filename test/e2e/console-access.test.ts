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

  it.each(['light', 'dark'] as const)('has no serious barrier in %s colors', async (colorScheme) => {
    const image = desk.services.fleet.images[3]?.subject.key;
    const certificates = await certificatePaths();
    const paths = [
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
      ...certificates,
      '/registries',
      '/launches',
      '/launches/l1',
      '/tickets',
      ...groupPaths,
      '/policy',
      '/settings/notifications',
      '/settings/tokens',
    ];
    const found = await mapConcurrent(paths, pagesAtOnce, async (path) => {
      const page = await desk.open(path);
      await page.emulateMedia({ colorScheme });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForTimeout(400);
      const violations = await seriousViolations(page);
      await page.close();
      return violations.map((violation) => `${path} ${violation}`);
    });
    expect(found.flat()).toEqual([]);
  });

  it('fits a telephone', async () => {
    const image = desk.services.fleet.images[3]?.subject.key;
    const paths = [
      '/',
      '/who-runs?name=openssl',
      '/images',
      `/images/${image}`,
      '/containers',
      '/drift',
      '/changes',
      '/feeds',
      '/vex',
      ...(await certificatePaths()),
      '/registries',
      '/launches',
      '/launches/l1',
      '/tickets',
      ...groupPaths,
      '/policy',
      '/settings/notifications',
      '/settings/tokens',
    ];
    await mapConcurrent(paths, pagesAtOnce, async (path) => {
      const page = await desk.open(path);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole('heading', { level: 1 }).waitFor();
      const widest = await page.evaluate(() =>
        Math.max(...['html', '#main'].map((part) => document.querySelector(part)?.scrollWidth ?? 0)),
      );
      expect(widest, path).toBeLessThanOrEqual(390);
      expect(await seriousViolations(page), path).toEqual([]);
      await page.close();
    });
  });
});
