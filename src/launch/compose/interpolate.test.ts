import { describe, expect, it } from 'vitest';
import { LaunchError } from '../launch-error.ts';
import { interpolate } from './interpolate.ts';

const variables = new Map([
  ['A', 'a'],
  ['EMPTY', ''],
  ['DOLLAR', '$A'],
]);

describe('interpolation', () => {
  it.each([
    ['plain', 'plain'],
    ['$A', 'a'],
    ['x${A}y$A', 'xaya'],
    ['$$A $${A}', '$A ${A}'],
    ['$DOLLAR', '$A'],
    ['${A:-d}${A-d}', 'aa'],
    ['${EMPTY:-d}|${EMPTY-d}', 'd|'],
    ['${U:-d}|${U-}', 'd|'],
    ['${A:+r}|${EMPTY:+r}|${EMPTY+r}|${U+r}', 'r||r|'],
    ['${A:?e}${EMPTY?e}', 'a'],
    ['${U:-${V:-${A}}}', 'a'],
    ['${U:-x$A$$}', 'xa$'],
    ['${A:-${U:?not wanted}}', 'a'],
    ['${U:-a b: c}', 'a b: c'],
    ['${U:-http://h:80/}/p', 'http://h:80//p'],
  ])('%s is %s', (text, value) => {
    expect(interpolate(text, 'p', variables)).toEqual({ text: value, unset: [] });
  });

  it('says which are not set', () => {
    expect(interpolate('$U/${V}/${A}/${W:+x}', 'p', variables)).toEqual({ text: '//a/', unset: ['U', 'V'] });
    expect(interpolate('${U:-$V}', 'p', variables)).toEqual({ text: '', unset: ['V'] });
  });

  it('takes defaults where nobody knows the variables, and requires none', () => {
    expect(interpolate('${A:-d}${B:?must}', 'p', undefined)).toEqual({ text: 'd', unset: ['B'] });
  });

  it.each(['$', '$ a', '$1', '${}', '${A', '${A:-b', '${A!b}', '${ A}', '${A:-${B}', '${U:?must be set}', '${U?}'])(
    'refuses %s',
    (text) => {
      expect(() => interpolate(text, 'p', variables)).toThrow(LaunchError);
    },
  );

  it('is bounded', () => {
    const big = new Map([['B', 'x'.repeat(100_000)]]);
    for (const text of ['${A:-'.repeat(100) + '}'.repeat(100), '$B'.repeat(20)])
      expect(() => interpolate(text, 'p', big)).toThrow(expect.objectContaining({ code: 'launch-limit' }));
  });
});
