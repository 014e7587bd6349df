import { describe, expect, it } from 'vitest';
import { formatPlatform, parsePlatform, platformMatches, platformOfNode } from './platform.ts';

describe('platforms', () => {
  it.each(['linux/amd64', 'linux/arm/v7', 'windows/amd64'])('reads %s back', (text) => {
    const platform = parsePlatform(text);
    expect(platform && formatPlatform(platform)).toBe(text);
  });

  it.each(['', 'linux', 'linux/', '/amd64', 'linux/arm/v7/x', 'linux/AMD64', 'linux/amd 64'])('refuses %j', (text) => {
    expect(parsePlatform(text)).toBeUndefined();
  });

  it('counts a variant only where it is asked for', () => {
    const arm = { os: 'linux', architecture: 'arm' };
    expect(platformMatches(arm, { ...arm, variant: 'v7' })).toBe(true);
    expect(platformMatches({ ...arm, variant: 'v6' }, { ...arm, variant: 'v7' })).toBe(false);
    expect(platformMatches(arm, { ...arm, os: 'windows' })).toBe(false);
  });

  it('speaks of Node in the words of Go', () => {
    expect(formatPlatform(platformOfNode('x64'))).toBe('linux/amd64');
  });
});
