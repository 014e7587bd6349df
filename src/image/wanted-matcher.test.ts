import { describe, expect, it } from 'vitest';
import { compileWanted, placesOfWanted } from './wanted-matcher.ts';

const patterns = [
  '/var/lib/dpkg/status',
  '/var/lib/dpkg/status.d/*',
  '**/package.json',
  '**/*.dist-info/METADATA',
  '**/*.egg-info',
  '**/node_modules/.package-lock.json',
];

describe('compileWanted', () => {
  const isWanted = compileWanted(patterns);
  it.each([
    ['/var/lib/dpkg/status', true],
    ['/var/lib/dpkg/status-old', false],
    ['/x/var/lib/dpkg/status', false],
    ['/var/lib/dpkg/status.d/base', true],
    ['/var/lib/dpkg/status.d/deep/base', false],
    ['/package.json', true],
    ['/app/node_modules/a/package.json', true],
    ['/app/Package.json', false],
    ['/app/xpackage.json', false],
    ['/usr/lib/python3/a-1.dist-info/METADATA', true],
    ['/usr/lib/python3/a-1.dist-info/RECORD', false],
    ['/usr/lib/python3/a-1/METADATA', false],
    ['/usr/lib/python3/a.egg-info', true],
    ['/a/node_modules/.package-lock.json', true],
    ['/a/other_modules/.package-lock.json', false],
    ['/', false],
  ])('%s: %s', (path, wanted) => {
    expect(isWanted(path)).toBe(wanted);
  });

  it.each(['*', 'relative', '/a/*/b', '**/a*b', '**/a/b/c', '/a*', '**/*.a/*'])('refuses the form %s', (pattern) => {
    expect(() => compileWanted([pattern])).toThrow(TypeError);
  });
});

describe('placesOfWanted', () => {
  it('knows where to look without a walk', () => {
    expect(placesOfWanted(patterns)).toEqual({
      files: ['/var/lib/dpkg/status'],
      directories: ['/var/lib/dpkg/status.d'],
    });
  });
});
