import { describe, expect, it } from 'vitest';
import { digestOf } from '../base/index.ts';
import type { BillOfMaterials, InstalledComponent } from '../model/index.ts';
import type { ComponentJudgement } from './judge.ts';
import { compilePassport, judgementState } from './passport.ts';

const day = 86_400_000;

function component(name: string, extra: Partial<InstalledComponent> = {}): InstalledComponent {
  return {
    purl: `pkg:npm/${name}@1.0.0`,
    ecosystem: 'npm',
    name,
    version: '1.0.0',
    licenses: [],
    locations: [`/app/node_modules/${name}/package.json`],
    layer: 0,
    ...extra,
  };
}

function passport(components: readonly InstalledComponent[], judgements: Record<string, Partial<ComponentJudgement>>) {
  const imageId = digestOf('image');
  const bom: BillOfMaterials = {
    subject: { kind: 'image', imageId },
    platform: { os: 'linux', architecture: 'amd64' },
    components,
    catalogers: ['npm@1'],
    problems: [{ code: 'catalog/npm/bad-json', message: 'cut', path: '/app/node_modules/x/package.json' }],
  };
  return compilePassport({
    subject: { kind: 'image', key: imageId, name: 'app' },
    image: null,
    bom,
    recordedAt: 0,
    facts: undefined,
    judgementOf: (purl) => {
      const judgement = judgements[purl];
      return judgement && { judged: true, matches: [], undetermined: [], ...judgement };
    },
    advisories: [],
    remarks: [],
    digests: [],
    at: 10 * day,
  });
}

describe('compilePassport', () => {
  it('calls a subject judged only where every component is', () => {
    const components = [component('a'), component('b')];
    expect(passport(components, { 'pkg:npm/a@1.0.0': {}, 'pkg:npm/b@1.0.0': {} }).judgement.state).toBe('judged');
    expect(passport(components, { 'pkg:npm/a@1.0.0': {} }).judgement).toEqual({
      state: 'partly-judged',
      componentsJudged: 1,
      componentsNotJudged: 1,
      notCovered: ['npm'],
    });
    expect(passport(components, {}).judgement.state).toBe('not-judged');
  });

  it('shows what the distribution owns, and neither judges nor counts it', () => {
    const owned = component('a', { ownedBy: 'pkg:deb/debian/node-a@1' });
    const result = passport([owned], {
      [owned.purl]: { matches: [{ advisory: 'X', flaw: 'X', package: 'a', severity: 'high', feed: 'f', since: 0 }] },
    });
    expect(result.components).toHaveLength(1);
    expect(result.findings).toEqual([]);
    expect(result.judgement.componentsNotJudged).toBe(0);
  });

  it('says of a component, and of what is wrong with it, how it came to be known', () => {
    const declared = component('a', { evidence: { kind: 'declared', confidence: 'certain', note: 'yarn.lock' } });
    const matches = [{ advisory: 'X', flaw: 'X', package: 'a', severity: 'high', feed: 'f', since: 0 }] as const;
    const result = passport([declared, component('b')], {
      [declared.purl]: { matches },
      'pkg:npm/b@1.0.0': { matches },
    });
    const view = { kind: 'declared', confidence: 'certain', note: 'yarn.lock' };
    expect(result.components.map(({ evidence }) => evidence)).toEqual([view, null]);
    expect(result.findings.map(({ evidence }) => evidence.component)).toEqual([view, null]);
    expect(result.judgement.componentsJudged).toBe(2);
  });

  it('carries problems and what could not be compared', () => {
    const result = passport([component('a')], {
      'pkg:npm/a@1.0.0': { undetermined: [{ advisory: 'X', reason: 'no version' }] },
    });
    expect(result.problems).toHaveLength(1);
    expect(result.undetermined).toEqual([{ advisory: 'X', component: 'pkg:npm/a@1.0.0', reason: 'no version' }]);
  });
});

describe('judgementState', () => {
  it('is not judged where nothing was', () => {
    expect(judgementState(0, 0)).toBe('not-judged');
  });
});
