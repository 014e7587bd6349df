import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameFits, saidOfName } from './name-fits.ts';

describe('nameFits', () => {
  it.each([
    ['api.example.com', 'api.example.com', true],
    ['api.example.com', 'b.api.example.com', false],
    ['*.example.com', 'api.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'badexample.com', false],
    ['*.example.com', '*.example.com', true],
    ['*.example.com', '*.shop.example.com', true],
    ['*.shop.example.com', '*.example.com', false],
    ['*.com', 'com', false],
  ])('of %s and %s is %s', (said, name, expected) => {
    expect(nameFits(said, name)).toBe(expected);
  });

  it('fits what saidOfName lists, and nothing else', () => {
    const label = fc.constantFrom('a', 'b', 'ab');
    const name = fc
      .tuple(fc.boolean(), fc.array(label, { minLength: 1, maxLength: 4 }))
      .map(([isWild, labels]) => `${isWild ? '*.' : ''}${labels.join('.')}`);
    fc.assert(
      fc.property(name, name, (said, asked) => {
        expect(saidOfName(asked).includes(said)).toBe(nameFits(said, asked));
      }),
    );
  });
});
