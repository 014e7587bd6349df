import { describe, expect, it } from 'vitest';
import { CodedError, silentLog } from '../base/index.ts';
import { keepGoing } from './keep-going.ts';

describe('keepGoing', () => {
  it('begins work again that failed, saying why, until it is done', async () => {
    const said: object[] = [];
    const log = { ...silentLog, error: (fields: object) => void said.push(fields) };
    const failures = [new CodedError('unavailable', 'the database is away'), new TypeError('a mistake')];
    const { signal } = new AbortController();
    await keepGoing(
      'the work',
      async () => {
        const failure = failures.shift();
        if (failure) throw failure;
      },
      { log, signal, pauseAtFirst: 1 },
    );
    expect(failures).toEqual([]);
    expect(said).toEqual([{ error: 'the database is away' }, { error: 'a mistake', err: expect.any(TypeError) }]);
  });

  it('ends with the signal, in the midst of work or between two attempts, without a word', async () => {
    const stop = new AbortController();
    const log = { ...silentLog, error: () => stop.abort() };
    const broken = () => Promise.reject(new Error('broken'));
    await keepGoing('the work', broken, { log, signal: stop.signal });
    await keepGoing('the work', broken, { log, signal: stop.signal });

    const cut = new AbortController();
    let words = 0;
    await keepGoing(
      'the work',
      async () => {
        cut.abort();
        throw new Error('cut off');
      },
      { log: { ...silentLog, error: () => void words++ }, signal: cut.signal },
    );
    expect(words).toBe(0);
  });
});
