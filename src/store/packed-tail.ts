import { packText } from './codec.ts';

/**
 * The end of a text, packed once for all texts that end so. The format is zstd's (RFC 8878, section 3.1.1), so that whoever
 * unpacks sees nothing of it: a frame of one block that is not compressed, and of the blocks that the end alone was packed
 * into. What those copy lies in the end itself, and a block that is not compressed changes nothing of how they are read.
 */
export interface PackedTail {
  /** Of the text, in bytes. */
  readonly length: number;
  readonly blocks: Uint8Array;
}

/** As long as what stands before a tail may be: it takes as many bytes packed. */
export const longestBeforeTail = 4096;

export function packTail(tail: string): PackedTail {
  const frame = packText(tail);
  return { length: Buffer.byteLength(tail), blocks: frame.subarray(headerLength(frame)) };
}

/** What unpacks to `start` and the text of the tail. */
export function packBefore(start: string, { length, blocks }: PackedTail): Buffer {
  const size = Buffer.byteLength(start);
  if (size > longestBeforeTail) throw new RangeError(`${size} bytes do not go before a packed tail`);
  const frame = Buffer.allocUnsafe(12 + size + blocks.byteLength);
  frame.writeUInt32LE(0xfd2fb528, 0);
  // One segment, its size told in four bytes, no checksum, no dictionary.
  frame[4] = 0b1010_0000;
  frame.writeUInt32LE(size + length, 5);
  // A block that is neither the last nor compressed.
  frame.writeUIntLE(size << 3, 9, 3);
  frame.write(start, 12);
  frame.set(blocks, 12 + size);
  return frame;
}

/** Of a frame without a checksum, as ours are. */
function headerLength(frame: Uint8Array): number {
  const descriptor = frame[4] ?? 0;
  const isSingle = (descriptor & 0b0010_0000) !== 0;
  const sizeField = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryField = [0, 1, 2, 4][descriptor & 0b11] ?? 0;
  return 5 + (isSingle ? 0 : 1) + dictionaryField + sizeField;
}
