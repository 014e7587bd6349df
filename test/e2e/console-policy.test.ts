import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../engines/index.ts';
import { inventedRegistry } from '../fakes/policy-documents.ts';
import { type Desk, openDesk, seriousViolations, soon, tidyDesk } from './console-desk.ts';

const cart = `${inventedRegistry}/shop/cart`;

describeWith(['chromium'], 'console: what is certified, and by which policy', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  tidyDesk(() => desk);

  const certificate = async (tag: string) => {
    const { items } = await desk.services.certification.list({});
    const found = items.find(({ tags }) => tags.includes(tag));
    if (found === undefined) throw new Error(`No invented certificate is of ${tag}.`);
    return found;
  };

  it('lists what was judged with state, reason and queue, narrows it, and opens one by keyboard', async () => {
    const page = await desk.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    const grid = page.getByRole('grid', { name: 'Certificates' });
    const { items, total } = await desk.services.certification.list({});
    await soon(() => grid.getAttribute('aria-rowcount')).toBe(String(total + 1));
    const refused = grid.getByRole('row').filter({ hasText: '2.4.0' });
    expect(await refused.textContent()).toMatch(/^refusedshop\/cart.*image\/signed: no signature was found and 2 more/);
    expect(await grid.getByText('nothing against it').count()).toBeGreaterThan(2);
    expect(await page.getByLabel('Queue').textContent()).toBe('Waiting3Being judged1Could not be judged1');

    await page.keyboard.press('f');
    await page.keyboard.type('debian');
    await page.getByRole('option', { name: `${inventedRegistry}/base/debian` }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await soon(() => grid.getAttribute('aria-rowcount')).toBe('2');
    await page.getByRole('combobox', { name: 'Filter by registry or repository' }).fill('');
    await soon(() => grid.getAttribute('aria-rowcount')).toBe(String(total + 1));

    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await soon(() => page.evaluate(() => new URLSearchParams(window.location.search).get('image'))).toBe(
      items[0]?.image,
    );
  });

  it('shows a judgement as soon as it is made', async () => {
    const page = await desk.open('/certificates');
    const grid = page.getByRole('grid', { name: 'Certificates' });
    await grid.getByRole('row').nth(1).waitFor();
    expect(await grid.getByText('5.0.0').count()).toBe(0);
    const input = { source: 'elsewhere.example/x:5.0.0', to: `${inventedRegistry}/shop/search` };
    await desk.services.certification.certify(input, AbortSignal.timeout(1000));
    await grid.getByText('5.0.0').waitFor({ timeout: 15_000 });
  });

  it('shows why an image is refused, what lets a part pass, and who answers for that', async () => {
    const refused = await certificate('2.4.0');
    const page = await desk.open(`/certificates/image?image=${encodeURIComponent(refused.image)}`);
    await page.getByRole('heading', { name: 'shop/cart 2.4.0' }).waitFor();
    const findings = page.getByRole('region', { name: 'Findings' });
    expect(await findings.getByRole('listitem').count()).toBe(refused.findings.length);
    for (const { rule, title, evidence, remedy, excepted } of refused.findings) {
      const text = await findings.textContent();
      for (const said of [rule, title, evidence, ...(excepted ? [] : [remedy])]) expect(text).toContain(said);
    }
    await findings
      .getByText(/^Passes by the exception openssl-until-release: shop team answers for it until/)
      .waitFor();
    await page.getByText('Nobody whom a trust root of the registry accepts.').waitFor();
    const judgement = await page.getByRole('region', { name: 'Judgement' }).textContent();
    for (const said of [refused.source, 'linux/amd64, linux/arm64', ...refused.feeds])
      expect(judgement).toContain(said);
  });

  it('shows earlier judgements, and that they are', async () => {
    const twice = await certificate('2.3.1');
    const page = await desk.open(`/certificates/image?image=${encodeURIComponent(twice.image)}`);
    await page.getByText(/^Passes by the exception/).waitFor();
    const history = page.getByRole('region', { name: 'History' });
    expect(await history.getByRole('button').count()).toBe(2);
    await history.getByRole('button').nth(1).click();
    await page.getByText('An earlier judgement is shown').waitFor();
    await page.getByText('Its policy has nothing against it.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('tells the latest certified of a repository by channel and platform, and why no other', async () => {
    const page = await desk.open(`/certificates/latest?repository=${encodeURIComponent(cart)}`);
    const picked = page.getByRole('region', { name: 'Picked', exact: true });
    const not = page.getByRole('region', { name: 'Not picked' });
    await picked.getByText('2.3.1').waitFor();
    await not.getByText('refused: image/signed, image/vulnerabilities').waitFor();
    await page.getByRole('group', { name: 'Channel' }).getByRole('button', { name: 'nightly' }).click();
    await picked.getByText('nightly-2').waitFor();
    await not.getByText('its tag is not of the pattern nightly-*').first().waitFor();
    await page.getByRole('group', { name: 'Platform' }).getByRole('button', { name: 'linux/arm64' }).click();
    await soon(() => picked.textContent()).toContain('linux/arm64');
    expect(await page.evaluate(() => new URLSearchParams(window.location.search).get('channel'))).toBe('nightly');
    await page.getByRole('region', { name: 'Picked when' }).getByText('channel stable').first().waitFor();
  });

  it('plans documents, shows what would turn, and applies only what was planned', async () => {
    const page = await desk.open('/policy');
    const list = page.getByRole('list', { name: 'Documents in force' });
    const row = list.getByRole('listitem').filter({ hasText: 'openssl-until-release' });
    await row.getByText(/^active/).waitFor();
    expect(await row.textContent()).toContain('shop team until');
    await list.getByText('does nothing: nobody has approved it').waitFor();
    await list.getByText('does nothing: it was changed after it had been approved').waitFor();

    await row.locator('summary').click();
    await row.getByText('owner: shop team').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await row.getByRole('button', { name: 'Edit Exception openssl-until-release' }).click();
    const text = page.getByRole('textbox', { name: /^Documents in YAML/ });
    const [plan, apply] = ['Plan', 'Apply'].map((name) => page.getByRole('button', { name, exact: true }));
    expect(await text.inputValue()).toContain('owner: shop team');
    expect(await apply?.isDisabled()).toBe(true);

    await text.fill((await text.inputValue()).replace('shop team', 'nobody'));
    await plan?.click();
    await page.getByText(/images held against it; 1 would turn/).waitFor();
    const planned = await page.getByRole('region', { name: 'Plan', exact: true }).textContent();
    expect(planned).toMatch(/changedException.*shop\/cart@sha256:.*certified → refused.*CVE-2026-1001/s);
    expect(await seriousViolations(page)).toEqual([]);
    expect(await apply?.isDisabled()).toBe(false);

    await text.pressSequentially('# ');
    expect(await apply?.isDisabled()).toBe(true);
    await page.getByText('The text was changed after it was planned').waitFor();
    await plan?.click();
    await soon(async () => apply?.isDisabled()).toBe(false);
    await apply?.click();
    await page.getByText('In force: 1 document changed.').waitFor();
    await row.getByText('does nothing: it was changed after it had been approved').waitFor();
    const applied = (await desk.services.documents.list()).find(({ name }) => name === 'openssl-until-release');
    expect(applied).toMatchObject({ appliedBy: 'console' });
    expect(applied?.text).toContain('owner: nobody');
  });

  it('says where a document is wrong, and leads there', async () => {
    const page = await desk.open('/policy');
    const text = page.getByRole('textbox', { name: /^Documents in YAML/ });
    const wrong = 'apiVersion: portwarden/v1\nkind: ImagePolicy\nmetadata: { name: loose }\nspec:\n  maxAgee: 30d\n';
    await text.fill(wrong);
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    await page
      .getByRole('alert')
      .getByText(/^editor:5:3: /)
      .waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('bad-document');
    expect(await page.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go to line 5, column 3' }).click();
    const at = await text.evaluate((element) => (element as HTMLTextAreaElement).selectionStart);
    expect(at).toBe(wrong.indexOf('maxAgee'));
    expect(await text.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('removes a document after asking, and says where another still names it', async () => {
    const page = await desk.open('/policy');
    const rowOf = (name: string) => page.getByRole('listitem').filter({ hasText: name });
    const remove = async (kind: string, name: string) => {
      await rowOf(`${kind}${name}`).locator('summary').click();
      await page.getByRole('button', { name: `Remove ${kind} ${name}` }).click();
      const question = page.getByRole('dialog', { name: `Take ${kind} ${name} out of force?` });
      await question.getByRole('button', { name: 'Remove', exact: true }).click();
    };
    await remove('Exception', 'curl-over');
    await rowOf('curl-over').waitFor({ state: 'detached' });
    await remove('ImagePolicy', 'production');
    await page.getByRole('alert').getByText('Registry/harbor names ImagePolicy "production"').waitFor();
  });

  it('shows markup in a finding, a reason and a document as the text that it is', async () => {
    const hostile = `"><img src=x onerror="window.taken=1">`;
    const { certification, documents } = desk.services;
    const refused = await certificate('2.4.0');
    const poisoned = {
      ...refused,
      policy: hostile,
      source: hostile,
      findings: refused.findings.map((each) => ({ ...each, evidence: hostile, title: hostile })),
    };
    Object.assign(certification, {
      list: async () => ({ items: [poisoned], total: 1 }),
      history: async () => [poisoned],
    });
    const [document] = await documents.list();
    if (document === undefined) throw new Error('No document is invented.');
    const spec = { owner: hostile, reason: hostile, expires: hostile };
    Object.assign(documents, {
      list: async () => [{ ...document, kind: 'Exception', name: hostile, text: hostile, document: { spec } }],
    });
    for (const path of ['/policy', '/certificates', `/certificates/image?image=${encodeURIComponent(refused.image)}`]) {
      const page = await desk.open(path);
      await page.getByText('onerror=').first().waitFor();
      expect(await page.evaluate(() => 'taken' in window)).toBe(false);
      expect(await page.locator('img').count()).toBe(0);
      await page.close();
    }
  });
});
