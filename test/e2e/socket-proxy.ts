import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A socket that leads to another one and can be taken away, as when an engine is stopped, while its containers go on. */
export interface SocketProxy {
  readonly path: string;
  open(): Promise<void>;
  /** Breaks every connection and removes the socket. */
  close(): Promise<void>;
}

export function createSocketProxy(path: string, target: string): SocketProxy {
  const connections = new Set<Socket>();
  let server: Server | undefined;

  function join(client: Socket): void {
    const engine = connect(target);
    for (const [one, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      connections.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        connections.delete(one);
        other.destroy();
      });
    }
  }

  return {
    path,
    open: () =>
      new Promise((resolve) => {
        server = createServer(join).listen(path, resolve);
      }),
    close: () =>
      new Promise((resolve) => {
        for (const connection of connections) connection.destroy();
        rmSync(path, { force: true });
        if (server?.listening) server.close(() => resolve());
        else resolve();
      }),
  };
}
