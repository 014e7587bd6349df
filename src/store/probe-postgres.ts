import type { Socket } from 'node:net';
import type { Client } from 'pg';

export interface ServerProbe {
  /** Resolves where the server answers. Rejects where it does not within the time, twice; or as pg does. */
  ask(): Promise<void>;
  close(): void;
}

/** A connection that is not open yet, and the socket that it will use. */
export interface ProbeConnection {
  readonly client: Client;
  readonly socket: Socket;
}

/**
 * Asks a server whether it is there, on a connection of its own: those of the pool may all be at work. A machine that lost its
 * power closes nothing; what waits for it waits for a quarter of an hour (tcp_retries2 of Linux).
 */
export function createProbe(connect: () => ProbeConnection): ServerProbe {
  let current: ProbeConnection | undefined;

  function close(): void {
    // To end it in order would be to wait for whoever says nothing.
    current?.socket.destroy();
    current = undefined;
  }

  async function tryOnce(): Promise<void> {
    try {
      if (!current) {
        current = connect();
        // It says so to whoever asks; an event that nobody hears ends the process.
        current.client.on('error', () => undefined);
        await current.client.connect();
      }
      await current.client.query('select 1');
    } catch (error) {
      close();
      throw error;
    }
  }

  return {
    // A server that was started anew has ended the connection, and a moment in which this process did nothing is none of it.
    ask: () => tryOnce().catch(tryOnce),
    close,
  };
}

/** Whether nobody was there to refuse: what a server answers has a code of five (PostgreSQL 15, appendix A). */
export function isSilence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !/^[0-9A-Z]{5}$/.test(code);
}
