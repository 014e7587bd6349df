import { parseStrictJson } from '../../launch/index.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The same values as parseStrictJson with `foldKeys: false`, in a third of the time, for what an API server sends: JSON.parse,
 * and a count of the keys in the text against those of the value, which differ where a key is there twice. Whatever this has
 * doubts about goes through the strict parser, which finds the words for it. Keys that differ in case alone are left to who
 * reads them: the API server writes reviews from types of its own, and each reader here knows its keys. Throws LaunchError.
 */
export function parseReviewJson(
  bytes: Uint8Array,
  limits: { readonly maxBytes: number; readonly maxDepth: number },
): unknown {
  if (bytes.length <= limits.maxBytes) {
    const value = parseFast(bytes, limits.maxDepth);
    if (value !== undefined) return value;
  }
  return parseStrictJson(bytes, { ...limits, foldKeys: false });
}

function parseFast(bytes: Uint8Array, maxDepth: number): unknown {
  try {
    const text = decoder.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (text.includes('\\ud') || text.includes('\\uD')) return undefined;
    const count = countKeys(value, maxDepth);
    return count === countColons(text) || count === countKeysOf(text) ? value : undefined;
  } catch {
    // The strict parser says what is wrong, and where.
    return undefined;
  }
}

/** NaN, which equals nothing, where it nests too deep or holds a number that a double may not hold as it was written. */
function countKeys(value: unknown, depth: number): number {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) || (Number.isFinite(value) && value % 1 !== 0) ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === 0) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item !== 'string') count += countKeys(item, depth - 1);
    return count;
  }
  const object = value as Readonly<Record<string, unknown>>;
  for (const key in object) {
    count++;
    const item = object[key];
    if (typeof item !== 'string') count += countKeys(item, depth - 1);
  }
  return count;
}

/**
 * Colons behind a quote that may end a string, in text that is JSON: never fewer than there are keys, and few are more, such as
 * that of `":8080"`. Most of the text is passed over.
 */
function countColons(text: string): number {
  let count = 0;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1;
    let code = text.charCodeAt(before);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(--before);
    if (code === 34 && !isEscaped(text, before)) count++;
  }
  return count;
}

/** Strings that a colon follows, in text that is JSON: exactly the keys. */
function countKeysOf(text: string): number {
  let count = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    let close = text.indexOf('"', open + 1);
    while (isEscaped(text, close)) close = text.indexOf('"', close + 1);
    let next = close + 1;
    let code = text.charCodeAt(next);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++next);
    if (code === 58) count++;
    open = text.indexOf('"', next);
  }
  return count;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === 92) before--;
  return (at - before) % 2 === 0;
}
