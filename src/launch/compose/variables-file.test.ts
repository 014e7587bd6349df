import { describe, expect, it } from 'vitest';
import { LaunchError } from '../launch-error.ts';
import { parseVariablesFile } from './variables-file.ts';

const read = (text: string) =>
  parseVariablesFile(text, 'p', new Map([['H', 'host']])).map(({ name, value }) => [name, value]);

describe('files of variables', () => {
  it.each<[text: string, found: unknown]>([
    ['', []],
    [
      '# a\n\n  \nA=1\r\nB = 2 \n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['export A=1', [['A', '1']]],
    ['A: 1', [['A', '1']]],
    ['A', [['A', undefined]]],
    ['A=', [['A', '']]],
    ['A=b#c # d', [['A', 'b#c']]],
    ['A=$H/${U:-d}', [['A', 'host/d']]],
    [`A="x $H\\n\\$H" # c`, [['A', 'x host\n$H']]],
    [`A='x $H\\n'`, [['A', 'x $H\\n']]],
    [
      'A="x\ny"\nB=1',
      [
        ['A', 'x\ny'],
        ['B', '1'],
      ],
    ],
    ['A=a=b', [['A', 'a=b']]],
  ])('%j', (text, found) => {
    expect(read(text)).toEqual(found);
  });

  it.each(['=1', 'A="b', "A='b\nB=1", '"A"=1', 'A B C'])('refuses %j', (text) => {
    expect(() => read(text)).toThrow(LaunchError);
  });
});
