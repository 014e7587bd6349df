import { describe, expect, it } from 'vitest';
import { parseInputFile } from './file-format.ts';
import { fileSchemaFault, judgeBySchema } from './file-schema.ts';
import { valueFault, type WantedValue } from './input-type.ts';
import { re2Matches } from './re2.ts';

describe('a value', () => {
  it.each<readonly [WantedValue, readonly string[], readonly string[]]>([
    [{ type: 'integer' }, ['0', '-1', '007'], ['', '1.0', '1e3', '0x1', '1\n', ' 1', '9'.repeat(16)]],
    [{ type: 'integer', min: 1, max: 9 }, ['1', '9'], ['0', '10']],
    [{ type: 'number' }, ['1', '1.5', '-1e10'], ['.5', 'NaN', 'Infinity', '1e400', '1;2']],
    [{ type: 'boolean' }, ['true', 'FALSE', '0', 'on'], ['', 'truthy']],
    [{ type: 'port' }, ['1', '65535'], ['0', '65536', '-1', '80 ']],
    [
      { type: 'url' },
      ['https://a.example/x?y#z', 'postgres://h/d'],
      ['//a', 'a', 'https://a b', 'https://', 'javascript:x', 'https://a\r\nx'],
    ],
    [{ type: 'path' }, ['/a/b', 'a', './a'], ['', '/a/../b', '..', '/a\0b', '/a\n']],
    [{ type: 'email' }, ['a.b@c.example'], ['a@', '@b', 'a b@c', 'a@b@c', '$(x)@c', 'a@b\n']],
    [
      { type: 'host' },
      ['a.example', 'localhost', '::1', '10.0.0.1'],
      ['', 'a b', 'a;b', '-a', 'a/b', `${'a'.repeat(64)}.b`],
    ],
    [{ type: 'duration' }, ['30d', '1h30m', '1.5s', '10ms'], ['', '5', 'h', '1x']],
    [{ type: 'json' }, ['{}', '1', '"a"'], ['', '{', "{'a':1}"]],
    [{ type: 'enum', enum: ['a', 'b'] }, ['a'], ['A', 'ab', '']],
    [{ max: 2 }, ['', 'ab', '😀😀'], ['abc']],
    [{ pattern: '[a-z]+' }, ['ab'], ['', 'ab1', 'ab\n', '1ab']],
    [{ pattern: 'a|b' }, ['a', 'b'], ['ab', 'xb']],
    [{ pattern: '(a+)+' }, ['a'.repeat(5000)], [`${'a'.repeat(5000)}b`, 'a'.repeat(8193)]],
  ])('of %j', (wanted, good, bad) => {
    expect(good.filter((text) => valueFault(text, wanted) !== undefined)).toEqual([]);
    expect(bad.filter((text) => valueFault(text, wanted) === undefined)).toEqual([]);
  });

  it.each(['a)|(b', '(', '[', '(?=a)', '\\1', '(?<n', 'a{1001}'])('has no pattern %j', (pattern) => {
    expect(re2Matches(pattern, 'a')).toBeUndefined();
  });
});

describe('a file', () => {
  it.each<readonly [Parameters<typeof parseInputFile>[1], string, unknown]>([
    ['json', '{"a": [1, null]}', { a: [1, null] }],
    ['json', '{"a":1,"a":2}', undefined],
    ['json', "{'a':1}", undefined],
    ['json', '{"__proto__": {"a": 1}}', undefined],
    ['json', '1 2', undefined],
    ['json', '['.repeat(200) + ']'.repeat(200), undefined],
    ['yaml', 'a: 1\n', { a: 1 }],
    ['yaml', 'a: &x 1\nb: *x\n', undefined],
    ['yaml', 'a: !!js/function x\n', undefined],
    ['yaml', 'a: 1\n---\nb: 2\n', undefined],
    ['properties', '# c\nA=1\nexport B = x=y \nc.d: e\n\n', { A: '1', B: 'x=y', 'c.d': 'e' }],
    ['properties', 'A=1\nA=2', undefined],
    ['properties', 'A=1\\\nB', undefined],
    ['properties', 'no line', undefined],
    ['text', 'anything', 'anything'],
  ])('of %s, %j', (format, text, value) => {
    const parsed = parseInputFile(text, format);
    if (value === undefined) expect(parsed).toBeUndefined();
    else expect(JSON.parse(JSON.stringify(parsed?.value))).toEqual(value);
  });
});

describe('a schema of a file', () => {
  it.each<readonly [unknown, readonly unknown[], readonly unknown[]]>([
    [{ type: 'integer', minimum: 1, maximum: 3 }, [1, 3], [0, 4, 1.5, '1', null]],
    [{ type: ['string', 'null'], minLength: 1, maxLength: 2 }, ['a', '😀😀', null], ['', 'abc', 1]],
    [{ enum: ['a', 1, null] }, ['a', 1, null], ['b', '1', {}]],
    [{ const: true }, [true], [false, 'true', null]],
    [{ pattern: '^a' }, ['ab', 1], ['ba']],
    [{ type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 }, [['a']], [[], ['a', 'b', 'c'], [1], 'a']],
    [{ anyOf: [{ type: 'string' }, { type: 'array' }] }, ['a', []], [1]],
    [{ type: 'object', required: ['a'] }, [{ a: 1 }], [{}, [], null, Object.create({ a: 1 })]],
    [
      { properties: { a: { type: 'string' } }, additionalProperties: false },
      [{}, { a: 'x' }],
      [{ a: 1 }, { b: 1 }, { toString: 1 }],
    ],
    [{ additionalProperties: { type: 'number' } }, [{ a: 1 }], [{ a: 'x' }]],
    [{}, [1, {}, null], []],
  ])('%j', (schema, good, bad) => {
    expect(fileSchemaFault(schema)).toBeUndefined();
    expect(good.filter((value) => judgeBySchema(value, schema) !== undefined)).toEqual([]);
    expect(bad.filter((value) => judgeBySchema(value, schema) === undefined)).toEqual([]);
  });

  it.each([
    [{ $ref: '#' }, 'a word that contracts do not know'],
    [{ not: {} }, 'a word that contracts do not know'],
    [{ constructor: {} }, 'a word that contracts do not know'],
    [{ type: 'text' }, '"type" that means nothing'],
    [{ pattern: '(?=a)' }, '"pattern" that means nothing'],
    [{ minLength: -1 }, '"minLength" that means nothing'],
    [{ properties: { a: { enum: [] } } }, '"enum" that means nothing'],
    [{ items: [] }, 'a part that is no schema'],
    ['x', 'a part that is no schema'],
    [Array.from({ length: 20 }).reduce((inner) => ({ items: inner }), {}), 'nests deeper'],
  ])('%j is none', (schema, fault) => expect(fileSchemaFault(schema)).toContain(fault));

  it('tells where, and never what', () => {
    const schema = { properties: { a: { items: { type: 'string' } } } };
    expect(judgeBySchema({ a: ['x', 7] }, schema)).toEqual({ at: 'a[1]', wants: 'must be string' });
  });
});
