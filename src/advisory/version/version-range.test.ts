import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VersionError } from './version-error.ts';
import { parseVersionRange, versionInRange } from './version-range.ts';

describe('version ranges', () => {
  it.each([
    ['<2.17.1', '2.17.0', true],
    ['<2.17.1', '2.17.1', false],
    ['< 2.17.1', '2.17.0', true],
    ['>=1.0.0 <2.0.0', '1.9.9', true],
    ['>=1.0.0 <2.0.0', '2.0.0', false],
    ['>=1.0.0,<2.0.0', '0.9.0', false],
    ['>=1.0.0 , <2.0.0', '1.0.0', true],
    ['>=1.0.0<2.0.0', '1.0.0', true],
    ['=1.2.0', '1.2.0', true],
    ['==1.2.0', '1.2.1', false],
    ['1.2.0', '1.2.0', true],
    ['1.2.0', '1.2.1', false],
    ['!=1.2.0', '1.2.0', false],
    ['>1.0.0 !=1.2.0', '1.3.0', true],
    ['<1.0.0 || >=2.0.0 <2.5.0', '2.4.0', true],
    ['<1.0.0 || >=2.0.0 <2.5.0', '1.4.0', false],
    ['1.0.0||2.0.0', '2.0.0', true],
    ['*', '0.0.1', true],
    ['>=1.0 <2', '1.9.9', true],
    ['>=1.0 <2', '2.0.0', false],
    ['=1.2', '1.2.0', true],
    ['=1.2', '1.2.1', false],
    [' <=1.0.0 ', '1.0.0', true],
  ])('%j holds %s: %s', (range, version, expected) => {
    expect(versionInRange('npm', version, parseVersionRange(range))).toBe(expected);
  });

  it('takes short bounds for crates too', () => {
    expect(versionInRange('cargo', '1.9.9', parseVersionRange('>=1.0 <2'))).toBe(true);
    expect(versionInRange('cargo', '2.0.0', parseVersionRange('>=1.0 <2'))).toBe(false);
  });

  it('takes the signs that Debian versions have', () => {
    expect(versionInRange('deb', '1.0~rc1-1', parseVersionRange('>=1:0 || <1.0-1'))).toBe(true);
    expect(versionInRange('deb', '1:0.1', parseVersionRange('>=1:0 <1:1.0~rc1+dfsg-2'))).toBe(true);
  });

  it.each([
    '',
    ' ',
    '<',
    '>=1.0 <',
    '1.0 ||',
    '|| 1.0',
    '1.0,',
    ',1.0',
    '^1.0',
    '~1.0',
    '~>1.0',
    '=>1.0',
    '<>1',
    '1.0 | 2.0',
    '1..2 2',
    '>=*',
    '<1.0 !',
    `<${'1'.repeat(2000)}`,
  ])('refuses %j', (text) => {
    expect(() => parseVersionRange(text)).toThrow(VersionError);
    expect(() => parseVersionRange(text)).toThrow(/is not a version range: .{10}/);
  });

  it('refuses two exact versions that could never both hold', () => {
    expect(() => parseVersionRange('1.0 2.0')).toThrow(/\|\|/);
  });

  it('throws where a bound is no version of the ecosystem, even in an alternative that is not needed', () => {
    const range = parseVersionRange('1.0.0 || <2.x');
    expect(() => versionInRange('npm', '1.0.0', range)).toThrow(/"2.x" is not an npm version/);
    expect(() => versionInRange('npm', 'latest', parseVersionRange('*'))).toThrow(VersionError);
  });

  it('gives a range or a VersionError for any text, in linear time', () => {
    const text = fc.string({ unit: fc.constantFrom(...'<>=!|,. ~^*10a'), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(fc.string(), text), (any) => {
        try {
          expect(parseVersionRange(any).alternatives.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(VersionError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
