/**
 * Reading DER (ITU-T X.690): one value after the other, a level at a time, so that nesting costs nothing until somebody
 * looks into it. Every function gives undefined for what DER does not allow; node:crypto reads no extension but a few,
 * and no CMS at all.
 */
export interface DerValue {
  /** The identifier octet: class, form and number in one. Numbers above 30 occur nowhere here and are refused. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** Identifier, length and content, as they stand. */
  readonly whole: Uint8Array;
}

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** More values side by side than a certificate or a timestamp has. */
const mostValues = 256;

/** The values that follow each other in the bytes, to the last byte. */
export function readDerValues(bytes: Uint8Array): readonly DerValue[] | undefined {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const value = readAt(bytes, at);
    if (value === undefined || values.length === mostValues) return undefined;
    values.push(value);
    at += value.whole.length;
  }
  return values;
}

/** One value that fills the bytes. */
export function readDer(bytes: Uint8Array, tag: number): DerValue | undefined {
  const value = readAt(bytes, 0);
  return value?.tag === tag && value.whole.length === bytes.length ? value : undefined;
}

/** What a constructed value of that tag holds. */
export function derParts(value: DerValue | undefined, tag: number): readonly DerValue[] | undefined {
  return value?.tag === tag ? readDerValues(value.content) : undefined;
}

function readAt(bytes: Uint8Array, at: number): DerValue | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    // No octets would be the indefinite form; five and more are beyond what is read.
    if (octets === 0 || octets > 4) return undefined;
    length = 0;
    for (const octet of bytes.subarray(start, start + octets)) length = length * 256 + octet;
    if (length < 0x80 || length < 256 ** (octets - 1)) return undefined;
    start += octets;
  }
  const end = start + length;
  if (end > bytes.length) return undefined;
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}

/** An object identifier in dots. */
export function derOid(value: DerValue | undefined): string | undefined {
  if (value?.tag !== derTag.oid || value.content.length === 0 || value.content.length > 64) return undefined;
  const arcs: bigint[] = [];
  let arc = 0n;
  let open = false;
  for (const octet of value.content) {
    // An arc that begins with zeros is another spelling of the same number.
    if (!open && octet === 0x80) return undefined;
    arc = arc * 128n + BigInt(octet & 0x7f);
    open = octet >= 0x80;
    if (open) continue;
    if (arcs.length === 0) {
      const top = arc < 80n ? arc / 40n : 2n;
      arcs.push(top, arc - top * 40n);
    } else arcs.push(arc);
    arc = 0n;
  }
  return open ? undefined : arcs.join('.');
}

/** A whole number that is not negative and that a double holds. `tag` where it is tagged implicitly. */
export function derNumber(value: DerValue | undefined, tag: number = derTag.integer): number | undefined {
  if (value?.tag !== tag || value.content.length === 0 || value.content.length > 6) return undefined;
  const [first = 0, second = 0x80] = value.content;
  if (first >= 0x80 || (first === 0 && second < 0x80)) return undefined;
  return value.content.reduce((number, octet) => number * 256 + octet, 0);
}

export function derBoolean(value: DerValue | undefined): boolean | undefined {
  if (value?.tag !== derTag.boolean || value.content.length !== 1) return undefined;
  const [octet] = value.content;
  return octet === 0xff ? true : octet === 0 ? false : undefined;
}

/** The numbers of the bits that are set, the first bit being 0. */
export function derBits(value: DerValue | undefined): ReadonlySet<number> | undefined {
  if (value?.tag !== derTag.bitString || value.content.length > 8) return undefined;
  const [unused, ...octets] = value.content;
  if (unused === undefined || unused > 7 || (octets.length === 0 && unused > 0)) return undefined;
  const bits = new Set<number>();
  for (const [index, octet] of octets.entries())
    for (let bit = 0; bit < 8; bit++) if (octet & (0x80 >> bit)) bits.add(index * 8 + bit);
  const end = octets.length * 8 - unused;
  return [...bits].some((bit) => bit >= end) ? undefined : bits;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
