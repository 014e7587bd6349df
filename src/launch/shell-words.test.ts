import { describe, expect, it } from 'vitest';
import { LaunchError } from './launch-error.ts';
import { splitShellWords } from './shell-words.ts';

const texts = (line: string) => splitShellWords(line, 'p').map(({ text }) => text);

describe('words of a shell', () => {
  it.each<[line: string, words: string[]]>([
    ['', []],
    ['  a  b\tc ', ['a', 'b', 'c']],
    [`a 'b  c' "d e"`, ['a', 'b  c', 'd e']],
    [`a'b'"c"d`, ['abcd']],
    [`'' ""`, ['', '']],
    ['a\\ b \\"c', ['a b', '"c']],
    ['a \\\n  b \\\r\n c', ['a', 'b', 'c']],
    ['a\\\nb', ['ab']],
    ['"a\\\nb" "c\\d" "\\$x"', ['ab', 'c\\d', '$x']],
    [`'a\\b'`, ['a\\b']],
    ['a # b\nc', ['a', '\n', 'c']],
    ['a#b', ['a#b']],
    ['a&&b||c;d|e&', ['a', '&&', 'b', '||', 'c', ';', 'd', '|', 'e', '&']],
    [`'a&&b' "c|d" e\\;f`, ['a&&b', 'c|d', 'e;f']],
    ['a 2>&1 >b 3<<<c', ['a', '>&', '1', '>', 'b', '<<<', 'c']],
    ['a2>b', ['a2', '>', 'b']],
    [`$'a\\n\\x41\\101\\'' b`, ["a\nAA'", 'b']],
    ['$"a b"', ['a b']],
    ['$ a$', ['$', 'a$']],
    ['-v <your path>:/data', ['-v', '<your path>:/data']],
  ])('splits %j', (line, words) => {
    expect(texts(line)).toEqual(words);
  });

  it.each<[line: string, text: string, plain: string, expansions: string[]]>([
    ['$PWD/a', '$PWD/a', '$PWD/a', ['PWD']],
    ['"$PWD":/a', '$PWD:/a', '$PWD:/a', ['PWD']],
    ["'$PWD':/a", '$PWD:/a', '$PWD:/a', []],
    ['\\$PWD', '$PWD', '$PWD', []],
    ['${A:-b:c}:/d', '${A:-b:c}:/d', '${A}:/d', ['A']],
    ['${A:-${B}}x', '${A:-${B}}x', '${A}x', ['A']],
    ['$(date +%s):/d', '$(date +%s):/d', '$(…):/d', ['date +%s']],
    ['"$(a "$(b ")")")"', '$(a "$(b ")")")', '$(…)', ['a "$(b ")")"']],
    ['`a b`c', '`a b`c', '$(…)c', ['a b']],
    ['$(echo ")")', '$(echo ")")', '$(…)', ['echo ")"']],
    ['$1$@', '$1$@', '$1$@', ['1', '@']],
  ])('leaves %s as it is, and says so', (line, text, plain, expansions) => {
    expect(splitShellWords(line, 'p')).toEqual([{ kind: 'word', text, plain, expansions }]);
  });

  it.each(["a 'b", 'a "b', 'a "b\\"', '$(a', '${a', '`a', "$'a", '"$(a"', '$(a "b)'])('refuses %s', (line) => {
    expect(() => splitShellWords(line, 'p')).toThrow(LaunchError);
  });

  it('is bounded', () => {
    for (const line of ['a '.repeat(30_000), 'x'.repeat(2 ** 20 + 1)])
      expect(() => splitShellWords(line, 'p')).toThrow(expect.objectContaining({ code: 'launch-limit' }));
  });
});
