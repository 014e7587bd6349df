import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * How values lie in columns. A column that is asked for holds plain text or a number; everything else is one JSON
 * document beside it, which gives back exactly what was put.
 */

/** JSON for a text column. It escapes NUL and lone surrogates, which PostgreSQL refuses in text. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value);
}

export function decodeJson<Value>(text: string): Value {
  return JSON.parse(text) as Value;
}

/** JSON for a column of bytes: bills of materials repeat themselves and shrink to a tenth. */
export function packJson(value: unknown): Buffer {
  return packText(JSON.stringify(value));
}

const longestChunk = 16_384;

/** Packs JSON that is written already. */
export function packText(json: string): Buffer {
  const bytes = Buffer.from(json);
  // Told the size, the compressor takes tables of that size, and Node no more memory for what comes out than can.
  const chunkSize = Math.min(Math.max(bytes.byteLength, 64), longestChunk);
  return zstdCompressSync(bytes, { pledgedSrcSize: bytes.byteLength, chunkSize });
}

export function unpackJson<Value>(bytes: Uint8Array): Value {
  return JSON.parse(zstdDecompressSync(bytes).toString()) as Value;
}

/** Text for a column: without NUL and lone surrogates. */
export function plainText(text: string): string {
  return text.includes('\0') || !text.isWellFormed() ? text.toWellFormed().replaceAll('\0', '\ufffd') : text;
}

const longestKey = 600;

/**
 * Text for a column that is compared and indexed: without what PostgreSQL refuses, and shortened to where every index
 * can hold it. Two long texts stay different by the digest at the end.
 */
export function keyText(text: string): string {
  const clean = plainText(text);
  if (clean.length <= longestKey / 3 || Buffer.byteLength(clean) <= longestKey) return clean;
  return `${clean.slice(0, 150).toWellFormed()}…${createHash('sha256').update(text).digest('hex')}`;
}

/** As lower() of both databases does it: ASCII letters alone. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** A pattern for `like … escape '\'` that finds the text anywhere. */
export function containing(text: string): string {
  return `%${lowerAscii(keyText(text)).replace(/[\\%_]/g, '\\$&')}%`;
}

/** Row numbers below 2³² as four bytes each, little-endian. */
export function packIds(ids: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(ids).buffer);
}

export function unpackIds(bytes: Uint8Array): number[] {
  const packed = new Uint32Array(new Uint8Array(bytes).buffer);
  // A start unpacks millions: Array.from() takes several times as long.
  const ids = new Array<number>(packed.length);
  for (let i = 0; i < packed.length; i++) ids[i] = packed[i] as number;
  return ids;
}
