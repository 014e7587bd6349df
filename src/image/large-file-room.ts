/**
 * Memory for the one large file that is gathered at a time, whatever the number of layers that a thread reads beside each
 * other: who has none free waits, and its layer with it.
 */
export class LargeFileRoom {
  #buffer = Buffer.alloc(0);
  #holder: object | undefined;
  readonly #waiting = new Set<() => void>();

  /** Room for so many bytes, until it is given back; undefined while somebody else has it. */
  take(holder: object, bytes: number): Buffer | undefined {
    if (this.#holder !== undefined && this.#holder !== holder) return undefined;
    this.#holder = holder;
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafeSlow(bytes);
    return this.#buffer;
  }

  /** Without effect where somebody else has it. */
  giveBack(holder: object): void {
    if (this.#holder !== holder) return;
    this.#holder = undefined;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Is called each time that the room becomes free. */
  onFree(wake: () => void): void {
    this.#waiting.add(wake);
  }

  offFree(wake: () => void): void {
    this.#waiting.delete(wake);
  }
}
