import { describe, expect, it } from 'vitest';
import { globMatches, imageMatches, imagePatternFault, repositoryMatches, repositoryPatternFault } from './glob.ts';

describe('a pattern of repositories', () => {
  it.each([
    ['team/**', 'team/x', true],
    ['team/**', 'team/x/y', true],
    ['team/**', 'team', false],
    ['team/**', 'team-evil/x', false],
    ['team/**', 'evil/team/x', false],
    ['team/*', 'team/x', true],
    ['team/*', 'team/x/y', false],
    ['team/*-api/**', 'team/web-api/v1', true],
    ['team/*-api/**', 'team/web/api/v1', false],
    ['team', 'team', true],
    ['team', 'team/x', false],
    ['team', 'teams', false],
    ['*', 'a', true],
    ['*', 'a/b', false],
  ])('%s and %s: %s', (pattern, repository, matches) => {
    expect(repositoryPatternFault(pattern)).toBeUndefined();
    expect(repositoryMatches(pattern, repository)).toBe(matches);
  });

  it.each(['**', 'a**', 'a/**/b', 'a/', '/a', 'A/b', 'a//b', '', 'a/**b', '../a'])('is none: %j', (pattern) => {
    expect(repositoryPatternFault(pattern)).toBeTypeOf('string');
  });

  it('needs its registry where it is of images', () => {
    expect(imagePatternFault('team/**')).toBeTypeOf('string');
    expect(imagePatternFault('*/team/**')).toBeUndefined();
    expect(imageMatches('r.example/a', { registry: 'r.example', repository: 'a' })).toBe(true);
    expect(imageMatches('r.example/a', { registry: 'r.example.evil.example', repository: 'a' })).toBe(false);
    expect(imageMatches('*/a', { registry: 'any:5000', repository: 'a' })).toBe(true);
  });
});

describe('a pattern of identities', () => {
  it.each([
    ['https://github.com/acme/*', 'https://github.com/acme/web', true],
    ['https://github.com/acme/*', 'https://github.com/acme/web/x', false],
    ['https://github.com/acme/*', 'https://github.com/acme-evil/web', false],
    ['https://github.com/acme/**', 'https://github.com/acme/web/x', true],
    ['https://github.com/acme/**', 'x https://github.com/acme/web', false],
    ['a.c', 'abc', false],
    ['*@b.c', 'a@b.c', true],
    ['*@b.c', 'a@b.c.evil', false],
  ])('%s and %s: %s', (pattern, text, matches) => expect(globMatches(pattern, text)).toBe(matches));

  it('takes no longer for many stars', () => {
    expect(globMatches('*a'.repeat(200), `${'a'.repeat(1000)}b`)).toBe(false);
  });
});
