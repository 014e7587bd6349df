import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../engines/index.ts';
import { type Desk, openDesk, seriousViolations } from './console-desk.ts';

const nothing = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };

describeWith(['chromium'], 'console of a machine on which nothing was found yet', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk((services) => ({
      overview: async () => ({
        containersRunning: 0,
        containersRemembered: 0,
        hosts: [],
        images: { known: 0, read: 0, failed: 0 },
        distinctComponents: 0,
        severitiesRunning: nothing,
        imagesNotJudged: 0,
        oldestRunning: [],
        mostAffected: [],
        engines: [
          {
            host: 'here',
            engine: 'docker',
            socket: '/run/docker.sock',
            state: 'forbidden',
            version: null,
            message: 'Add the user of Portwarden to the group docker.',
            lastSeen: null,
          },
        ],
        reading: { waiting: 0, running: 0, failed: 0, current: [] },
        feeds: { total: 0, stale: 0 },
        version: '1.2.3',
      }),
      containers: async () => ({ items: [], total: 0 }),
      images: { ...services.images, list: async () => ({ items: [], total: 0 }) },
      feeds: { ...services.feeds, list: async () => [] },
      registries: { ...services.registries, list: async () => ({ items: [] }) },
      documents: { ...services.documents, list: async () => [] },
      certification: {
        ...services.certification,
        list: async () => ({ items: [], total: 0 }),
        queue: async () => ({ waiting: 0, running: 0, failed: 0 }),
      },
    }));
  });
  afterAll(() => desk?.close());

  it.each([
    ['/', 'Nothing is judged yet: there is no feed.', 'portwarden feeds add debian'],
    ['/', 'no permission', 'Add the user of Portwarden to the group docker.'],
    ['/feeds', 'There is no feed, so nothing can be judged.', 'portwarden feeds add debian'],
    ['/containers', 'docker on here cannot be watched.', 'Add the user of Portwarden to the group docker.'],
    ['/images', 'No image is known yet.', 'Add the user of Portwarden to the group docker.'],
    ['/images/abcd', 'not-found', ''],
    ['/certificates', 'No image was judged yet.', 'portwarden certify IMAGE --to REPOSITORY'],
    ['/certificates?place=shop%2Fcart', 'No image was judged there.', 'by its whole name'],
    ['/certificates/image', 'No image is named.', 'All that was judged'],
    ['/certificates/image?image=a.example%2Fb:1', 'not-found', 'never judged'],
    ['/certificates/latest?repository=elsewhere.example%2Fb', 'unknown-registry', 'elsewhere.example'],
    ['/registries', 'No registry has a document.', 'portwarden apply -f registry.yaml'],
    ['/policy', 'No document is in force.', 'portwarden apply -f FILE'],
    ['/nowhere', 'This page is not on the chart.', 'Back to the overview'],
  ])('%s says "%s" and what to do', async (path, says, todo) => {
    const page = await desk.open(path);
    await page.getByText(says, { exact: true }).waitFor();
    expect(await page.getByRole('main').textContent()).toContain(todo);
    expect(await seriousViolations(page)).toEqual([]);
    await page.close();
  });

  it('never shows what is not judged as a zero', async () => {
    const page = await desk.open('/');
    await page.getByText('not judged: there is no feed').waitFor();
    const figure = page.getByLabel('Figures').locator('div').filter({ hasText: 'Critical and high' });
    expect(await figure.textContent()).toBe('Critical and high–not judged: there is no feed');
  });
});
