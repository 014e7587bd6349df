import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addTo, readText, setIn } from './contract-text.ts';

const text = `# Of the team web
apiVersion: portwarden/v1
kind: InputContract
metadata: {name: web}
spec:
  images: [registry.example/team/web]   # all tags

  environment:
    # where it listens
    PORT: { type: port }  # 8080 in tests
    LOG: {type: enum, enum: [a,b]}
    EMPTY:
  arguments:
    allow:
    - { flag: -v }
`;
const lines = (of: string) => of.split('\n');
const changed = (after: string) => lines(after).filter((line) => !lines(text).includes(line));

describe('one change of a contract', () => {
  it.each<readonly [string, string, readonly string[]]>([
    [
      'a field',
      setIn(text, ['spec', 'environment', 'PORT', 'type'], 'integer'),
      ['    PORT: { type: integer } # 8080 in tests'],
    ],
    [
      'another field',
      setIn(text, ['spec', 'environment', 'PORT', 'min'], 5),
      ['    PORT: { type: port, min: 5 } # 8080 in tests'],
    ],
    [
      'a field of nothing',
      setIn(text, ['spec', 'environment', 'EMPTY', 'required'], true),
      ['    EMPTY:', '      required: true'].slice(1),
    ],
    ['a line', setIn(text, ['spec', 'environment', 'NEW'], { type: 'url' }), ['    NEW: { type: url }']],
    ['a name that looks like something else', setIn(text, ['metadata', 'name'], '5'), ['metadata: { name: "5" }']],
    ['a list of its own', setIn(text, ['spec', 'ports'], [80]), ['  ports:', '  - 80']],
    [
      'an item',
      addTo(text, ['spec', 'arguments', 'allow'], { flag: '--x', type: 'path' }),
      ['    - { flag: --x, type: path }'],
    ],
    [
      'an item of a list that is not there',
      addTo(text, ['spec', 'mounts'], { target: '/a' }),
      ['  mounts:', '  - { target: /a }'],
    ],
    ['what was there and goes', setIn(text, ['spec', 'environment', 'LOG'], undefined), []],
  ])('%s leaves every other line as it was', (_, after, expected) => {
    expect(changed(after)).toEqual(expected);
    expect(after).toContain('# Of the team web');
    expect(after).toContain('images: [registry.example/team/web]   # all tags\n\n');
    expect(after).toContain('# where it listens');
    expect(() => parse(after)).not.toThrow();
  });

  it('keeps what a person wrote in the example', () => {
    const example = readFileSync(new URL('../../../../docs/examples/input-contract.yaml', import.meta.url), 'utf8');
    const after = setIn(example, ['spec', 'environment', 'PORT', 'required'], true);
    expect(lines(after).filter((line) => !lines(example).includes(line))).toEqual([
      '    PORT: { type: port, required: true }',
    ]);
  });

  it('writes a list that is longer as it was written before', () => {
    const block = 'spec:\n  images:\n    - a # one\n  users: [x]\n';
    expect(setIn(block, ['spec', 'images'], ['a', 'b'])).toBe(
      'spec:\n  images:\n    - a # one\n    - b\n  users: [x]\n',
    );
    expect(setIn(block, ['spec', 'users'], ['x', 'y'])).toBe('spec:\n  images:\n    - a # one\n  users: [ x, y ]\n');
  });

  it('changes nothing of what is no YAML', () => {
    expect(setIn('a: [', ['a'], 1)).toBe('a: [');
    expect(addTo('a: b: c', ['a'], 1)).toBe('a: b: c');
    expect(setIn('a: &x 1\nb: *x\n', ['a'], undefined)).toBe('a: &x 1\nb: *x\n');
    for (const odd of ['', '5', '- a', 'a: 1', 'a: {b: 1}']) expect(setIn(odd, ['a', 'b', 'c'], undefined)).toBe(odd);
  });

  it('makes a contract of nothing', () => {
    expect(parse(setIn('', ['spec', 'environment', 'A', 'type'], 'url'))).toEqual({
      spec: { environment: { A: { type: 'url' } } },
    });
  });

  it('says afterwards what was said, whatever the value', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.string({ unit: 'binary' }),
      fc.array(fc.string()),
    );
    fc.assert(
      fc.property(value, value, (first, second) => {
        const path = ['spec', 'environment', 'PORT', 'pattern'];
        const after = setIn(setIn(text, path, first), path, second);
        expect(parse(after).spec.environment.PORT).toEqual({ type: 'port', pattern: second });
        expect(parse(setIn(after, path, undefined))).toEqual(parse(text));
      }),
    );
  });
});

describe('a text', () => {
  it.each([
    ['a: [', 1],
    ['a: 1\nb: :\n  c', 2],
    ['a: 1\n---\nb: 1', 2],
    ['a: 1\na: 2', 2],
  ])('%j is none from line %i on', (wrong, line) => {
    const { problem } = readText(wrong);
    expect(problem?.line).toBeGreaterThanOrEqual(1);
    expect(problem?.line).toBeLessThanOrEqual(line);
  });

  it('that grows without bound is none', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`)}]`),
    ].join('\n');
    expect(readText(bomb).problem).toBeDefined();
  });

  it('is read as what it says', () => expect(readText(text).value).toEqual(parse(text)));
});
