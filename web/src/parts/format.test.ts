import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeSeverities,
  formatAge,
  formatAgo,
  formatBytes,
  formatSpan,
  formatUntil,
  plural,
  shortDigest,
  shortPurl,
  shortReference,
} from './format.ts';

const now = Date.parse('2026-11-24T12:00:00Z');

describe('formatAge', () => {
  it.each([
    [0, 'today'],
    [0.99, 'today'],
    [1, '1 day'],
    [59.9, '59 days'],
    [60, '1 month'],
    [365, '11 months'],
    [729, '23 months'],
    [730, '2.0 years'],
    [3652.5, '10.0 years'],
  ])('of %d days is %s', (days, words) => expect(formatAge(days)).toBe(words));
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KB'],
    [99_949, '99.9 KB'],
    [312_000_000, '312 MB'],
    [1_500_000_000, '1.5 GB'],
    [2 ** 53, '9007 TB'],
  ])('of %d is %s', (bytes, words) => expect(formatBytes(bytes)).toBe(words));
});

describe('times', () => {
  it.each([
    ['2026-11-24T11:59:40Z', 'just now'],
    ['2026-11-24T11:12:00Z', '48 min ago'],
    ['2026-11-23T12:00:00Z', '24 h ago'],
    ['2026-11-14T12:00:00Z', '10 days ago'],
    // A clock of another machine that is ahead of ours.
    ['2026-11-24T12:05:00Z', 'just now'],
  ])('%s is %s', (iso, words) => expect(formatAgo(iso, now)).toBe(words));

  it.each([
    ['2026-11-24T12:00:30Z', 'in 0 min'],
    ['2026-11-24T12:48:00Z', 'in 48 min'],
    ['2026-11-25T13:00:00Z', 'in 25 h'],
    ['2026-12-24T12:00:00Z', 'in 30 days'],
    ['2026-11-14T12:00:00Z', '10 days ago'],
  ])('%s comes %s', (iso, words) => expect(formatUntil(iso, now)).toBe(words));

  it.each([
    ['2026-11-24T11:59:59Z', null, '< 1 min'],
    ['2026-11-24T10:00:00Z', null, '2 h'],
    ['2026-11-01T00:00:00Z', '2026-11-08T00:00:00Z', '7 days'],
    ['2026-11-08T00:00:00Z', '2026-11-01T00:00:00Z', '< 1 min'],
  ])('from %s to %s lasts %s', (from, to, words) => expect(formatSpan(from, to, now)).toBe(words));
});

describe('names', () => {
  it.each([
    ['docker.io/library/nginx:1.27', 'nginx:1.27'],
    ['docker.io/grafana/grafana:11', 'grafana/grafana:11'],
    ['registry.example.com/shop/cart:2', 'registry.example.com/shop/cart:2'],
    ['evil.example/docker.io/library/nginx', 'evil.example/docker.io/library/nginx'],
  ])('%s is shown as %s', (reference, short) => expect(shortReference(reference)).toBe(short));

  it.each([
    ['pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12', 'deb/debian/openssl@3.0.11-1~deb12u2'],
    ['pkg:npm/%40babel/core@7.24.0', 'npm/@babel/core@7.24.0'],
    ['pkg:npm/%zz@1', 'npm/%zz@1'],
  ])('%s is shown as %s', (purl, short) => expect(shortPurl(purl)).toBe(short));

  it('shortens digests of either kind', () => {
    expect(shortDigest(`sha256:${'ab'.repeat(32)}`)).toBe('abababababab');
    expect(shortDigest(`sha512:${'cd'.repeat(64)}`)).toBe('cdcdcdcdcdcd');
  });

  it('never throws on what others wrote', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const shorten of [shortReference, shortPurl, shortDigest]) expect(typeof shorten(text)).toBe('string');
      }),
    );
  });
});

describe('counts', () => {
  it('speaks of one and of many', () => {
    expect(plural(1, 'image')).toBe('1 image');
    expect(plural(0, 'image')).toBe('0 images');
    expect(plural(12_345, 'advisory', 'advisories')).toBe('12,345 advisories');
  });

  it('names the severities that are there, the worst first', () => {
    const none = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
    expect(describeSeverities(none)).toBe('');
    expect(describeSeverities({ ...none, unknown: 2, high: 1_000 })).toBe('1,000 high, 2 unknown');
  });
});
