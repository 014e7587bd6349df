import type { JsonPiece } from './split-json.ts';

/** The lines of a stream that are not blank, each at most `limit` bytes; a longer one is passed over and said to be so. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<JsonPiece> {
  let line = 1;
  let parts: Buffer[] = [];
  let size = 0;

  function finish(): JsonPiece | undefined {
    const piece: JsonPiece =
      size > limit
        ? { line, fault: `it is larger than ${limit} bytes` }
        : { line, text: trim(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)) };
    parts = [];
    size = 0;
    return 'text' in piece && piece.text.length === 0 ? undefined : piece;
  }

  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let from = 0; from < chunk.length; ) {
      const newline = chunk.indexOf(10, from);
      const end = newline < 0 ? chunk.length : newline;
      size += end - from;
      if (size <= limit) parts.push(chunk.subarray(from, end));
      else parts = [];
      from = end + 1;
      if (newline < 0) continue;
      const piece = finish();
      if (piece) yield piece;
      line++;
    }
  }
  const last = finish();
  if (last) yield last;
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

function trim(text: Buffer): Buffer {
  let start = text.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  let end = text.length;
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  return text.subarray(start, end);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a;
}
