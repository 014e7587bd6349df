import { splitLines } from './split-lines.ts';
import { splitList } from './split-list.ts';
import { peek } from './unpack.ts';

/** The text of one JSON value of a stream and the line that it begins on, or why there is none. `cutOff`: nobody knows what else there was. */
export type JsonPiece =
  | { readonly line: number; readonly text: Buffer }
  | { readonly line: number; readonly fault: string; readonly cutOff?: true };

/**
 * Cuts a stream into the JSON values in it without parsing them: the elements of one list, values line by line, or one
 * value on many lines. A value larger than `limit` bytes is passed over, and a broken line costs that line only. Holds
 * no more than one value.
 */
export async function* splitJson(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<JsonPiece> {
  const peeked = await peek(chunks, 1024);
  if (startsList(peeked.head)) yield* splitList(peeked.chunks, limit);
  else yield* joinDocument(splitLines(peeked.chunks, limit), limit);
}

/** Lines are values of their own, unless the first line opens a value that the second one goes on with. */
async function* joinDocument(lines: AsyncGenerator<JsonPiece>, limit: number): AsyncGenerator<JsonPiece> {
  try {
    const first = await lines.next();
    if (first.done) return;
    const second = await lines.next();
    if (second.done || isWhole(first.value) || startsValue(second.value)) {
      yield first.value;
      if (!second.done) yield second.value;
      yield* lines;
      return;
    }
    const parts: Buffer[] = [];
    let size = 0;
    for (let next: IteratorResult<JsonPiece> = first; !next.done; next = next === first ? second : await lines.next()) {
      if ('fault' in next.value || (size += next.value.text.length + 1) > limit) {
        yield { line: first.value.line, fault: `it is larger than ${limit} bytes` };
        return;
      }
      parts.push(next.value.text, Buffer.from('\n'));
    }
    yield { line: first.value.line, text: Buffer.concat(parts) };
  } finally {
    await lines.return(undefined);
  }
}

function startsList(head: Uint8Array): boolean {
  return /^(?:\u{feff})?\s*\[/u.test(Buffer.from(head).toString('utf8'));
}

function startsValue(piece: JsonPiece): boolean {
  return 'fault' in piece || piece.text[0] === 0x7b;
}

/** Every bracket that it opens is closed again; a line that is broken otherwise counts as whole, being no beginning. */
function isWhole(piece: JsonPiece): boolean {
  if ('fault' in piece) return true;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < piece.text.length; i++) {
    const byte = piece.text[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return depth <= 0;
}
