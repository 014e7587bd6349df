import { describe, expect, it } from 'vitest';
import { lookedForBy } from './looked-for.ts';
import type { LookFor } from './read-subject.ts';
import { parseUnwantedRules } from './unwanted.ts';

const unwanted = (text: string) => parseUnwantedRules(text, 'rules.txt');
const plain: LookFor = { content: {}, unwanted: [] };

describe('what is looked for', () => {
  it('is another with another rule, and the same with the same', () => {
    const all: readonly LookFor[] = [
      plain,
      { ...plain, content: 'pass-over' },
      { ...plain, content: { yara: [{ name: 'a.yar', text: 'rule a { condition: true }' }] } },
      { ...plain, content: { yara: [{ name: 'a.yar', text: 'rule b { condition: true }' }] } },
      { ...plain, content: { badDigests: new Map([['ab', 'evil']]) } },
      { ...plain, content: { badDigests: new Map([['ab', 'worse']]) } },
      { ...plain, content: { clamd: { address: 'unix:/run/clamd' } } },
      { ...plain, unwanted: unwanted('log4j-core <2.17.1') },
      { ...plain, unwanted: unwanted('log4j-core <2.18') },
    ];
    expect(new Set(all.map(lookedForBy)).size).toBe(all.length);
    expect(all.map(lookedForBy)).toEqual(all.map((each) => lookedForBy(structuredCloneOf(each))));
  });
});

/** Other objects that say the same. */
function structuredCloneOf({ content, unwanted: rules }: LookFor): LookFor {
  const copied =
    content === 'pass-over'
      ? content
      : { ...content, ...(content.badDigests ? { badDigests: new Map(content.badDigests) } : {}) };
  return { content: copied, unwanted: [...rules] };
}
