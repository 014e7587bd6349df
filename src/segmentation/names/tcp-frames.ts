/** Messages in a stream, each behind its length in two bytes (RFC 1035, section 4.2.2). */
export interface FrameReader {
  /** Those that are whole by now. What is longer than the limit ends it: undefined comes for it, and nothing more is read. */
  take(chunk: Uint8Array): readonly (Uint8Array | undefined)[];
}

export function createFrameReader(limit = 65_535): FrameReader {
  let rest: Uint8Array = new Uint8Array();
  let isOver = false;
  return {
    take(chunk) {
      if (isOver) return [];
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const frames: (Uint8Array | undefined)[] = [];
      while (rest.length >= 2) {
        const size = (rest[0] as number) * 256 + (rest[1] as number);
        if (size > limit) {
          isOver = true;
          rest = new Uint8Array();
          return [...frames, undefined];
        }
        if (rest.length < size + 2) break;
        frames.push(Uint8Array.from(rest.subarray(2, size + 2)));
        rest = rest.subarray(size + 2);
      }
      return frames;
    },
  };
}

export function frameOf(message: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(message.length >>> 8, message.length & 255), message]);
}
