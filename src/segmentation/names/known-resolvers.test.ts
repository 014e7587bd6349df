import { describe, expect, it } from 'vitest';
import { includesAddress, parseAddress } from '../../base/index.ts';
import { knownResolverNames, knownResolvers } from './known-resolvers.ts';

const has = (text: string): boolean => {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError(text);
  return includesAddress(knownResolvers, address);
};

describe('the known resolvers', () => {
  it.each(['1.1.1.1', '8.8.8.8', '9.9.9.9', '45.90.28.17', '2606:4700:4700::1111', '2001:4860:4860::8844'])(
    'have %s',
    (address) => expect(has(address)).toBe(true),
  );

  it.each(['1.1.1.4', '104.16.248.249', '10.0.0.53', '127.0.0.11', '2606:4700::6810:f8f9'])(
    'do not have %s, which others share',
    (address) => expect(has(address)).toBe(false),
  );

  it('are a small part of all addresses', () => {
    expect(knownResolvers.v4.reduce((sum, { from, end }) => sum + end - from, 0)).toBeLessThan(4096);
  });

  it('have names in lower case without a dot at the end', () => {
    expect(knownResolverNames.filter((name) => !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name))).toEqual([]);
  });
});
