import { lazyLibrary } from './lazy-library.ts';
import {
  equalSpans,
  intersectSpans,
  type Span,
  type Spans,
  spansCover,
  spansInclude,
  spansOf,
  subtractSpans,
  unionSpans,
} from './spans.ts';

/** IP addresses of both families; those of version 6 that only wrap one of version 4 are none. */
export interface AddressSet {
  readonly v4: Spans<number>;
  readonly v6: Spans<bigint>;
}

const ipaddr = lazyLibrary<typeof import('ipaddr.js')>('ipaddr.js');
const v4End = 2 ** 32;
const v6End = 1n << 128n;

export const noAddresses: AddressSet = { v4: [], v6: [] };
export const allAddresses: AddressSet = { v4: [{ from: 0, end: v4End }], v6: [{ from: 0n, end: v6End }] };

export type Address = { readonly family: 4; readonly value: number } | { readonly family: 6; readonly value: bigint };

/**
 * `10.0.0.1`, `fd00::1`: four decimal parts without leading zeros, or RFC 4291 section 2.2 without a zone. Undefined for
 * anything else, and for `::ffff:10.0.0.1`, which no packet carries.
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  if (!text.includes(':')) {
    if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
    const parts = text.split('.').map(Number);
    if (parts.some((part) => part > 255)) return undefined;
    return { family: 4, value: parts.reduce((value, part) => value * 256 + part, 0) };
  }
  if (text.includes('%') || !ipaddr().IPv6.isValid(text)) return undefined;
  const address = ipaddr().IPv6.parse(text);
  if (address.isIPv4MappedAddress()) return undefined;
  return { family: 6, value: address.toByteArray().reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) };
}

/**
 * A block such as `10.0.0.0/8` or `fd00::/8` (RFC 4632, RFC 4291 section 2.3); an address alone is a block of one. Undefined
 * where it is none, and where bits stand beyond the prefix: `10.0.0.1/8` has two readings.
 */
export function parseCidr(text: string): AddressSet | undefined {
  const [head = '', prefix, ...more] = text.split('/');
  const address = parseAddress(head);
  if (address === undefined || more.length > 0) return undefined;
  const bits = address.family === 4 ? 32 : 128;
  if (prefix !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return undefined;
  if (address.family === 4) {
    const size = 2 ** (32 - length);
    if (address.value % size !== 0) return undefined;
    return { v4: [{ from: address.value, end: address.value + size }], v6: [] };
  }
  const size = 1n << BigInt(128 - length);
  if (address.value % size !== 0n) return undefined;
  return { v4: [], v6: [{ from: address.value, end: address.value + size }] };
}

export function addressesOf(sets: Iterable<AddressSet>): AddressSet {
  const v4: Span<number>[] = [];
  const v6: Span<bigint>[] = [];
  for (const set of sets) {
    for (const span of set.v4) v4.push(span);
    for (const span of set.v6) v6.push(span);
  }
  return { v4: spansOf(v4), v6: spansOf(v6) };
}

export function unionAddresses(a: AddressSet, b: AddressSet): AddressSet {
  return { v4: unionSpans(a.v4, b.v4), v6: unionSpans(a.v6, b.v6) };
}
export function intersectAddresses(a: AddressSet, b: AddressSet): AddressSet {
  return { v4: intersectSpans(a.v4, b.v4), v6: intersectSpans(a.v6, b.v6) };
}
export function subtractAddresses(a: AddressSet, b: AddressSet): AddressSet {
  return { v4: subtractSpans(a.v4, b.v4), v6: subtractSpans(a.v6, b.v6) };
}
export function equalAddresses(a: AddressSet, b: AddressSet): boolean {
  return equalSpans(a.v4, b.v4) && equalSpans(a.v6, b.v6);
}
export function hasNoAddress(set: AddressSet): boolean {
  return set.v4.length === 0 && set.v6.length === 0;
}
/** Whether all of a set lies in another, which may be large. */
export function coversAddresses(wide: AddressSet, narrow: AddressSet): boolean {
  return narrow.v4.every((span) => spansCover(wide.v4, span)) && narrow.v6.every((span) => spansCover(wide.v6, span));
}
export function includesAddress(set: AddressSet, address: Address): boolean {
  return address.family === 4 ? spansInclude(set.v4, address.value) : spansInclude(set.v6, address.value);
}

export function formatAddress(address: Address): string {
  if (address.family === 4)
    return [24, 16, 8, 0].map((shift) => Math.floor(address.value / 2 ** shift) % 256).join('.');
  const bytes = Array.from({ length: 16 }, (_, index) => Number((address.value >> BigInt(8 * (15 - index))) & 255n));
  return ipaddr().fromByteArray(bytes).toString();
}

/** Ranges as people read them: `10.0.0.0-10.255.255.255`, an address alone without a dash; version 4 first, ascending. */
export function formatRanges(set: AddressSet): readonly string[] {
  return [
    ...set.v4.map(({ from, end }) => formatRange({ family: 4, value: from }, { family: 4, value: end - 1 })),
    ...set.v6.map(({ from, end }) => formatRange({ family: 6, value: from }, { family: 6, value: end - 1n })),
  ];
}

function formatRange(first: Address, last: Address): string {
  return first.value === last.value ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`;
}

/** The fewest blocks that are the set, version 4 first, ascending. */
export function formatCidrs(set: AddressSet): readonly string[] {
  const blocks: string[] = [];
  for (const { from, end } of set.v4) {
    for (let at = from; at < end; ) {
      let bits = 0;
      while (bits < 32 && at % 2 ** (bits + 1) === 0 && at + 2 ** (bits + 1) <= end) bits += 1;
      blocks.push(`${formatAddress({ family: 4, value: at })}/${32 - bits}`);
      at += 2 ** bits;
    }
  }
  for (const { from, end } of set.v6) {
    for (let at = from; at < end; ) {
      let bits = 0;
      while (bits < 128 && at % (1n << BigInt(bits + 1)) === 0n && at + (1n << BigInt(bits + 1)) <= end) bits += 1;
      blocks.push(`${formatAddress({ family: 6, value: at })}/${128 - bits}`);
      at += 1n << BigInt(bits);
    }
  }
  return blocks;
}
