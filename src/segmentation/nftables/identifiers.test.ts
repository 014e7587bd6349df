import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../base/index.ts';
import { identifierOf, linkLocalOf, parseMac, quoteInterface } from './identifiers.ts';

describe('a name in a ruleset', () => {
  it('is readable where it can be', () => expect(identifierOf('g4', 'shop-web')).toBe('g4_shop-web'));

  it('is of letters that nft takes for nothing else, and of one name alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(identifierOf('g4', one)).toMatch(/^g4_[a-z0-9_.-]+$/);
        expect(identifierOf('g4', one) === identifierOf('g4', other)).toBe(one === other);
      }),
    );
  });

  it('is not that of a digest which somebody chose as a name', () => {
    const digest = identifierOf('g4', 'Ä').slice('g4_'.length);
    expect(identifierOf('g4', digest)).not.toBe(identifierOf('g4', 'Ä'));
  });
});

describe('an interface', () => {
  it.each(['eth0', 'br-0123456789ab', 'veth1@if2', 'a.5'])('is quoted: %s', (name) =>
    expect(quoteInterface(name)).toBe(`"${name}"`),
  );
  it.each(['', 'sixteen-letters-', 'a"b', 'a b', 'veth*', 'a\nb', 'a}'])('is none: %j', (name) =>
    expect(quoteInterface(name)).toBeUndefined(),
  );
});

describe('a hardware address', () => {
  it.each([
    ['02:42:AC:11:00:02', '02:42:ac:11:00:02'],
    ['01:00:5e:00:00:01', undefined],
    ['ff:ff:ff:ff:ff:ff', undefined],
    ['00:00:00:00:00:00', undefined],
    ['02:42:ac:11:00', undefined],
    ['02:42:ac:11:00:02 ', undefined],
  ])('%s', (text, mac) => expect(parseMac(text)).toBe(mac));

  it('gives an address of the link', () => {
    const link = linkLocalOf('02:42:ac:11:00:02');
    expect(formatAddress({ family: 6, value: link })).toBe('fe80::42:acff:fe11:2');
  });
});
