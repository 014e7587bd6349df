import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTextFinder } from './common-texts.ts';

const items = 'a b a,b b,c c d d,a a,a'.split(' ').map((texts) => ({ texts: [...new Set(texts.split(','))] }));
const lists = fc
  .uniqueArray(fc.nat({ max: items.length - 1 }))
  .map((indices) => indices.flatMap((at) => items[at] ?? []));

describe('common texts', () => {
  it('are those of a list, whatever list was asked about before', () => {
    fc.assert(
      fc.property(fc.array(lists, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 3 }), (asked, least) => {
        const find = createTextFinder(least, ({ texts }: { texts: readonly string[] }) => texts);
        const answers = asked.map((list) => {
          const plain = list.flatMap(({ texts }) => texts);
          return {
            answer: find(list),
            plain: new Set(plain.filter((text) => plain.filter((other) => other === text).length >= least)),
          };
        });
        for (const { answer, plain } of answers) expect(answer).toEqual(plain);
      }),
    );
  });
});
