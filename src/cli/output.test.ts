import { expect, it } from 'vitest';
import { printable } from './output.ts';

it.each([
  ['\u001b[2Jgone', '\\x1b[2Jgone'],
  ['a\u009bb', 'a\\x9bb'],
  ['a\u202eb', 'a\\x202eb'],
  ['a\u2028b', 'a\\x2028b'],
  ['plain ü 船', 'plain ü 船'],
])('makes visible what would change a terminal: %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});
