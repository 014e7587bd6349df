import { describe, expect, it } from 'vitest';
import { createEventQueue } from './event-queue.ts';

const ended = new Error('the stream ended');

/** A source that sends when it is told to. */
function createSource(): { push(event: number): void; end(error?: Error): void; events: AsyncIterable<number> } {
  const waiting: (number | undefined)[] = [];
  let failure: Error | undefined;
  let wake = (): void => {};
  return {
    push(event) {
      waiting.push(event);
      wake();
    },
    end(error) {
      failure = error;
      waiting.push(undefined);
      wake();
    },
    events: (async function* () {
      for (;;) {
        if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const event = waiting.shift();
        if (failure && event === undefined) throw failure;
        if (event === undefined) return;
        yield event;
      }
    })(),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('events that wait', () => {
  it('come in order, before the end that follows them', async () => {
    const source = createSource();
    const queue = createEventQueue(source.events, 10, ended);
    source.push(1);
    source.push(2);
    source.end();
    await turn();
    expect([await queue.next(1000), await queue.next(1000), queue.isEmpty]).toEqual([1, 2, true]);
    await expect(queue.next(1000)).rejects.toBe(ended);
    await expect(queue.next(1000)).rejects.toBe(ended);
  });

  it('wake whoever waits for them', async () => {
    const source = createSource();
    const queue = createEventQueue(source.events, 10, ended);
    const next = queue.next(60_000);
    source.push(7);
    expect(await next).toBe(7);
  });

  it('are nothing when none comes in time', async () => {
    const queue = createEventQueue(createSource().events, 10, ended);
    expect(await queue.next(1)).toBeUndefined();
  });

  it('fail as their source does', async () => {
    const source = createSource();
    const queue = createEventQueue(source.events, 10, ended);
    const failure = new Error('cut off');
    source.end(failure);
    await expect(queue.next(60_000)).rejects.toBe(failure);
  });

  it('are dropped when too many pile up, and it is said once', async () => {
    const source = createSource();
    const queue = createEventQueue(source.events, 3, ended);
    for (let event = 1; event <= 5; event++) {
      source.push(event);
      await turn();
    }
    expect([await queue.next(1000), await queue.next(1000), queue.isEmpty]).toEqual([4, 5, true]);
    expect([queue.takeOverflow(), queue.takeOverflow()]).toEqual([true, false]);
  });
});
