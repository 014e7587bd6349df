import { expect, it } from 'vitest';
import { codeLines } from './code-lines.ts';

it.each([
  'There are many ways to contribute to it.',
  'If a URL is supplied, it must be absolute (see below).',
  "it's not what everybody has wanted",
])('leaves out a sentence: %s', (text) => {
  expect(codeLines(`a()\n${text}\nb()`)).toBe('a()\nb()');
});

it.each([
  'if x is not None and y not in z: pass',
  "print('there are many words in here')",
  'x = 1  # there are many words in here',
  '// there are many words in here',
  'raise TypeError("there are many words") from error',
  'SELECT a FROM b WHERE c = 1',
  'puts x unless y and not z',
])('keeps %s', (text) => {
  expect(codeLines(text)).toBe(text);
});
