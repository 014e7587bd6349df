import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { parsePairs } from './other-grammars.ts';

/** A text that stands within a value, freed of what it was wrapped in. */
export interface InnerText {
  readonly text: string;
  /** What it was wrapped in was made to carry bytes: base64, hex, gzip. Otherwise it is how settings are written: JSON, a URL. */
  readonly encoded: boolean;
}

const deepest = 4;
const mostTexts = 20_000;
const mostCharacters = 2_097_152;
const mostBlobs = 20_000;
const mostUnmarked = 50;
const inflatedBytes = 1_048_576;

/**
 * The texts within a value, the value first: strings and keys of JSON, attributes and texts of markup, what stands behind
 * `name=`, in URLs and in encodings, also nested. Bounded: four layers, 20,000 texts, 2 M characters; `cut` says whether a
 * bound was met.
 */
export function unwrapValue(value: string): { readonly texts: readonly InnerText[]; readonly cut: boolean } {
  const seen = new Set<string>();
  const texts: InnerText[] = [];
  let characters = 0;
  let cut = false;
  const queue: { text: string; encoded: boolean; depth: number }[] = [{ text: value, encoded: false, depth: 0 }];
  for (let at = 0; at < queue.length; at++) {
    const { text, encoded, depth } = queue[at] ?? { text: '', encoded: false, depth: deepest };
    if (seen.has(text)) continue;
    if (texts.length >= mostTexts || characters + text.length > mostCharacters) {
      cut = true;
      continue;
    }
    seen.add(text);
    characters += text.length;
    const inside = depth < deepest ? [...layersOf(text, encoded)] : [];
    // What is JSON says nothing as a whole that its strings do not say.
    if (!(inside[0]?.instead ?? false)) texts.push({ text, encoded });
    for (const inner of inside) {
      if (inner.tooLarge ?? false) cut = true;
      else if (queue.length < 2 * mostTexts)
        queue.push({ text: inner.text, encoded: encoded || (inner.encoded ?? false), depth: depth + 1 });
      else cut = true;
    }
  }
  return { texts, cut };
}

/** Code in the quotes behind the flag of an interpreter: `ruby -e 'exec "/bin/sh"'`. */
const startedOn =
  /(?<![\w.-])(?:ruby|perl|lua|node|php|python[\d.]{0,5}|Rscript|R|julia|tclsh|groovy|elixir|osascript|deno|bun)\s+(?:-{1,2}[\w=-]{1,30}\s+){0,4}(?:-[a-zA-Z]{0,3}[ecrE]|--eval|eval)\s*(["'])((?:(?!\1)[^\\]|\\.){1,2000})\1/gs;

interface Layer {
  readonly text: string;
  readonly encoded?: boolean;
  readonly instead?: boolean;
  /** What is in it is more than is looked into. */
  readonly tooLarge?: boolean;
}

function* layersOf(text: string, isInner: boolean): Generator<Layer> {
  const first = text.trimStart()[0];
  if (first === '{' || first === '[' || first === '"') {
    const strings = jsonStrings(text);
    if (strings !== undefined) {
      for (const inner of strings) yield { text: inner, instead: true };
      if (strings.length === 0) yield { text: '', instead: true };
      return;
    }
  }
  if (first === '<' && /^\s*<[?!a-z]/i.test(text)) yield* markupTexts(text);
  else if (/&(?:#\d{1,7}|#x[0-9a-f]{1,6}|lt|gt|amp|quot|apos);/i.test(text)) yield { text: entities(text) };
  if (/%(?:[0-9a-f]{2}|u[0-9a-f]{4})/i.test(text)) {
    const plain = percentDecoded(text);
    if (plain !== text) yield { text: plain };
  }
  const pairs = parsePairs(text);
  if (pairs !== undefined) for (const inner of pairs.slice(0, 50)) yield { text: inner };
  for (const [, , inner = ''] of text.matchAll(startedOn)) yield { text: inner };
  const pair = pairs !== undefined ? null : /^\s*(?!jdbc:)-{0,2}[\w.[\]-]{1,60}\s*[=:]\s*(?!\/\/)(?=\S)/.exec(text);
  if (pair !== null) {
    const behind = text.slice(pair[0].length);
    // Of several options the value of the first ends where the next begins.
    const isFirst = text.startsWith('--') && /^\S+(?:\s+--[a-z][\w-]*(?:=\S*)?)+$/.test(behind);
    yield { text: isFirst ? behind.slice(0, behind.search(/\s/)) : behind };
  }
  if (/[?&][\w.-]+=/.test(text)) for (const part of text.split(/[?&]/).slice(0, 50)) yield { text: part };
  if (/^\S*\+\S*$/.test(text) && text.length < 500 && /[;|`]|&&|^&|\$[\w({]|\+[-/]/.test(text))
    yield { text: text.replaceAll('+', ' ') };
  if (/^[a-z]+:\/\/[^\s]+\/[^\s/]*[^\w\s./-][^\s/]*$/i.test(text))
    yield { text: text.slice(text.lastIndexOf('/') + 1) };
  // One letter of a word is enough to hide it: `c\u006fnsole`.
  if (/\w\\u00[0-9a-f]{2}|\\u00[0-9a-f]{2}\w/i.test(text))
    yield { text: text.replace(/\\u00([2-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))) };
  // The sign that separates, and nothing else, written in an escape: `\\x3bid`.
  if (separators.test(text)) yield { text: text.replace(new RegExp(separators, 'gi'), separatorOf) };
  // Letters of another width, and letters in circles, that systems take for the usual ones.
  if (/[\uff21-\uff5a\u24b6-\u24e9]|^[ -~]*[\uff1b\uff5c\uff06\uff04\uff40][ -~]*$/.test(text))
    yield { text: text.normalize('NFKC'), encoded: true };
  yield* encodedTexts(text, isInner);
}

const separators = /\\(?:x(?:3b|7c|26|60|24|0a)|u00(?:3b|7c|26|60|24|0a)|0?(?:73|174|46|140|44|12)(?!\d))/i;

function separatorOf(escape: string): string {
  const digits = escape.slice(1);
  return String.fromCharCode(/^[xu]/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 8));
}

/** Keys and strings; undefined where it is no JSON. */
function jsonStrings(text: string): readonly string[] | undefined {
  if (text.length > mostCharacters) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value === 'string') return [value];
  const strings: string[] = [];
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined && strings.length <= mostTexts; next = open.pop()) {
    if (typeof next === 'string') strings.push(next);
    else if (Array.isArray(next)) for (const item of next) open.push(item);
    else if (typeof next === 'object' && next !== null)
      for (const [key, item] of Object.entries(next)) {
        strings.push(key);
        // What changes prototypes without the name that is mostly forbidden.
        if (key === 'constructor' && typeof item === 'object' && item !== null && Object.hasOwn(item, 'prototype'))
          strings.push('constructor.prototype');
        open.push(item);
      }
  }
  return strings;
}

function* markupTexts(text: string): Generator<Layer> {
  let count = 0;
  for (const [, double, single, between] of text.matchAll(/=\s*"([^"]*)"|=\s*'([^']*)'|>([^<]+)/g)) {
    if (++count > 200) return;
    const inner = entities(double ?? single ?? between ?? '');
    if (inner.trim() !== '') yield { text: inner };
  }
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function entities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[String(name).toLowerCase()] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10);
    return point <= 0x10_ff_ff ? String.fromCodePoint(point) : whole;
  });
}

/** Also `%u0063`, as old browsers escape, and slashes that are written longer than UTF-8 allows. */
function percentDecoded(text: string): string {
  return text
    .replace(/%u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/%c0%af|%e0%80%af|%c1%9c/gi, '/')
    .replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'));
}

const blobs =
  /(?:[A-Za-z0-9+/_-]{4})+[A-Za-z0-9+/_-]{2,3}={1,2}|(?:[A-Za-z0-9+/_-]{4}){2,}[A-Za-z0-9+/_-]{0,3}={0,6}|(?:\\x[0-9a-f]{2}){4,}|(?:[0-9a-f]{2}[ :,]){5,}[0-9a-f]{2}/gi;
/** Codes of letters, one by one: `99,97,116`. */
const codes =
  /^\s*(?:\[\s*)?(?:(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]|9|10|13)(?:\s*[,;]\s*|\s+)){5,2000}(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]|10)\s*\]?\s*$/;

/** Blobs of base64, base32 and hex, escapes, and what is compressed in them; only what turns out to be text. */
function* encodedTexts(text: string, isInner: boolean): Generator<Layer> {
  const plain = withoutEscapes(text);
  if (plain !== undefined) yield { text: plain, encoded: true };
  if (codes.test(text)) {
    yield { text: String.fromCharCode(...(text.match(/\d+/g) ?? []).map(Number)), encoded: true };
    return;
  }
  const ascii85 = /<~([!-uz\s]{5,20000})~>/.exec(text)?.[1];
  if (ascii85 !== undefined) {
    const inner = textOf(ascii85Bytes(ascii85));
    if (inner !== undefined) yield { text: inner, encoded: true };
  }
  const whole =
    text.length > 60 && /^[A-Za-z0-9+/_=\s-]+$/.test(text) && /\s/.test(text.trim()) ? unfolded(text) : undefined;
  let count = 0;
  for (const [blob] of (whole ?? text).matchAll(blobs)) {
    for (const bytes of bytesOf(blob, isInner || isWholeBlob(text, blob))) {
      if (++count > mostBlobs) {
        yield { text: '', tooLarge: true };
        return;
      }
      let inner = textOf(bytes);
      if (inner === undefined) {
        // Of what nothing marks as compressed the first blobs only: trying costs more than decoding.
        const packed = compression(bytes) || count <= mostUnmarked ? inflated(bytes) : undefined;
        if (packed === 'too large') yield { text: '', tooLarge: true };
        else inner = textOf(packed);
      }
      if (inner === undefined) continue;
      yield { text: inner, encoded: true };
      break;
    }
  }
}

/** Lines of base64 as `base64` folds them: all but the last of one length. Words of prose are not. */
function unfolded(text: string): string | undefined {
  const lines = text.trim().split(/\s+/);
  const [first = ''] = lines;
  const isFolded = first.length >= 16 && lines.slice(0, -1).every((line) => line.length === first.length);
  return isFolded && (lines.at(-1)?.length ?? 0) <= first.length ? lines.join('') : undefined;
}

/** Text that is for the most part written in escapes: `\u0069\u0064`, `\151\144`. */
function withoutEscapes(text: string): string | undefined {
  const escape = /\\u\{?([0-9a-f]{2,4})\}?|\\([0-3]?[0-7]{2})|\\x([0-9a-f]{2})/gi;
  let escaped = 0;
  const plain = text.replace(escape, (whole, unicode, octal, hex) => {
    escaped += whole.length;
    const point = octal === undefined ? Number.parseInt(unicode ?? hex, 16) : Number.parseInt(octal, 8);
    return String.fromCharCode(point);
  });
  const isMostly = escaped >= 12 && escaped * 2 >= text.length;
  return isMostly && isText(plain) ? plain : undefined;
}

/** `e3s3Kjd9fQ==`, `--init=e3s3Kjd9fQ==`, `base64:e3s3Kjd9fQ==`: nothing else stands in the text. */
function isWholeBlob(text: string, blob: string): boolean {
  return (
    text.trim() === blob ||
    (/base64[:,]\s*$/i.test(text.slice(0, -blob.length)) && text.endsWith(blob)) ||
    (blob.endsWith('=') && text.endsWith(blob) && text.length - blob.length <= 60)
  );
}

/** Each reading of a blob, the likeliest first; short ones only where they are all there is. */
function* bytesOf(blob: string, isWhole: boolean): Generator<Uint8Array> {
  if (blob.startsWith('\\x')) yield Buffer.from(blob.replaceAll('\\x', ''), 'hex');
  const hex = blob.replace(/^0x/i, '').replace(/[ :,]/g, '');
  if (/^[0-9a-f]+$/i.test(hex)) {
    if (hex.length % 2 === 0) yield Buffer.from(hex, 'hex');
    if (hex !== blob) return;
  }
  if (/^(?:[A-Z2-7]{16,}={0,6}|[A-Z2-7]{8,}={3,6})$/.test(blob)) {
    const bytes = base32(blob);
    if (bytes !== undefined) yield bytes;
  }
  // Names and paths are of the same letters.
  if (blob.length < 16 && !isWhole && !blob.endsWith('=')) return;
  if (!/[A-Z]/.test(blob) || !/[a-z]/.test(blob)) return;
  yield Buffer.from(blob.replaceAll('-', '+').replaceAll('_', '/'), 'base64');
}

const base32Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(blob: string): Uint8Array | undefined {
  if (blob.length > 16_384) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of blob.replace(/=+$/, '')) {
    held = ((held << 5) | base32Letters.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** What stands between `<~` and `~>`: five letters are four bytes, and `z` is four zeros. */
function ascii85Bytes(text: string): Uint8Array {
  const bytes: number[] = [];
  const letters = text.replace(/\s+/g, '').replaceAll('z', '!!!!!');
  for (let at = 0; at < letters.length; at += 5) {
    const group = letters.slice(at, at + 5);
    let value = 0;
    for (const letter of group.padEnd(5, 'u')) value = value * 85 + (letter.charCodeAt(0) - 33);
    for (let byte = 0; byte < group.length - 1; byte++) bytes.push(Math.floor(value / 256 ** (3 - byte)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** gzip, zlib, or deflate by itself, which nothing marks: of that only what gives text. */
function inflated(bytes: Uint8Array): Uint8Array | 'too large' | undefined {
  const kind = compression(bytes);
  try {
    return (kind === 'gzip' ? gunzipSync : kind === 'zlib' ? inflateSync : inflateRawSync)(bytes, {
      maxOutputLength: inflatedBytes,
    });
  } catch (error) {
    // Otherwise broken off, or nothing compressed at all; without a mark anything may look like much.
    const isLarge = error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return isLarge && kind !== false ? 'too large' : undefined;
  }
}

function compression(bytes: Uint8Array): 'gzip' | 'zlib' | false {
  const [first = 0, second = 0] = bytes;
  if (first === 0x1f && second === 0x8b) return 'gzip';
  return first === 0x78 && (second === 1 || second === 94 || second === 156 || second === 218) ? 'zlib' : false;
}

/** UTF-8, or UTF-16 as PowerShell encodes it; at least four characters, all of them printable. */
function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined || bytes.length < 4) return undefined;
  // What carries its mark of the order of bytes.
  const isMarked = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isWide = isMarked || (bytes.length >= 8 && bytes[1] === 0 && bytes[3] === 0 && bytes[5] === 0);
  try {
    const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
    return isText(text) ? text : undefined;
  } catch {
    // No text.
    return undefined;
  }
}

function isText(text: string): boolean {
  return /^[\t\n\r -~\u00a0-\uffff]+$/.test(text);
}
