import { readSync } from 'node:fs';
import { RandomAccessReader } from 'yauzl';

const windowBytes = 1024 * 1024;
const windowsKept = 4;

/**
 * Random access to a file through a few windows in memory: an archive of 200,000 small entries would otherwise cost a
 * million tiny reads, each a trip to a thread.
 */
export class WindowedFile extends RandomAccessReader {
  readonly #fd: number;
  /** By their position in units of windows; the one used last is the last. */
  readonly #windows = new Map<number, Buffer>();

  constructor(fd: number) {
    super();
    this.#fd = fd;
  }

  /** The bytes from a position on; fewer than asked for at the end of the file. */
  bytes(position: number, length: number): Buffer {
    const parts: Buffer[] = [];
    for (let at = position; at < position + length; ) {
      const part = this.#window(Math.floor(at / windowBytes)).subarray(
        at % windowBytes,
        Math.min(windowBytes, (at % windowBytes) + position + length - at),
      );
      if (part.length === 0) break;
      parts.push(part);
      at += part.length;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    let fault: Error | null = null;
    try {
      const copied = this.bytes(position, length).copy(buffer, offset);
      if (copied < length) fault = new Error('it is cut off');
    } catch (error) {
      fault = error as Error;
    }
    process.nextTick(callback, fault);
  }

  #window(index: number): Buffer {
    const before = this.#windows.get(index);
    this.#windows.delete(index);
    const window = before ?? this.#load(index);
    this.#windows.set(index, window);
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= windowsKept) break;
      this.#windows.delete(oldest);
    }
    return window;
  }

  #load(index: number): Buffer {
    const window = Buffer.allocUnsafe(windowBytes);
    let size = 0;
    for (let read = -1; read !== 0 && size < windowBytes; size += read) {
      read = readSync(this.#fd, window, size, windowBytes - size, index * windowBytes + size);
    }
    return window.subarray(0, size);
  }
}
