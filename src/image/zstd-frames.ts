import { Transform, type TransformCallback } from 'node:stream';
import { createZstdDecompress, type ZstdDecompress, type ZstdOptions } from 'node:zlib';

/**
 * Decompresses all frames of a zstd stream, as engines do (RFC 8878, 3.1; zstd:chunked layers have thousands). Node's
 * own stream ends after the first one and drops the rest (Node 24).
 */
export class ZstdFrames extends Transform {
  readonly #options: ZstdOptions;
  #frame: ZstdDecompress | undefined;

  constructor(options: ZstdOptions & { readonly writableHighWaterMark: number }) {
    super({ writableHighWaterMark: options.writableHighWaterMark, readableHighWaterMark: options.chunkSize ?? 65_536 });
    this.#options = options;
  }

  override _transform(bytes: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    const frame = (this.#frame ??= this.#openFrame());
    const before = frame.bytesWritten;
    frame.write(bytes, (error) => {
      // An error has destroyed this stream already.
      if (error) return;
      const rest = bytes.subarray(frame.bytesWritten - before);
      if (rest.length === 0) return done();
      const next = () => {
        this.#frame = undefined;
        this._transform(rest, encoding, done);
      };
      // What the frame holds comes out before anything of the next one.
      if (frame.readableEnded) next();
      else frame.once('end', next);
    });
  }

  override _flush(done: TransformCallback): void {
    const frame = this.#frame;
    if (!frame) return done();
    frame.once('end', () => done());
    frame.end();
    frame.resume();
  }

  override _read(size: number): void {
    this.#frame?.resume();
    super._read(size);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#frame?.destroy();
    done(error);
  }

  #openFrame(): ZstdDecompress {
    const frame = createZstdDecompress(this.#options);
    frame.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) frame.pause();
    });
    frame.on('error', (error) => this.destroy(error));
    return frame;
  }
}
