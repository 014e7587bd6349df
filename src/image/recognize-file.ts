import { open } from 'node:fs/promises';
import { type Compression, magicBytes, recognizeCompression } from './decompress.ts';
import { ImageError } from './image-error.ts';

/** How a file is compressed. Throws ImageError `unsupported-media-type` for what images do not use. */
export async function recognizeFile(file: string): Promise<Compression> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(magicBytes), 0, magicBytes, 0);
    const compression = recognizeCompression(buffer.subarray(0, bytesRead));
    if (compression === 'bzip2' || compression === 'xz')
      throw new ImageError('unsupported-media-type', `${file} is compressed with ${compression}`, {
        remedy: 'Decompress it first.',
      });
    return compression;
  } finally {
    await handle.close();
  }
}
