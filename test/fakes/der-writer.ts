/** Writes DER (ITU-T X.690), also where it is nonsense: nothing is checked. */

/** A value of that tag out of its parts. */
export function der(tag: number, ...parts: readonly (Uint8Array | number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([tag, ...derLength(content.length)]), content]);
}

function derLength(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export const derNull = der(0x05);

export function derSequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

/** SET, in the order given. */
export function derSet(...parts: readonly Uint8Array[]): Buffer {
  return der(0x31, ...parts);
}

/** A number that is not negative; bytes are taken as one too. */
export function derInteger(value: number | Uint8Array): Buffer {
  const hex = typeof value === 'number' ? value.toString(16) : Buffer.from(value).toString('hex');
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? [0] : [], bytes);
}

export function derOctets(bytes: Uint8Array): Buffer {
  return der(0x04, bytes);
}

export function derBoolean(value: boolean): Buffer {
  return der(0x01, [value ? 0xff : 0]);
}

/** An object identifier in dots. */
export function derOid(oid: string): Buffer {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  return der(0x06, [first * 40 + second, ...rest].flatMap(base128));
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128));
  return octets;
}

/** A BIT STRING of whole octets. */
export function derBitString(bytes: Uint8Array): Buffer {
  return der(0x03, [0], bytes);
}

/** A BIT STRING in which those bits are set. */
export function derBits(bits: readonly number[]): Buffer {
  const length = Math.max(-1, ...bits) + 1;
  const octets = Buffer.alloc(Math.ceil(length / 8));
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return der(0x03, [octets.length * 8 - length], octets);
}

export function derText(text: string): Buffer {
  return der(0x0c, Buffer.from(text));
}

/** UTCTime until 2049, GeneralizedTime from then on, as RFC 5280 wants it in certificates. */
export function derTime(time: Date): Buffer {
  const text = time.toISOString().replace(/[-:T]|\.\d+/g, '');
  return time.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}
