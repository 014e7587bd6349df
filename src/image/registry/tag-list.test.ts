import { describe, expect, it } from 'vitest';
import { parseNextLink, parseTagList } from './tag-list.ts';

const parse = (text: string) => parseTagList(Buffer.from(text), 'the list');

describe('a list of tags', () => {
  it.each<[string, readonly string[]]>([
    ['{"name":"fleet/app","tags":["1","v1.2.3-rc.1","_x"]}', ['1', 'v1.2.3-rc.1', '_x']],
    ['{"tags":[]}', []],
    ['{"name":"fleet/app","tags":null}', []],
  ])('%s', (text, tags) => {
    expect(parse(text)).toEqual(tags);
  });

  it.each([
    ['', 'JSON'],
    ['<html>', 'JSON'],
    ['[]', 'no JSON object'],
    ['{}', 'no list of tags'],
    ['{"tags":{"0":"a"}}', 'no list of tags'],
    ['{"tags":"latest"}', 'no list of tags'],
    ['{"tags":["1",2]}', 'no tag'],
    ['{"tags":["../../v2/other/manifests/1"]}', 'no tag'],
    ['{"tags":["a\\u001b[2J"]}', 'no tag'],
    ['{"tags":["1\\n2"]}', 'no tag'],
    ['{"tags":["1\\n"]}', 'no tag'],
    ['{"tags":["-a"]}', 'no tag'],
    ['{"tags":[""]}', 'no tag'],
    [`{"tags":["${'a'.repeat(129)}"]}`, 'no tag'],
    [`{"tags":${'['.repeat(200)}${']'.repeat(200)}}`, 'deeper'],
  ])('is not %s', (text, why) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'bad-response' }));
    expect(() => parse(text)).toThrow(why);
  });
});

describe('the link to the next page', () => {
  it.each<[string, string | undefined]>([
    ['</v2/a/tags/list?n=2&last=b>; rel="next"', '/v2/a/tags/list?n=2&last=b'],
    ['<https://r.example/v2/a/tags/list?last=b>;rel=next', 'https://r.example/v2/a/tags/list?last=b'],
    ['</first>; rel="first", </second>; rel="prev next"', '/second'],
    ['</a>; title="x"; REL="NEXT"', '/a'],
    ['</a>; rel="nextish"', undefined],
    ['</a>', undefined],
    ['next', undefined],
    ['', undefined],
  ])('in %s', (header, target) => {
    expect(parseNextLink(header)).toBe(target);
  });
});
