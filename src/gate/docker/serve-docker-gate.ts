import { createServer, type Socket } from 'node:net';
import { pause } from '../../base/index.ts';
import { createFrameReader, createFrameWriter } from './call-frames.ts';
import type { DockerGate } from './docker-gate.ts';
import { listenPrivately } from './listen-privately.ts';
import { longestDockerCall } from './parse-docker-call.ts';

export interface ServeDockerGateOptions {
  /** The agent's own socket, behind the front, which alone speaks dockerd's protocol. */
  readonly socketPath: string;
  readonly gate: Pick<DockerGate, 'answer'>;
}

export interface DockerGateServer {
  /** Whoever connects from now on finds nobody; what was asked is answered before. */
  close(): Promise<void>;
}

const mostMilliseconds = 1000;

/**
 * Answers the front: calls and answers are frames with numbers on one connection that stays, since HTTP between two processes
 * of our own would take longer than most decisions. Rejects where the socket cannot be made.
 */
export async function serveDockerGate({ socketPath, gate }: ServeDockerGateOptions): Promise<DockerGateServer> {
  const connections = new Set<Socket>();
  let open = 0;
  let drained: (() => void) | undefined;
  const server = createServer((connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    // A front that was ended; what it asked is nobody's any more.
    connection.on('error', () => connection.destroy());
    const read = createFrameReader(longestDockerCall);
    const write = createFrameWriter(connection);
    const answer = async (number: number, call: Uint8Array) => {
      open++;
      // Without a reason it is a denial all the same.
      const reply = await gate.answer(call).catch(() => ({}));
      write({ number, bytes: Buffer.from(JSON.stringify(reply)) });
      if (--open === 0) drained?.();
    };
    connection.on('data', (piece: Buffer) => {
      try {
        for (const { number, bytes } of read(piece)) void answer(number, bytes);
      } catch (error) {
        connection.destroy(error as Error);
      }
    });
  });
  await listenPrivately(server, socketPath);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      // The front answers for whatever takes longer.
      const answered = new Promise<void>((resolve) => (drained = resolve));
      if (open > 0) await Promise.race([answered, pause(mostMilliseconds, new AbortController().signal)]);
      // Behind the turn in which the last answers are written.
      setImmediate(() => {
        for (const connection of connections) connection.end();
      });
      await Promise.race([closed, pause(mostMilliseconds, new AbortController().signal)]);
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}
