import type { JsonPiece } from './split-json.ts';

const newline = 0x0a;
const quoteMark = 0x22;
const comma = 0x2c;
const backslash = 0x5c;

/**
 * The elements of one JSON list, or the members of one object, as the brackets and quotes in it say. An element larger than `limit` bytes is passed
 * over and said to be so, and so is a list without its end.
 */
export async function* splitList(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<JsonPiece> {
  const scanner = new ListScanner(limit);
  for await (const chunk of chunks) yield* scanner.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  yield* scanner.end();
}

class ListScanner {
  readonly #limit: number;
  #line = 1;
  /** 0 before the list and after it, 1 between elements, more within one. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #ended = false;
  /** The element that is being read: its line, its parts from earlier chunks, and their size. */
  #began: number | undefined;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  *push(chunk: Buffer): Generator<JsonPiece> {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (byte === newline) this.#line++;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quoteMark) this.#inString = false;
        continue;
      }
      const opens = byte === 0x7b || byte === 0x5b;
      const closes = byte === 0x7d || byte === 0x5d;
      if (this.#depth === 0) {
        if (opens && !this.#ended) this.#depth = 1;
        else if (byte > 0x20 && this.#ended) yield* this.#trailing();
        continue;
      }
      if (this.#depth === 1 && (byte === comma || closes)) {
        if (this.#began !== undefined) yield this.#finish(chunk.subarray(from, i));
        if (closes) {
          this.#depth = 0;
          this.#ended = true;
        }
        continue;
      }
      if (this.#began === undefined && byte > 0x20) {
        this.#began = this.#line;
        from = i;
      }
      if (opens) this.#depth++;
      else if (closes) this.#depth--;
      else if (byte === quoteMark) this.#inString = true;
    }
    if (this.#began !== undefined) this.#keep(chunk.subarray(from));
  }

  *end(): Generator<JsonPiece> {
    if (!this.#ended) yield { line: this.#began ?? this.#line, fault: 'it is cut off', cutOff: true };
  }

  *#trailing(): Generator<JsonPiece> {
    this.#depth = Number.NEGATIVE_INFINITY;
    yield { line: this.#line, fault: 'something follows the list' };
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= this.#limit) this.#parts.push(part);
    else this.#parts = [];
  }

  #finish(part: Buffer): JsonPiece {
    this.#keep(part);
    const line = this.#began as number;
    const piece: JsonPiece =
      this.#size > this.#limit
        ? { line, fault: `it is larger than ${this.#limit} bytes` }
        : { line, text: Buffer.concat(this.#parts) };
    this.#began = undefined;
    this.#parts = [];
    this.#size = 0;
    return piece;
  }
}
