import { describe, expect, it } from 'vitest';
import { compileIdentityPattern, identityMatches } from './identity.ts';
import { TrustError } from './trust-error.ts';

const issuer = 'https://issuer.example';

describe('identityMatches', () => {
  it.each([
    ['letter for letter', { subject: 'a@b.example', issuer }, true],
    ['a dot is a dot', { subject: 'a@b-example', issuer }, false],
    ['no part', { subject: 'a@b', issuer }, false],
    ['nobody', { issuer }, false],
    ['no issuer', { subject: 'a@b.example' }, false],
    ['a pattern', { subjectPattern: '*@b.example', issuer }, true],
    ['a pattern is anchored', { subjectPattern: '@b.example*', issuer }, false],
    ['no expression', { subjectPattern: '.+@b.example', issuer }, false],
    ['a pattern of the issuer', { subject: 'a@b.example', issuerPattern: 'https://*.example' }, true],
  ])('%s', (_name, expected, holds) => {
    expect(identityMatches(expected, 'a@b.example', issuer)).toBe(holds);
  });

  it('needs an issuer where one is expected', () => {
    expect(identityMatches({ subject: 'a', issuer }, 'a', undefined)).toBe(false);
    expect(identityMatches({ subject: 'a', issuerPattern: 'https://*' }, 'a', undefined)).toBe(false);
  });
});

describe('compileIdentityPattern', () => {
  it.each([
    ['https://x.example/*/y', 'https://x.example/a/y', true],
    ['https://x.example/*/y', 'https://x.example/a/b/y', false],
    ['https://x.example/**', 'https://x.example/a/b', true],
    ['https://x.example/**', 'https://x.example.evil/a', false],
    ['a**b*c', 'a/b/bc', true],
  ])('%s against %s', (pattern, text, holds) => {
    expect(compileIdentityPattern(pattern).test(text)).toBe(holds);
  });

  it.each(['', '*', '**', ' * ', 'x'.repeat(2000)])('refuses what is meant by nobody: %j', (pattern) => {
    expect(() => compileIdentityPattern(pattern)).toThrow(TrustError);
  });

  it('is not slow, whatever is written', () => {
    expect(compileIdentityPattern(`${'*a'.repeat(200)}b`).test('a'.repeat(2000))).toBe(false);
  });
});
