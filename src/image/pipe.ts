/** Bytes from one who has them to one who iterates: a write is done when its piece has been taken and worked on. */
export class Pipe implements AsyncIterable<Uint8Array> {
  #piece: Uint8Array | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  /** At once where nobody reads any more. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) return;
    this.#piece = bytes;
    await this.#untilTaken();
  }

  /** Resolves when the reader has seen the end. */
  async end(): Promise<void> {
    this.#ended = true;
    if (!this.#closed) await this.#untilTaken();
  }

  async fail(error: unknown): Promise<void> {
    this.#failure = { error };
    if (!this.#closed) await this.#untilTaken();
  }

  #untilTaken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeWriter = resolve;
      this.#wakeReader?.();
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        if (this.#failure) throw this.#failure.error;
        if (this.#piece) {
          const piece = this.#piece;
          this.#piece = undefined;
          yield piece;
          this.#wakeWriter?.();
        } else if (this.#ended) return;
        else
          await new Promise<void>((resolve) => {
            this.#wakeReader = resolve;
          });
      }
    } finally {
      this.#closed = true;
      this.#wakeWriter?.();
    }
  }
}
