import { asObject, BoundError, decodeUtf8, type JsonObject, parseJson } from '../../base/index.ts';

/**
 * A JSON object from outside, or a text that says why it is none. A key that occurs twice in one object is refused: JSON.parse keeps the
 * last, others keep the first, and what was signed must mean one thing (RFC 7515 section 4, RFC 8259 section 4).
 */
export function readJsonObject(bytes: Uint8Array, what: string): JsonObject | string {
  try {
    const text = decodeUtf8(bytes, what);
    const object = asObject(parseJson(text, what));
    if (object === undefined) return `${what} is not a JSON object`;
    return hasRepeatedKey(text) ? `${what} has the same key twice` : object;
  } catch (error) {
    if (error instanceof BoundError) return error.message;
    throw error;
  }
}

/** Of text that is known to be JSON. */
function hasRepeatedKey(text: string): boolean {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g;
  const open: Set<string>[] = [];
  for (const [piece, colon] of text.matchAll(token)) {
    if (piece === '{') open.push(new Set());
    else if (piece === '}') open.pop();
    else if (colon !== undefined) {
      // The same key may be spelled with escapes.
      const key = String(JSON.parse(piece.slice(0, -colon.length)));
      const keys = open.at(-1);
      if (keys?.has(key)) return true;
      keys?.add(key);
    }
  }
  return false;
}
