import { describe, expect, it } from 'vitest';
import { compilePatterns } from './patterns.ts';
import type { Syntax } from './syntax.ts';

/** `(call name "(" (argument))`, at places that do not matter; a word is a leaf, `name:` before a node its field. */
function tree(source: string): Syntax {
  const tokens = source.match(/[()]|"[^"]*"|[\w:]+/g) ?? [];
  let at = 0;
  const node = (): Syntax => {
    const field = tokens[at]?.endsWith(':') ? tokens[at++]?.slice(0, -1) : undefined;
    const token = tokens[at++] ?? '';
    if (token.startsWith('"')) return leaf(token.slice(1, -1), field, false);
    if (token !== '(') return leaf(token, field, true);
    const type = tokens[at++] ?? '';
    const children: Syntax[] = [];
    while (tokens[at] !== ')') children.push(node());
    at++;
    return { ...leaf(type, field, true), children, hasError: children.some(({ hasError }) => hasError) };
  };
  const leaf = (type: string, field: string | undefined, isNamed: boolean): Syntax => {
    const start = source.indexOf(type);
    return { type, field, isNamed, start, end: start + type.length, children: [], hasError: type === 'ERROR' };
  };
  return node();
}

const find = (patterns: string, text: string) => compilePatterns(patterns)(tree(text), text);

describe('patterns', () => {
  it.each([
    ['a type', '(call) @code', '(program (call))', 'code'],
    ['another type', '(call) @code', '(program (name))', undefined],
    ['any node', '(call (_)) @code', '(call name)', 'code'],
    ['no named node', '(call (_)) @code', '(call "(")', undefined],
    ['a sign', '(call "->") @code', '(call name "->" name)', 'code'],
    ['one of several', '(call [(a) (b)]) @code', '(call (b))', 'code'],
    ['one of others', '(call [(a) (b)]) @code', '(call (c))', undefined],
    ['children in their order', '(call (a) (b)) @code', '(call (a) (c) (b))', 'code'],
    ['children in another order', '(call (a) (b)) @code', '(call (b) (a))', undefined],
    ['a field', '(call function: (a)) @code', '(call function: (a))', 'code'],
    ['a field of another name', '(call function: (a)) @code', '(call name: (a))', undefined],
    ['no such field', '(call !receiver) @code', '(call name: (a))', 'code'],
    ['a field that must not be', '(call !receiver) @code', '(call receiver: (a))', undefined],
    ['the first', '(call . (a)) @code', '(call "(" (a) (b))', 'code'],
    ['not the first', '(call . (a)) @code', '(call (b) (a))', undefined],
    ['a text', '((call (name) @x) @code (#match? @x "^na"))', '(call (name))', 'code'],
    ['another text', '((call (name) @x) @code (#match? @x "^no"))', '(call (name))', undefined],
    ['a text that must not be', '((call (name) @x) @code (#not-match? @x "^na"))', '(call (name))', undefined],
    ['what was not read', '(call) @code', '(call ERROR)', undefined],
    ['words beside it', '(call) @code (words) @prose', '(program (call) (words))', 'prose'],
  ])('%s', (_, patterns, text, wanted) => {
    expect(find(patterns, text)).toBe(wanted);
  });

  it.each(['(call', 'call', '((call) (#eq? @x "a"))', '(call [(a)', '"a" "b" ('])('are none: %s', (source) => {
    expect(() => compilePatterns(source)).toThrow(SyntaxError);
  });
});
