import { BoundError, decodeUtf8, parseJson } from '../../base/index.ts';

/**
 * The JSON values of a stream that has one on each line, as engines write events. Throws BoundError for a line longer
 * than `limit` bytes or one that is no JSON; an unfinished last line is left out.
 */
export async function* readJsonLines(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
  what: string,
): AsyncIterable<unknown> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    let bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
      const line = decodeUtf8(bytes.subarray(0, end), what).trim();
      bytes = bytes.subarray(end + 1);
      if (line !== '') yield parseJson(line, what);
    }
    if (bytes.length > limit) throw new BoundError('too-large', `a line of ${what} is longer than ${limit} bytes`);
    rest = bytes;
  }
}
