import fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { describe, expect, it } from 'vitest';
import { formatPackageUrl } from './package-url.ts';

describe('formatPackageUrl', () => {
  it.each([
    [
      {
        type: 'deb',
        namespace: 'debian',
        name: 'libc6',
        version: '1:2.36-9+deb12u4~x',
        qualifiers: { distro: 'debian-12', arch: 'amd64' },
      },
      'pkg:deb/debian/libc6@1:2.36-9%2Bdeb12u4~x?arch=amd64&distro=debian-12',
    ],
    [{ type: 'npm', namespace: '@babel', name: 'core', version: '7.0.0' }, 'pkg:npm/%40babel/core@7.0.0'],
    [{ type: 'golang', namespace: 'golang.org/x', name: 'net' }, 'pkg:golang/golang.org/x/net'],
    [{ type: 'golang', name: 'app', version: '(devel)' }, 'pkg:golang/app@%28devel%29'],
    [{ type: 'apk', name: 'a', qualifiers: { arch: undefined, distro: '' } }, 'pkg:apk/a'],
    [
      { type: 'oci', name: 'x', version: 'sha256:12', qualifiers: { repository_url: 'host:5000/a/x' } },
      'pkg:oci/x@sha256:12?repository_url=host:5000%2Fa%2Fx',
    ],
  ])('writes %j', (parts, purl) => {
    expect(formatPackageUrl(parts)).toBe(purl);
  });

  it('writes what other readers read back', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((value) => value === value.trim());
    // packageurl-js 2.0.1 decodes qualifiers twice.
    const plain = text.filter((value) => !/[%+]/.test(value));
    fc.assert(
      fc.property(text, text, plain, (name, version, value) => {
        const parsed = PackageURL.fromString(
          formatPackageUrl({ type: 'generic', name, version, qualifiers: { arch: value } }),
        );
        expect([parsed.name, parsed.version, parsed.qualifiers?.arch]).toEqual([name, version, value]);
      }),
    );
  });

  it('takes text that has no UTF-8', () => {
    expect(formatPackageUrl({ type: 'npm', name: '\ud800' })).toBe('pkg:npm/%EF%BF%BD');
  });
});
