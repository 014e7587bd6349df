import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeClamd {
  readonly address: string;
  /** How many connections were opened so far. */
  connections(): number;
  stop(): Promise<void>;
}

/** What it does with the bytes of a file: a reply without its number, or something rude to the socket. */
type Answer = (bytes: Buffer, socket: Socket) => string | undefined;

/** Speaks as clamd does in a session (clamd/server-th.c), and misbehaves as it is told. Breaks off over larger files. */
export async function startFakeClamd(
  answer: Answer,
  greeting = 'ClamAV 1.4.3/27400/Mon',
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<FakeClamd> {
  const directory = mkdtempSync(join(tmpdir(), 'pw-clamd-'));
  const path = join(directory, 's');
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    let rest: Buffer = Buffer.alloc(0);
    let command = 0;
    let file: Buffer[] | undefined;
    socket.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      for (;;) {
        if (file) {
          if (rest.length < 4) return;
          const length = rest.readUInt32BE(0);
          if (rest.length < 4 + length) return;
          file.push(rest.subarray(4, 4 + length));
          rest = rest.subarray(4 + length);
          if (file.reduce((sum, { length: bytes }) => sum + bytes, 0) > mostBytes) {
            socket.destroy();
            return;
          }
          if (length > 0) continue;
          const reply = answer(Buffer.concat(file), socket);
          file = undefined;
          if (reply !== undefined) socket.write(`${command}: ${reply}\0`);
        }
        const end = rest.indexOf(0);
        if (end < 0) return;
        const line = rest.toString('latin1', 0, end);
        rest = rest.subarray(end + 1);
        if (line !== 'zIDSESSION') command++;
        if (line === 'zVERSION') socket.write(`${command}: ${greeting}\0`);
        if (line === 'zINSTREAM') file = [];
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    address: `unix:${path}`,
    connections: () => connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true });
    },
  };
}
