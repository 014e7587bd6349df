import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileChange } from './compile-change.ts';
import { parseListing } from './parse-listing.ts';

const text = readFileSync(new URL('fixtures/two-containers.nft', import.meta.url), 'utf8');
const parse = (listing: string) => parseListing(listing) ?? { text: '', tables: [] };

describe('a listing', () => {
  it('of a ruleset is that ruleset', () => expect(parse(text).text).toBe(text));

  it('of nothing is none', () => expect(parseListing('')).toBeUndefined());

  it('may be broken over lines, with elements in any order', () => {
    const broken = text.replace(/elements = \{ (10\.0\.0\.2 : [^,]+), ([^}]+) \}/, 'elements = { $2,\n\t\t\t     $1 }');
    expect(broken).not.toBe(text);
    expect(parse(broken).text).toBe(text);
  });

  it('leaves out what packets and answers put into sets', () => {
    const filled = text.replace(
      /(set n4_api\.example \{[^}]*flags timeout\n)/,
      '$1\t\telements = { 192.0.2.7 timeout 1m expires 59s,\n\t\t\t     192.0.2.8 timeout 1m expires 9s }\n',
    );
    expect(filled).not.toBe(text);
    expect(parse(filled).text).toBe(text);
  });

  it.each([
    ['a counter', '\tchain admit {', '\tcounter mine {\n\t\tpackets 0 bytes 0\n\t}\n\tchain admit {'],
    ['a property of the table', '\tchain admit {', '\tcomment "mine"\n\tchain admit {'],
    ['a rule', 'jump count_seen\n', 'jump count_seen\n\t\taccept\n'],
    ['a time of an element', '10.0.0.3 }', '10.0.0.3 timeout 5m expires 4m }'],
  ])('with something of somebody else is of no ruleset of ours: %s', (_, from, to) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(compileChange(parse(changed), parse(text)).kind).not.toBe('none');
  });

  it.each([
    ['another table', 'table inet other {\n}\n'],
    ['an end that is missing', 'table inet portwarden {\n\tset a {\n'],
    ['no table', 'flush ruleset\n'],
  ])('is refused where it is %s', (_, listing) => {
    expect(() => parseListing(listing)).toThrow(expect.objectContaining({ code: 'bad-rules' }));
  });
});
