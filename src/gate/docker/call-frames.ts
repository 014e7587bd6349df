import type { Socket } from 'node:net';
import { DockerGateError } from './docker-gate-error.ts';

/** One call, or its answer, on the connection between the front and the agent. */
export interface CallFrame {
  /** Told apart by it: answers come in any order. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Number and length, four bytes each, the most significant first. */
const headLength = 8;

/**
 * Takes a stream apart into its frames: what is not whole yet is kept for the next piece. Throws DockerGateError `bad-call` at
 * a frame of more than `longest` bytes; behind that, nothing of the stream has a meaning.
 */
export function createFrameReader(longest: number): (piece: Uint8Array) => readonly CallFrame[] {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let wanted = headLength;
  return (piece) => {
    pieces.push(piece);
    size += piece.byteLength;
    // Joined when a frame is whole, not at each piece of it.
    if (size < wanted) return [];
    const bytes = pieces.length === 1 ? piece : Buffer.concat(pieces, size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: CallFrame[] = [];
    let at = 0;
    for (wanted = headLength; size - at >= wanted; wanted = headLength) {
      const length = view.getUint32(at + 4);
      if (length > longest) throw new DockerGateError('bad-call', `a frame is longer than ${longest} bytes`);
      wanted += length;
      if (size - at < wanted) break;
      frames.push({ number: view.getUint32(at), bytes: bytes.subarray(at + headLength, at + wanted) });
      at += wanted;
    }
    size -= at;
    pieces = size === 0 ? [] : [bytes.subarray(at)];
    return frames;
  };
}

export function encodeFrame({ number, bytes }: CallFrame): Uint8Array {
  const frame = Buffer.allocUnsafe(headLength + bytes.byteLength);
  frame.writeUInt32BE(number, 0);
  frame.writeUInt32BE(bytes.byteLength, 4);
  frame.set(bytes, headLength);
  return frame;
}

/** Sends frames: those of one turn of the event loop together, so that whoever reads them looks at all of them at once. */
export function createFrameWriter(socket: Socket): (frame: CallFrame) => void {
  let waiting: Uint8Array[] = [];
  const flush = () => {
    const frames = waiting;
    waiting = [];
    if (!socket.destroyed) socket.write(frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames));
  };
  return (frame) => {
    if (waiting.length === 0) setImmediate(flush);
    waiting.push(encodeFrame(frame));
  };
}
