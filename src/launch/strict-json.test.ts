import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkKeys } from './check-keys.ts';
import { foldKey } from './fold-key.ts';
import { LaunchError } from './launch-error.ts';
import { parseStrictJson, type StrictJsonOptions } from './strict-json.ts';

function refusalOf(run: () => unknown): LaunchError {
  try {
    run();
  } catch (error) {
    if (error instanceof LaunchError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('strict JSON', () => {
  it('reads what JSON.parse reads, as JSON.parse does', () => {
    // Written out, a large double is an integer that no double can hold.
    const json = fc.json({ maxDepth: 6 }).filter((text) => !/\d{16}/.test(JSON.stringify(JSON.parse(text))));
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1, 2), (text, indent) => {
        const wanted = JSON.parse(text);
        const written = JSON.stringify(wanted, null, indent);
        expect(JSON.stringify(parseStrictJson(Buffer.from(written), { foldKeys: false }))).toBe(JSON.stringify(wanted));
      }),
    );
  });

  it.each([
    ['"\\u0041\\n\\t\\"\\\\\\/\\b\\f\\r"', 'A\n\t"\\/\b\f\r'],
    ['"\\ud83d\\ude00😀"', '😀😀'],
    ['[-0, 0.5, 1e3, -1.25E-2, 9007199254740991]', [-0, 0.5, 1000, -0.0125, Number.MAX_SAFE_INTEGER]],
    [' \t\r\n{ "a" : [ ] , "b" : { } } \n', { a: [], b: {} }],
    ['true', true],
    ['null', null],
  ])('reads %s', (text, value) => {
    expect(parseStrictJson(text)).toEqual(value);
  });

  it('keeps __proto__ as a key that means nothing', () => {
    const value = parseStrictJson('{"__proto__":{"Privileged":true},"constructor":1}') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(value.Privileged).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(null);
  });

  it.each<[what: string, input: string | Uint8Array, path: string, message: string]>([
    ['nothing', '', '', 'it is empty'],
    ['white space alone', ' \n', '', 'it ends in the middle'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), '', 'it is not valid UTF-8'],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), '', 'it is not valid UTF-8'],
    ['a byte order mark', Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), '', 'a byte order mark'],
    ['UTF-16', Buffer.from('{}', 'utf16le'), '', 'a key in quotes is missing'],
    ['a key twice', '{"HostConfig":{"A":1},"HostConfig":{"A":2}}', '', 'the key "HostConfig" is there twice'],
    ['a key twice by an escape', '{"a":1,"\\u0061":2}', '', 'the key "a" is there twice'],
    ['a key twice below', '{"a":[{"b":1},{"b":1,"b":2}]}', 'a[1]', 'the key "b" is there twice'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}', '', 'is there twice'],
    ['keys that fold to one', '{"HostConfig":{},"hostconfig":{}}', '', '"hostconfig" is also there with other'],
    ['a long s', '{"x":{"HostConfig":{},"Ho\u017ftConfig":{}}}', 'x', 'is also there with other'],
    ['a Kelvin sign, escaped', '{"Links":1,"Lin\\u212As":2}', '', 'is also there with other'],
    ['a second document', '{}{"Privileged":true}', '', 'something follows the value'],
    ['a second document in the next line', '{}\n[]', '', 'something follows the value'],
    ['NUL behind', '{}\0', '', 'something follows the value'],
    ['half a pair', '["\\ud800"]', '[0]', 'half a surrogate pair'],
    ['the wrong half', '["\\udc00\\ud800"]', '[0]', 'half a surrogate pair'],
    ['half a pair in a key', '{"\\ud800":1}', '["{}"]', 'half a surrogate pair'],
    ['half a pair, raw', '["\ud800"]', '[0]', 'half a surrogate pair'],
    ['a raw line feed', '{"a":"\n"}', 'a', 'a control character'],
    ['a raw NUL', '{"a":"x\0"}', 'a', 'a control character'],
    ['an unknown escape', '"\\x41"', '', 'no escape begins so'],
    ['an escape named as something of an object', '"\\v"', '', 'no escape begins so'],
    ['a short \\u', '"\\u12"', '', 'four hexadecimal digits'],
    ['a number beyond all', '{"a":{"b.c":1e400}}', 'a["b.c"]', 'the number is too large'],
    ['an integer that is another', '[9007199254740993]', '[0]', 'an integer that would be read as another'],
    ['a negative one', '[-9007199254740993]', '[0]', 'an integer that would be read as another'],
    ['a leading zero', '[01]', '', 'a comma or ] is missing'],
    ['a plus', '[+1]', '[0]', 'no value begins here'],
    ['a point without digits', '[1.]', '', 'a comma or ] is missing'],
    ['NaN', '[NaN]', '[0]', 'no value begins here'],
    ['a minus', '[-]', '[0]', 'no value begins here'],
    ['a comment', '{/**/}', '', 'a key in quotes is missing'],
    ['a comma too many', '[1,]', '[1]', 'no value begins here'],
    ['a comma too many in an object', '{"a":1,}', '', 'a key in quotes is missing'],
    ['a comma too few', '{"a":1 "b":2}', '', 'a comma or } is missing'],
    ['no colon', '{"a" 1}', '', 'a colon is missing'],
    ['single quotes', "{'a':1}", '', 'a key in quotes is missing'],
    ['no end', '{"a":{"b":[', 'a.b[0]', 'it ends in the middle'],
    ['no end of a text', '{"a":"b', 'a', 'it ends in the middle of a text'],
    ['a word that is none', 'nul', '', 'no value begins here'],
    ['a no-break space', '[\u00a01]', '[0]', 'no value begins here'],
  ])('refuses %s', (_what, input, path, message) => {
    const error = refusalOf(() => parseStrictJson(input));
    expect(error.code).toBe('bad-launch');
    expect(error.path).toBe(path);
    expect(error.message).toContain(message);
  });

  it.each<[what: string, input: string, options: StrictJsonOptions, path: string]>([
    ['too many bytes', '[1,2]', { maxBytes: 4 }, ''],
    ['arrays that nest too deep', '['.repeat(100_000), {}, '[0]'.repeat(64)],
    ['objects that nest too deep', '{"a":{"a":{}}}', { maxDepth: 2 }, 'a.a'],
    ['too many values', '[1,2,3]', { maxNodes: 3 }, '[2]'],
    ['too many keys', '{"a":1,"b":2}', { maxNodes: 4 }, 'b'],
  ])('stops at %s', (_what, input, options, path) => {
    const error = refusalOf(() => parseStrictJson(input, options));
    expect(error.code).toBe('launch-limit');
    expect(error.path).toBe(path);
  });

  it('shows no value in a message', () => {
    for (const text of ['{"a":"hunter2\n"}', '{"a":hunter2}', '{"a":"hunter2" 1}', '["hunter2\\x"]'])
      expect(refusalOf(() => parseStrictJson(text)).message).not.toContain('hunter2');
  });

  it('lets keys differ in case where the reader does not fold', () => {
    expect(parseStrictJson('{"a":1,"A":2}', { foldKeys: false })).toEqual({ a: 1, A: 2 });
  });

  it('gives the digits of a uint64 where it was asked to', () => {
    const options = { largeIntegers: 'text' } as const;
    expect(parseStrictJson('[18446744073709551615, 7]', options)).toEqual(['18446744073709551615', 7]);
    expect(refusalOf(() => parseStrictJson(`[${'9'.repeat(40)}]`, options)).path).toBe('[0]');
  });
});

describe('folding', () => {
  it('takes for one just what Unicode folds simply', () => {
    const cased: string[] = [];
    for (let code = 0; code < 0x20000; code++) {
      const character = String.fromCodePoint(code);
      if (/^[\p{CWCF}\p{CWU}\p{CWL}\p{CWT}ſ]$/u.test(character)) cased.push(character);
    }
    expect(cased.length).toBeGreaterThan(2500);
    const all = cased.join('');
    for (const character of cased) {
      const same = all.match(new RegExp(`\\u{${character.codePointAt(0)?.toString(16)}}`, 'giu')) ?? [];
      expect(new Set(same.map(foldKey)).size, character).toBe(1);
    }
    const classes = new Set(cased.map(foldKey));
    // Were two classes taken for one, some class would be found under a fold that does not match it.
    for (const fold of classes)
      for (const character of cased.filter((each) => foldKey(each) === fold))
        expect(new RegExp(`^\\u{${fold.codePointAt(0)?.toString(16)}}$`, 'iu').test(character)).toBe(true);
  });

  it.each([
    ['ſ', 's', true],
    ['\u212a', 'k', true],
    ['ẞ', 'ß', true],
    ['ß', 'ss', false],
    ['ı', 'i', false],
    ['İ', 'i', false],
    ['Σ', 'ς', true],
    ['\u{10400}', '\u{10428}', true],
  ])('%s and %s', (left, right, equal) => {
    expect(foldKey(left) === foldKey(right)).toBe(equal);
  });
});

describe('known keys', () => {
  const known = new Set(['HostConfig', 'Links', 'Env']);

  it('lets those pass, and refuses others by name', () => {
    expect(() => checkKeys({ HostConfig: 1, Env: 2 }, known, '')).not.toThrow();
    const error = refusalOf(() => checkKeys({ Env: 1, Envx: 2 }, known, 'a'));
    expect(error.path).toBe('a.Envx');
    expect(error.message).toContain('the key "Envx" is not known');
  });

  it.each([
    ['hostconfig', 'HostConfig'],
    ['HOSTCONFIG', 'HostConfig'],
    ['Ho\u017ftConfig', 'HostConfig'],
    ['Lin\u212as', 'Links'],
  ])('names the key for which %s would be taken', (key, meant) => {
    expect(refusalOf(() => checkKeys({ [key]: 1 }, known, '')).message).toContain(`would be taken for "${meant}"`);
  });

  it('refuses names that every object has', () => {
    for (const key of ['__proto__', 'constructor', 'toString'])
      expect(refusalOf(() => checkKeys(JSON.parse(`{"${key}":1}`), known, '')).message).toContain('is not known');
  });
});
