import { type AddressSet, allAddresses, equalSpans, formatAddress, type Span } from '../../base/index.ts';
import type { IpVersion } from './connection-matches.ts';

/** Each range of a set as nft lists it: an address, a block where it is one, or first and last; ascending. */
export function formatIntervals(set: AddressSet, version: IpVersion): readonly string[] {
  return version === 4 ? set.v4.map(formatInterval4) : set.v6.map(formatInterval6);
}

export function isEverything(set: AddressSet, version: IpVersion): boolean {
  return version === 4 ? equalSpans(set.v4, allAddresses.v4) : equalSpans(set.v6, allAddresses.v6);
}

function formatInterval4({ from, end }: Span<number>): string {
  const size = end - from;
  const bits = Math.log2(size);
  const first = formatAddress({ family: 4, value: from });
  if (size === 1) return first;
  if (Number.isInteger(bits) && from % size === 0) return `${first}/${32 - bits}`;
  return `${first}-${formatAddress({ family: 4, value: end - 1 })}`;
}

function formatInterval6({ from, end }: Span<bigint>): string {
  const size = end - from;
  const first = formatAddress({ family: 6, value: from });
  if (size === 1n) return first;
  const bits = size.toString(2).length - 1;
  if (size === 1n << BigInt(bits) && from % size === 0n) return `${first}/${128 - bits}`;
  return `${first}-${formatAddress({ family: 6, value: end - 1n })}`;
}
