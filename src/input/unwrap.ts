import { gunzipSync, inflateSync } from 'node:zlib';

/** A text that stands within a value, freed of what it was wrapped in. */
export interface InnerText {
  readonly text: string;
  /** What it was wrapped in was made to carry bytes: base64, hex, gzip. Otherwise it is how settings are written: JSON, a URL. */
  readonly encoded: boolean;
}

const deepest = 4;
const mostTexts = 400;
const mostCharacters = 131_072;
const inflatedBytes = 65_536;

/**
 * The texts within a value, the value first: strings and keys of JSON, attributes and texts of markup, what stands behind
 * `name=`, in URLs and in encodings, also nested. Bounded: four layers, 400 texts, 128 K characters; `cut` says whether a
 * bound was met.
 */
export function unwrapValue(value: string): { readonly texts: readonly InnerText[]; readonly cut: boolean } {
  const seen = new Set<string>();
  const texts: InnerText[] = [];
  let characters = 0;
  let cut = false;
  const queue: { text: string; encoded: boolean; depth: number }[] = [{ text: value, encoded: false, depth: 0 }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { text, encoded, depth } = next;
    if (seen.has(text)) continue;
    if (texts.length >= mostTexts || characters + text.length > mostCharacters) {
      cut = true;
      continue;
    }
    seen.add(text);
    characters += text.length;
    const inside = depth < deepest ? [...layersOf(text)] : [];
    // What is JSON says nothing as a whole that its strings do not say.
    if (!(inside[0]?.instead ?? false)) texts.push({ text, encoded });
    for (const inner of inside)
      queue.push({ text: inner.text, encoded: encoded || (inner.encoded ?? false), depth: depth + 1 });
  }
  return { texts, cut };
}

interface Layer {
  readonly text: string;
  readonly encoded?: boolean;
  readonly instead?: boolean;
}

function* layersOf(text: string): Generator<Layer> {
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
  if (/%[0-9a-f]{2}/i.test(text)) {
    const plain = percentDecoded(text);
    if (plain !== text) yield { text: plain };
  }
  const pair = /^\s*-{0,2}[\w.[\]-]{1,60}\s*[=:]\s*(?!\/\/)(?=\S)/.exec(text);
  if (pair !== null) yield { text: text.slice(pair[0].length) };
  if (/[?&][\w.-]+=/.test(text)) for (const part of text.split(/[?&]/).slice(0, 50)) yield { text: part };
  if (/^[^\s%&]*\+[^\s%&]*$/.test(text) && text.length < 500 && /[;|`]/.test(text))
    yield { text: text.replaceAll('+', ' ') };
  if (/^[a-z]+:\/\/[^\s]+\/[^\s/]*[^\w\s./-][^\s/]*$/i.test(text))
    yield { text: text.slice(text.lastIndexOf('/') + 1) };
  yield* encodedTexts(text);
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

function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** Blobs of base64 and hex, and what is compressed in them; only what turns out to be text. */
function* encodedTexts(text: string): Generator<Layer> {
  let count = 0;
  for (const [blob] of text.matchAll(/(?:[A-Za-z0-9+/_-]{4}){3,}[A-Za-z0-9+/_-]{0,3}={0,2}|(?:\\x[0-9a-f]{2}){4,}/gi)) {
    if (++count > 20) return;
    if (blob.length > mostCharacters) continue;
    const bytes = bytesOf(blob);
    if (bytes === undefined) continue;
    const inner = textOf(bytes) ?? textOf(inflated(bytes));
    if (inner !== undefined) yield { text: inner, encoded: true };
  }
}

function bytesOf(blob: string): Uint8Array | undefined {
  if (blob.startsWith('\\x')) return Buffer.from(blob.replaceAll('\\x', ''), 'hex');
  if (/^[0-9a-f]+$/i.test(blob)) return blob.length % 2 === 0 ? Buffer.from(blob, 'hex') : undefined;
  // Names and paths are of the same letters.
  if (blob.length < 16 && !blob.endsWith('=')) return undefined;
  if (!/[A-Z]/.test(blob) || !/[a-z]/.test(blob)) return undefined;
  return Buffer.from(blob.replaceAll('-', '+').replaceAll('_', '/'), 'base64');
}

function inflated(bytes: Uint8Array): Uint8Array | undefined {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isZlib = bytes[0] === 0x78 && /^(?:1|94|156|218)$/.test(String(bytes[1]));
  if (!isGzip && !isZlib) return undefined;
  try {
    return (isGzip ? gunzipSync : inflateSync)(bytes, { maxOutputLength: inflatedBytes });
  } catch {
    // Broken off, or larger than what is looked into.
    return undefined;
  }
}

/** UTF-8, or UTF-16 as PowerShell encodes it; at least four characters, all of them printable. */
function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined || bytes.length < 4) return undefined;
  const isWide = bytes.length >= 8 && bytes[1] === 0 && bytes[3] === 0 && bytes[5] === 0;
  try {
    const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
    return /^[\t\n\r -~\u00a0-\uffff]+$/.test(text) ? text : undefined;
  } catch {
    // No text.
    return undefined;
  }
}
