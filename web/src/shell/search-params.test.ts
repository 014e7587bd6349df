import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch, textParam } from './search-params.ts';

describe('search parameters', () => {
  it('gives back every text that was put in', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.string({ minLength: 1, unit: 'grapheme' }), { noNullPrototype: true }),
        (search) => {
          const back = parseSearch(stringifySearch(search));
          for (const [key, value] of Object.entries(search)) expect(textParam(back, key)).toBe(value);
        },
      ),
    );
  });

  it('leaves a version that looks like a number a text', () => {
    expect(parseSearch('?name=openssl&version=3')).toEqual({ name: 'openssl', version: '3' });
  });

  it('writes nothing for what is empty or absent', () => {
    expect(stringifySearch({ name: '', version: undefined })).toBe('');
    expect(textParam({ name: '' }, 'name')).toBeUndefined();
    expect(textParam({ name: 3 }, 'name')).toBeUndefined();
  });
});
