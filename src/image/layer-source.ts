import { open } from 'node:fs/promises';
import { pieceBytes } from './decompress.ts';
import { ImageError } from './image-error.ts';
import type { StreamedLocation } from './scan-location.ts';

/** The bytes of a layer as they are stored. Rejects with ImageError where they cannot be had. */
export async function openLayer(location: StreamedLocation, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  return 'file' in location ? readFileRange(location.file, location.offset, location.length) : location.open(signal);
}

/** A range of a file in pieces; throws ImageError `unreadable` where the file ends before it. */
export async function* readFileRange(file: string, offset: number, length: number): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new ImageError('unreadable', `${file} cannot be opened: ${cause.message}`, { cause });
  });
  try {
    let at = 0;
    while (at < length) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(pieceBytes, length - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset + at);
      if (bytesRead === 0) throw new ImageError('unreadable', `${file} ends ${length - at} bytes too early`);
      at += bytesRead;
      yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
