import { describe, expect, it } from 'vitest';
import { LaunchError } from './launch-error.ts';
import { parseYamlText } from './yaml-text.ts';

const valueOf = (text: string) => parseYamlText(text, 'f.yaml')[0]?.value;

function refusal(text: string): LaunchError {
  try {
    parseYamlText(text, 'f.yaml');
  } catch (error) {
    if (error instanceof LaunchError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('YAML', () => {
  it.each<[text: string, value: unknown]>([
    ['a: 1\nb: [x, "2", true, null, 1.5]\n', { a: 1, b: ['x', '2', true, null, 1.5] }],
    ['{"a": {"b": []}}', { a: { b: [] } }],
    ['a:\nb: ~', { a: null, b: null }],
    ['a: yes\nb: on\nc: 0777\nd: 0o17', { a: 'yes', b: 'on', c: 777, d: 15 }],
    ['a: |\n  x\n  y\nb: >-\n  x\n  y', { a: 'x\ny\n', b: 'x y' }],
    ['8080: a\ntrue: b', { '8080': 'a', true: 'b' }],
    ['a: !!str 1\nb: !!int "2"', { a: '1', b: 2 }],
    ['a: &x {b: 1}\nc: *x\nd: [*x, *x]', { a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }, { b: 1 }] }],
    ['a: &x 1\nb: &x 2\nc: *x', { a: 1, b: 2, c: 2 }],
    ['k: &k name\n*k : v', { k: 'name', name: 'v' }],
    ['x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}', { x: { a: 1, b: 2 }, y: { a: 1, b: 3 } }],
    [
      'x: &x {a: 1}\ny: &y {a: 2, c: 3}\nz:\n  b: 0\n  <<: [*x, *y]',
      {
        x: { a: 1 },
        y: { a: 2, c: 3 },
        z: { b: 0, a: 1, c: 3 },
      },
    ],
    ['x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: *y}', { x: { a: 1 }, y: { a: 1, b: 2 }, z: { a: 1, b: 2 } }],
    ['a: {<<: {b: 1}}', { a: { b: 1 } }],
    ['a: {"<<": 1}', { a: { '<<': 1 } }],
  ])('reads %j', (text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  it('keeps __proto__ as a key that means nothing, merged too', () => {
    const value = valueOf('a: &x {__proto__: {privileged: true}}\nb: {<<: *x}') as Record<
      string,
      Record<string, unknown>
    >;
    expect(Object.keys(value.b ?? {})).toEqual(['__proto__']);
    expect(value.b?.privileged).toBeUndefined();
  });

  it('gives each document, and says where it begins', () => {
    const documents = parseYamlText('# one\na: 1\n---\n---\nb: 2\n...\n', 'f.yaml');
    expect(documents.map(({ at, value }) => [at, value])).toEqual([
      ['f.yaml:2', { a: 1 }],
      ['f.yaml:5', { b: 2 }],
    ]);
  });

  it.each([
    ['', 1],
    ['services', 1],
    ['services.web.image', 3],
    ['services.web.environment', 4],
    ['services.web.environment[1]', 6],
    ['services.web.environment[1].more', 6],
    ['services.web.labels["a.b"]', 8],
    ['services.db.image', 3],
    ['services.db', 9],
    ['none.at.all', undefined],
    ['[0]', undefined],
  ])('finds the line of %s', (path, line) => {
    const text = [
      'services:',
      '  web: &web',
      '    image: a',
      '    environment:',
      '      - A=1',
      '      - B=2',
      '    labels:',
      '      a.b: c',
      '  db:',
      '    <<: *web',
    ].join('\n');
    expect(parseYamlText(text, 'f.yaml')[0]?.lineOf(path)).toBe(line);
  });

  it.each([
    ['a key twice', 'a: 1\nb: 2\na: 3', 'f.yaml:3:1', 'the key "a" is there twice'],
    ['a key twice in other words', '{1: a, "1": b}', 'f.yaml:1:8', 'is there twice'],
    ['a key twice by an alias', '&a a: 1\n*a : 2', 'f.yaml:2:1', 'the key "a" is there twice'],
    ['two merge keys', 'x: &x {}\ny:\n  <<: *x\n  <<: *x', 'f.yaml:4:3', 'the merge key'],
    ['a merge of no map', 'a: {<<: 1}', 'f.yaml:1:5', 'only maps can be merged'],
    ['a merge of a list of no maps', 'a: {<<: [1]}', 'f.yaml:1:5', 'only maps can be merged'],
    ['an alias of nothing', 'a: *b', 'f.yaml:1:4', 'the alias "b" names nothing'],
    ['an alias of another document', 'a: &x 1\n---\nb: *x', 'f.yaml:3:4', 'names nothing'],
    ['an alias before its anchor', 'a: *x\nb: &x 1', 'f.yaml:1:4', 'names nothing'],
    ['an alias that holds itself', 'a: &x [*x]', 'f.yaml:1:8', 'holds itself'],
    ['a merge of itself', 'a: &x {<<: *x}', 'f.yaml:1:12', 'holds itself'],
    ['a tag', 'a: !reset null', 'f.yaml:1:4', 'this tag is not read'],
    ['a binary', 'a: !!binary aGk=', 'f.yaml:1:13', 'neither text nor'],
    ['a directive', '%YAML 1.1\n---\na: yes', 'f.yaml:1:1', 'directives are not read'],
    ['a key that is a list', '? [a]\n: 1', 'f.yaml:1:3', 'must be text'],
    ['a key that is null', '~: 1', 'f.yaml:1:1', 'must be text'],
    ['a key that readers differ about', '0x10: 1', 'f.yaml:1:1', 'must be text'],
    ['a number that is none', 'a: .nan', 'f.yaml:1:4', 'a finite number'],
    ['a number too large', 'a: 9007199254740993', 'f.yaml:1:4', 'read as another'],
    ['half a surrogate pair', 'a: "\\ud800"', 'f.yaml:1:4', ''],
    ['no YAML', 'a: [1', 'f.yaml', 'this is no YAML'],
    ['a tab as indentation', 'a:\n\tb: 1', 'f.yaml', 'this is no YAML'],
  ])('refuses %s', (_what, text, path, message) => {
    const error = refusal(text);
    expect(error.code).toBe('bad-launch');
    expect(error.path).toContain(path);
    expect(error.message).toContain(message);
  });

  it.each([
    ['too many bytes', `a: ${'x'.repeat(1024 * 1024)}`],
    ['lists that nest too deep', '['.repeat(10_000)],
    ['maps that nest too deep', Array.from({ length: 70 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
    [
      'aliases that nest too deep',
      `a0: &a0 []\n${Array.from({ length: 70 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`).join('\n')}`,
    ],
    ['too many values', '- 1\n'.repeat(100_001)],
    ['too many words', `[${'[],'.repeat(110_000)}]`],
    ['too many documents', 'a\n---\n'.repeat(1001)],
    ['too many empty documents', '---\n'.repeat(1002)],
    [
      'aliases that multiply',
      `a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`)}]`).join('\n')}`,
    ],
    [
      'merges that multiply',
      `a: &a {${Array.from({ length: 500 }, (_, i) => `k${i}: 1`)}}\nb:\n${'  - <<: *a\n'.repeat(500)}`,
    ],
    ['one long text many times', `a: &a ${'x'.repeat(100_000)}\nb: [${Array(200).fill('*a')}]`],
  ])('stops at %s', (_what, text) => {
    expect(refusal(text).code).toBe('launch-limit');
  });

  it('shows no value in a message', () => {
    for (const text of ['a: "hunter2', 'a: hunter2: b', 'password: !x hunter2', 'a: {b: hunter2', '- hunter2\nx'])
      expect(refusal(text).message).not.toContain('hunter2');
  });
});
