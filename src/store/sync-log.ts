import { type FileHandle, open } from 'node:fs/promises';

/** Brings what was committed to a SQLite file onto the disk. */
export interface LogSync {
  /** Resolves when everything that was committed before outlives the power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * What SQLite does at each commit with `synchronous = full`, and with `normal` leaves to whoever wants it: in WAL mode a
 * transaction is durable once the log that it was appended to is synced (sqlite.org/wal.html). SQLite would hold the event loop
 * meanwhile. The log is one file for as long as a connection is open, which its checkpoints begin anew and never exchange.
 */
export function syncLog(file: string): LogSync {
  let opened: Promise<FileHandle> | undefined;
  const log = async (): Promise<FileHandle> => {
    opened ??= open(`${file}-wal`, 'r+');
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
  return {
    sync: async () => (await log()).datasync(),
    close: async () => {
      await (await opened)?.close();
    },
  };
}
