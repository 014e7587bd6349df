/**
 * What came in from an engine and was not worked on yet. When more piles up than `limit`, all of it is dropped and
 * `takeOverflow` says so: a full look is then cheaper than the events.
 */
export interface EventQueue<Event> {
  /** The next event; undefined when none came for `timeout` milliseconds. Rejects once the source has ended. */
  next(timeout: number): Promise<Event | undefined>;
  readonly isEmpty: boolean;
  takeOverflow(): boolean;
}

/** Reads the source at once and for as long as it sends. `ended` is what to say when it ends without an error. */
export function createEventQueue<Event>(source: AsyncIterable<Event>, limit: number, ended: Error): EventQueue<Event> {
  let waiting: Event[] = [];
  let overflow = false;
  let failure: unknown;
  let wake = (): void => {};

  async function read(): Promise<void> {
    for await (const event of source) {
      if (waiting.length >= limit) {
        waiting = [];
        overflow = true;
      }
      waiting.push(event);
      wake();
    }
    throw ended;
  }
  read().catch((error: unknown) => {
    failure = error;
    wake();
  });

  return {
    async next(timeout) {
      if (waiting.length === 0 && failure === undefined) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeout);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      if (waiting.length === 0 && failure !== undefined) throw failure;
      return waiting.shift();
    },
    get isEmpty() {
      return waiting.length === 0;
    },
    takeOverflow() {
      const was = overflow;
      overflow = false;
      return was;
    },
  };
}
