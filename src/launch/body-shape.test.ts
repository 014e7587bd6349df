import { describe, expect, it } from 'vitest';
import {
  checkBody,
  fieldsOf,
  harmless,
  isZero,
  listOf,
  mapOf,
  objectOf,
  other,
  othersOf,
  read,
  refused,
  textOf,
} from './body-shape.ts';
import type { JsonMap, JsonValue } from './json-value.ts';
import { LaunchError } from './launch-error.ts';
import { unmaskedPaths } from './masked-paths.ts';
import { isPermissiveSeccomp, parseProfile } from './seccomp-profile.ts';

const inner = fieldsOf({ Known: read('text'), Strange: other('any') });
const fields = fieldsOf({
  Text: read('text'),
  Flag: harmless('flag', 'a reason'),
  Whole: read('integer'),
  Digits: read('digits'),
  Number: read('number'),
  Words: read('words'),
  Empty: read('empty'),
  Any: other('any'),
  List: read(listOf(objectOf(inner))),
  Map: read(mapOf(objectOf(inner))),
  Unread: harmless(objectOf(inner), 'a reason'),
  Old: refused('it is New now'),
  Low: other('integer', (value) => Number(value) < 5),
});

describe('a body', () => {
  it.each<[JsonValue]>([
    [{}],
    [{ Text: null, List: null, Map: { a: null } }],
    [{ Text: '', Flag: false, Whole: -3, Digits: '18446744073709551615', Number: 1.5, Words: 'a', Empty: {} }],
    [{ Digits: 7, Words: ['a', 'b'], List: [{ Known: 'x' }], Map: { y: { Known: 'x' } }, Old: null }],
    [{ Old: [], Any: { whatever: [1] } }],
  ])('is taken: %o', (body) => expect(checkBody(body, fields)).toBe(body));

  it.each<[JsonValue, string]>([
    [null, 'p: it must be an object, not null'],
    ['x', 'p: it must be an object, not a text'],
    [[], 'p: it must be an object, not a list'],
    [{ Text: 1 }, 'p.Text: it must be a text, not a number'],
    [{ Flag: 'true' }, 'p.Flag: it must be true or false, not a text'],
    [{ Whole: 1.5 }, 'p.Whole: it must be an integer, not a number'],
    [{ Whole: '1' }, 'p.Whole: it must be an integer, not a text'],
    [{ Digits: '0x1' }, 'p.Digits: it must be an integer, not a text'],
    [{ Digits: '1'.repeat(21) }, 'p.Digits: it must be an integer, not a text'],
    [{ Number: true }, 'p.Number: it must be a number, not true or false'],
    [{ Words: ['a', 1] }, 'p.Words[1]: it must be a text, not a number'],
    [{ Words: {} }, 'p.Words: it must be a list, not an object'],
    [{ Empty: { a: 1 } }, 'p.Empty.a: the key "a" is not known'],
    [{ List: [null] }, 'p.List[0]: it must not be null'],
    [{ List: [{ known: 'x' }] }, 'p.List[0].known: the key "known" would be taken for "Known"; write it so'],
    [{ Map: { 'a.b': { Known: 1 } } }, 'p.Map["a.b"].Known: it must be a text, not a number'],
    [{ Old: 'x' }, 'p.Old: the key "Old" is refused here: it is New now'],
    [{ text: 'x' }, 'p.text: the key "text" would be taken for "Text"; write it so'],
    [{ Unread: { Known: 1 } }, 'p.Unread.Known: it must be a text, not a number'],
  ])('is refused: %o', (body, message) => {
    expect(() => checkBody(body, fields, 'p')).toThrow(LaunchError);
    expect(() => checkBody(body, fields, 'p')).toThrow(message);
  });

  it('lists at any depth what is neither read nor harmless', () => {
    const body: JsonMap = {
      Any: { a: 1 },
      List: [{ Known: 'x' }, { Strange: 'y' }],
      Map: { k: { Strange: true } },
      Unread: { Strange: 'z' },
      Low: 7,
    };
    expect(othersOf(body, fields, 'p')).toEqual([
      { name: 'Any', value: '{"a":1}', path: 'p.Any' },
      { name: 'Strange', value: 'y', path: 'p.List[1].Strange' },
      { name: 'Strange', value: 'true', path: 'p.Map.k.Strange' },
      { name: 'Low', value: '7', path: 'p.Low' },
    ]);
    expect(othersOf({ Low: 3, Any: {} }, fields)).toEqual([]);
  });

  it.each<[JsonValue, boolean]>([
    [null, true],
    [0, true],
    [-0, true],
    ['', true],
    [false, true],
    [[], true],
    [{}, true],
    ['0', false],
    [[null], false],
    [-1, false],
  ])('%o is the zero value: %s', (value, expected) => expect(isZero(value)).toBe(expected));

  it('is shown by its beginning only', () => {
    expect(textOf('\u{1f600}'.repeat(3000))).toHaveLength(4097);
    expect(textOf(`a${'\u{1f600}'.repeat(3000)}`).isWellFormed()).toBe(true);
  });
});

describe('a seccomp profile', () => {
  it.each<[string, boolean]>([
    ['{"defaultAction":"SCMP_ACT_ALLOW"}', true],
    ['{"defaultAction":"SCMP_ACT_LOG","syscalls":null}', true],
    ['{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["a"],"action":"SCMP_ACT_LOG"},null,7]}', true],
    ['{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":[],"action":"SCMP_ACT_ERRNO"}]}', true],
    ['{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"name":"","action":"SCMP_ACT_ERRNO"}]}', true],
    ['{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["bpf"],"action":"SCMP_ACT_ERRNO"}]}', false],
    ['{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"name":"bpf","action":"SCMP_ACT_KILL"}]}', false],
    ['{"defaultAction":"SCMP_ACT_ERRNO"}', false],
    ['{}', false],
  ])('%s refuses nothing: %s', (text, expected) => {
    expect(isPermissiveSeccomp(parseProfile(text) ?? {})).toBe(expected);
  });

  it.each(['', 'x', '[]', 'null', '{"a":1}{}'])('is none: %s', (text) => expect(parseProfile(text)).toBeUndefined());
});

describe('paths that are not hidden', () => {
  it.each<[readonly string[] | undefined, readonly string[] | undefined, number]>([
    [undefined, undefined, 0],
    [[], undefined, 8],
    [undefined, [], 5],
    [[], [], 13],
    [['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'], [], 8],
  ])('of the lists %o and %o', (masked, readOnly, count) =>
    expect(unmaskedPaths(masked, readOnly)).toHaveLength(count),
  );
});
