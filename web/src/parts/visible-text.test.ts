import { expect, it } from 'vitest';
import { hasHidden, visibleText } from './visible-text.ts';

it.each([
  ['PORT', 'PORT', false],
  ['gpj.\u202eexe', 'gpj.\\u{202e}exe', true],
  ['a\0b', 'a\\u{0}b', true],
  ['a\u200bb', 'a\\u{200b}b', true],
  ['a\nb', 'a\\u{a}b', false],
  ['<b>é', '<b>é', false],
])('%j is shown as %j', (text, shown, hidden) => {
  expect(visibleText(text)).toBe(shown);
  expect(hasHidden(text)).toBe(hidden);
});
