import { describe, expect, it } from 'vitest';
import { digestOf, parseDigest, shortDigest } from './digest.ts';

const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('digests', () => {
  it('of nothing is the well-known one', () => {
    expect(digestOf('')).toBe(empty);
    expect(shortDigest(empty)).toBe('e3b0c44298fc');
  });

  it.each([empty, digestOf('x', 'sha512')])('reads %s', (text) => {
    expect(parseDigest(text)).toBe(text);
  });

  it.each([
    '',
    'sha256:',
    empty.toUpperCase(),
    `${empty}0`,
    empty.slice(0, -1),
    empty.replace('sha256', 'md5'),
    `${empty}\n`,
    ` ${empty}`,
  ])('refuses %j', (text) => {
    expect(parseDigest(text)).toBeUndefined();
  });
});
