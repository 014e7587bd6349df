import { chmodSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname } from 'node:path';

/**
 * Lets a server listen on a unix socket that is the owner's alone. The socket takes its name only when it listens: where
 * another process has the name, there is no moment without a listener. Rejects where the socket cannot be made.
 */
export async function listenPrivately(server: Server, socketPath: string): Promise<void> {
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o755 });
  // Closing removes the name that it listened at first, so that a successor's stays.
  const draft = `${socketPath}.${process.pid}`;
  try {
    unlinkSync(draft);
  } catch {
    // There is none of that name.
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(draft, resolve);
  });
  chmodSync(draft, 0o600);
  renameSync(draft, socketPath);
}
