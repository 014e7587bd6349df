import { CodedError } from './errors.ts';

export type BoundErrorCode = 'too-large' | 'too-deep' | 'bad-json' | 'bad-utf8' | 'too-slow';

/** Outside bytes went over a bound, or are not what they claim to be. */
export class BoundError extends CodedError<BoundErrorCode> {}

/** The whole of a stream, at most `limit` bytes. Throws BoundError `too-large` as soon as it is over. */
export async function readBounded(stream: AsyncIterable<Uint8Array>, limit: number, what: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > limit) throw new BoundError('too-large', `${what} is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes as text. Throws BoundError `bad-utf8` rather than replacing what it cannot read. */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new BoundError('bad-utf8', `${what} is not valid UTF-8`, { cause });
  }
}

/** The deepest nesting that outside JSON may have. */
export const maxJsonDepth = 128;

/**
 * JSON from outside: bounded in size by what the caller read, bounded in depth here before it is parsed, because the
 * recursion that follows a parse is where deep nesting hurts. A `__proto__` key is dropped.
 */
export function parseJson(text: string, what: string): unknown {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 92) i++;
      else if (code === 34) inString = false;
    } else if (code === 34) {
      // Most texts have no escape: then their end is what the next quote is.
      const end = text.indexOf('"', i + 1);
      if (end > 0 && text.charCodeAt(end - 1) !== 92) i = end;
      else inString = true;
    } else if (code === 123 || code === 91) {
      if (++depth > maxJsonDepth) throw new BoundError('too-deep', `${what} nests deeper than ${maxJsonDepth} levels`);
    } else if (code === 125 || code === 93) depth--;
  }
  try {
    // The key may also be written with escapes; only then is the slower parse with a reviver needed.
    const hasProto = text.includes('__proto__') || /\\u005f/i.test(text);
    return JSON.parse(text, hasProto ? (key, value) => (key === '__proto__' ? undefined : value) : undefined);
  } catch (cause) {
    throw new BoundError('bad-json', `${what} is not valid JSON`, { cause });
  }
}
