import type { Client } from 'pg';

export interface ServerProbe {
  /** Resolves where the server answers. Rejects where it does not within the time, twice; or as pg does. */
  ask(): Promise<void>;
  close(): void;
}

/**
 * Asks a server whether it is there, on a connection of its own: those of the pool may all be at work. A machine that lost its
 * power closes nothing; what waits for it waits for a quarter of an hour (tcp_retries2 of Linux).
 */
export function createProbe(open: () => Client): ServerProbe {
  let current: Client | undefined;
  let isOver = false;

  function leave(): void {
    // Whoever says nothing is not waited for.
    current?.end().catch(() => undefined);
    current = undefined;
  }

  async function connect(): Promise<Client> {
    const client = open();
    // It says so to whoever asks; an event that nobody hears ends the process.
    client.on('error', () => undefined);
    current = client;
    await client.connect();
    return client;
  }

  async function tryOnce(): Promise<void> {
    if (isOver) throw new TypeError('nobody asks any more');
    try {
      const client = current ?? (await connect());
      await client.query('select 1');
    } catch (error) {
      leave();
      throw error;
    }
  }

  return {
    // A server that was started anew has ended the connection, and a moment in which this process did nothing is none of it.
    ask: () => tryOnce().catch(tryOnce),
    close() {
      isOver = true;
      leave();
    },
  };
}

/** Whether nobody was there to refuse: what a server answers has a code of five (PostgreSQL 15, appendix A). */
export function isSilence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !/^[0-9A-Z]{5}$/.test(code);
}
