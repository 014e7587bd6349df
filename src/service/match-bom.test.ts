import { describe, expect, it } from 'vitest';
import { matchBom } from './match-bom.ts';

const clock = { now: () => 1_700_000_000_000 };
const platform = { os: 'linux', architecture: 'amd64' };

describe('matchBom', () => {
  it('judges nothing without a store, and says so', async () => {
    const text = JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      metadata: { component: { name: 'shop' } },
      components: [{ name: 'a', purl: 'pkg:npm/a@1.0.0' }, { name: 'home-made' }],
    });
    const { passport } = await matchBom({ name: 'shop.json', text }, { clock }, platform);
    expect(passport).toMatchObject({
      subject: { kind: 'bom', key: 'bom:shop', name: 'shop.json' },
      judgement: { state: 'not-judged', notCovered: ['npm'] },
      components: [{ purl: 'pkg:npm/a@1.0.0', evidence: { kind: 'claimed', note: 'CycloneDX 1.5' } }],
      problems: [
        {
          code: 'catalog/sbom/untold-packages',
          message: 'shop.json lists 1 packages without a package URL that is understood: home-made',
        },
      ],
    });
  });

  it('tells as problems what the bill leaves out, and how much more', async () => {
    const annotations = Array.from({ length: 103 }, (_, index) => ({ comment: `not read: ${index}` }));
    const text = JSON.stringify({ spdxVersion: 'SPDX-2.3', packages: [], annotations });
    const { problems } = (await matchBom({ name: 'shop.json', text }, { clock }, platform)).passport;
    expect(problems).toHaveLength(101);
    expect(problems[0]).toMatchObject({ code: 'catalog/sbom/incomplete', message: 'shop.json leaves out: 0' });
    expect(problems[100]?.message).toBe('shop.json leaves out 3 more');
  });

  it('refuses what is no bill', async () => {
    await expect(matchBom({ name: 'x', text: '{}' }, { clock }, platform)).rejects.toMatchObject({
      code: 'bad-bom',
      message: 'x is neither CycloneDX nor SPDX 2 in JSON',
    });
  });
});
