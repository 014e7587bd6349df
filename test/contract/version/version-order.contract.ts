import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, parseVersion, VersionError } from '../../../src/advisory/index.ts';
import type { Ecosystem } from '../../../src/model/index.ts';

export interface OrderSpecimens {
  /** Versions as the ecosystem's own tool orders them, with `<`, `=` or `>` between each two. */
  readonly chains: readonly string[];
  /** What the tool refuses, or takes in no place where one version stands. */
  readonly invalid: readonly string[];
  /** Makes versions that are close to each other. */
  readonly plausible: fc.Arbitrary<string>;
  /** What a tool said that is too large to be installed for a test: `A < B` a line. */
  readonly recording?: URL;
}

/** What every order owes: its tool's answers, a reason for what is no version, and that it is an order at all. */
export function describeOrder(ecosystem: Ecosystem, { chains, invalid, plausible, recording }: OrderSpecimens): void {
  const compare = (a: string, b: string) => compareVersions(ecosystem, a, b);

  describe(`versions of ${ecosystem}`, () => {
    it.each(chains.flatMap(pairsOf))('%s against %s gives %i', (a, b, expected) => {
      expect(compare(a, b)).toBe(expected);
      expect(compare(b, a)).toBe(expected === 0 ? 0 : -expected);
    });

    if (recording) {
      it('are ordered as the tool did it', () => {
        const lines = readFileSync(recording, 'utf8').split('\n');
        const answers = lines.filter((line) => line !== '' && !line.startsWith('#'));
        expect(answers.length).toBeGreaterThan(400);
        const wrong = answers.filter((line) => {
          const [a = '', sign = '', b = ''] = line.split(' ');
          return compare(a, b) !== ['<', '=', '>'].indexOf(sign) - 1;
        });
        expect(wrong).toEqual([]);
      });
    }

    it.each(invalid)('%j is refused with a reason', (text) => {
      expect(() => parseVersion(ecosystem, text)).toThrow(VersionError);
      expect(() => compare('1.0.0', text)).toThrow(/ is not an? \w+ version: .{10}/);
    });

    it('are refused at once where they are longer than any', () => {
      expect(() => parseVersion(ecosystem, `1.0.0${'.0'.repeat(50_000)}`)).toThrow(/longer than 256 characters/);
      expect(() => parseVersion(ecosystem, '0'.repeat(10_000))).toThrow(VersionError);
    });

    it('are in a total order', () => {
      fc.assert(
        fc.property(plausible, plausible, plausible, (a, b, c) => {
          expect(compare(a, a)).toBe(0);
          expect(compare(a, b)).toBe(0 - compare(b, a) || 0);
          const [low, middle, high] = [a, b, c].sort(compare) as [string, string, string];
          expect(compare(low, middle)).toBeLessThanOrEqual(0);
          expect(compare(middle, high)).toBeLessThanOrEqual(0);
          expect(compare(low, high)).toBeLessThanOrEqual(0);
          if (compare(low, middle) < 0 || compare(middle, high) < 0) expect(compare(low, high)).toBe(-1);
        }),
        { numRuns: 2000 },
      );
    });

    it('give an order or a VersionError for any text', () => {
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), nearby), (text) => {
          try {
            expect(compare(text, text)).toBe(0);
          } catch (error) {
            expect(error).toBeInstanceOf(VersionError);
          }
        }),
        { numRuns: 3000 },
      );
    });
  });
}

/** Each version of a chain with each that follows; `>` turns the direction for what comes after it. */
function pairsOf(chain: string): [string, string, -1 | 0 | 1][] {
  const pairs: [string, string, -1 | 0 | 1][] = [];
  const parts = chain.split(' ');
  for (let i = 0; i < parts.length; i += 2) {
    let order: -1 | 0 | 1 = 0;
    for (let j = i + 2; j < parts.length; j += 2) {
      const sign = parts[j - 1];
      order = sign === '<' ? -1 : sign === '>' ? 1 : order;
      pairs.push([parts[i] as string, parts[j] as string, order]);
    }
  }
  return pairs;
}

const nearby = fc.string({ unit: fc.constantFrom(...'0019.-_+~^:!vabcrgop '), maxLength: 24 });

export const digits = fc.constantFrom('0', '00', '1', '01', '2', '9', '10', '100');
export const dotted = fc.array(digits, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
export const number = fc.constantFrom('0', '1', '2', '10');
export const optional = (arbitrary: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), arbitrary);
export const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));
export const prerelease = fc
  .array(fc.constantFrom('0', '1', '10', 'a', 'rc', 'rc1', '-'), { minLength: 1, maxLength: 3 })
  .map((parts) => `-${parts.join('.')}`);
