import { describe, expect, it } from 'vitest';
import { AdvisoryError } from '../advisory-error.ts';
import { feedIdOf, parseFeedLocation } from './feed-location.ts';

describe('where a feed comes from', () => {
  it.each([
    ['https://example.org/a.json', 'https://example.org/a.json'],
    ['HTTPS://example.org/a.json', 'https://example.org/a.json'],
    ['http://127.0.0.1:8080/a', 'http://127.0.0.1:8080/a'],
    ['http://localhost/a', 'http://localhost/a'],
    ['http://[::1]:1/a', 'http://[::1]:1/a'],
    ['file:///srv/a.json', '/srv/a.json'],
    ['/srv/a.json', '/srv/a.json'],
    ['/srv/../a:b', '/a:b'],
  ])('%s is taken', (text, expected) => {
    const location = parseFeedLocation(text);
    expect(location.kind === 'url' ? location.url.href : location.path).toBe(expected);
  });

  it.each([
    '',
    'a\0b',
    'http://example.org/a.json',
    'http://127.0.0.1.example.org/',
    'http://10.0.0.1/a',
    'ftp://example.org/a',
    'https://user:secret@example.org/a',
    'https://',
    'file://elsewhere/a',
  ])('%j is refused', (text) => {
    expect(() => parseFeedLocation(text)).toThrow(AdvisoryError);
    expect(() => parseFeedLocation(text)).not.toThrow(/secret/);
  });

  it.each([
    ['/srv/osv-go-vulndb.jsonl.zst', 'osv-go-vulndb'],
    ['advisories/', 'advisories'],
    ['https://example.org/npm/all.zip', 'example.org-npm-all'],
    ['https://example.org:8443/Data/JSON', 'example.org-8443-data-json'],
    ['file:///srv/a.json', 'a'],
    ['/', 'feed'],
    [`/srv/${'ä'.repeat(100)}`, 'feed'],
    [`/srv/-${'a'.repeat(100)}`, 'a'.repeat(64)],
  ])('%s is called %s', (location, id) => {
    expect(feedIdOf(location)).toBe(id);
    expect(id).toMatch(/^[a-z0-9][a-z0-9._-]{0,63}$/);
  });
});
