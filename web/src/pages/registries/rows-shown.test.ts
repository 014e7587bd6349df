import { describe, expect, it } from 'vitest';
import type { RegistryDiff } from '../../api/wire.ts';
import { rowsShown } from './rows-shown.ts';

const cell = (message: string | null = null) => ({
  state: message === null ? ('present' as const) : ('unknown' as const),
  digest: null,
  certificate: null,
  signed: null,
  platforms: null,
  created: null,
  message,
});
const row = (repository: string, tag: string, ...messages: (string | null)[]): RegistryDiff['rows'][number] => ({
  repository,
  tag,
  cells: messages.map(cell),
  differences: [],
});
const diff: RegistryDiff = {
  registries: ['main', 'eu'].map((name) => ({ name, host: `${name}.example` })),
  rows: [
    row('shop/cart', 'same', null, null),
    {
      ...row('shop/cart', 'differs', null, null),
      differences: [{ kind: 'unsigned', registries: ['eu'], message: 'unsigned in eu' }],
    },
    row('shop/cart', 'unseen', null, 'no JSON'),
    row('shop/search', 'down', null, 'no connection'),
  ],
  failures: [{ registry: 'eu', repository: 'shop/search', message: 'no connection' }],
  different: 1,
  unknown: 3,
  left: null,
};
const tags = (repository: string, all: boolean) => rowsShown(diff, { repository, all }).map(({ tag }) => tag);

describe('rowsShown', () => {
  it.each([
    ['', true, ['same', 'differs', 'unseen', 'down']],
    // Its failure is told once for the repository; a single cell that was not seen is told by its row.
    ['', false, ['differs', 'unseen']],
    ['  CART ', true, ['same', 'differs', 'unseen']],
    ['search', false, []],
    ['cart:diff', false, ['differs']],
    ['elsewhere', true, []],
  ])('with "%s", all: %s, are %j', (repository, all, shown) => expect(tags(repository, all)).toEqual(shown));

  it('keeps a row of which another registry was not seen than the one that failed', () => {
    const other = { ...diff, failures: [{ registry: 'main', repository: 'shop/search', message: 'no' }] };
    expect(rowsShown(other, { repository: 'search', all: false })).toHaveLength(1);
  });
});
