import { expect, it } from 'vitest';
import type { NameNote } from '../segmentation/index.ts';
import { nameEvent } from './name-event.ts';

const rules = { hasNames: true, isObserved: false, blocks: { v4: [], v6: [] }, judge: () => 'refuse' as const };
const asker = { id: 'docker:1', name: 'web', groups: ['shop-web'], rules };

it.each([
  ['refused', undefined, 'web (shop-web) asked for a.example: refused, no rule of it says this name'],
  ['inner', '10.9.0.5', /^web \(shop-web\) asked for a.example, which leads to 10.9.0.5: .*rule for its block$/],
  ['special', '127.0.0.1', /leads to 127.0.0.1: not opened/],
  ['protected', '169.254.169.254', /leads to 169.254.169.254: not opened/],
  ['full', undefined, /more addresses than the kernel keeps$/],
] as const)('a name that is %s is told so', (what, address, message) => {
  const note: NameNote = { asker, name: 'a.example', what, ...(address === undefined ? {} : { address }) };
  expect(nameEvent(note, 'quay', 7)).toEqual({
    at: 7,
    kind: 'refused',
    host: 'quay',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
});
