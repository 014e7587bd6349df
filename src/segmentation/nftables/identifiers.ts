import { createHash } from 'node:crypto';

/** What stands in a name of nft and is not read otherwise there (nft(8), "LEXICAL CONVENTIONS"). */
const plain = /^[a-z0-9][a-z0-9_.-]{0,63}$/;
const interfaceName = /^[A-Za-z0-9_.@-]{1,15}$/;
const mac = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** `g4_shop-web`; what cannot be a name is one of its digest, so that two never share it. */
export function identifierOf(prefix: string, name: string): string {
  return plain.test(name) ? `${prefix}_${name}` : `${prefix}__${digestOf(name)}`;
}

/** 64 bits: for names of what is equal when its text is. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Quoted; undefined for what the kernel takes for no name of an interface, or nft for something else. */
export function quoteInterface(name: string): string | undefined {
  return interfaceName.test(name) ? `"${name}"` : undefined;
}

/** Lower case; undefined for what is none, and for those of many (IEEE 802, the lowest bit of the first byte). */
export function parseMac(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (!mac.test(lower) || lower === '00:00:00:00:00:00') return undefined;
  return Number.parseInt(lower.slice(0, 2), 16) % 2 === 0 ? lower : undefined;
}

/** The address of the link that a container gives itself (RFC 4291, appendix A). */
export function linkLocalOf(hardware: string): bigint {
  const bytes = hardware.split(':').map((part) => Number.parseInt(part, 16));
  const [first = 0, second = 0, third = 0, ...rest] = bytes;
  const identifier = [first ^ 2, second, third, 0xff, 0xfe, ...rest];
  return identifier.reduce((value, byte) => (value << 8n) | BigInt(byte), 0xfe80n << 48n);
}
