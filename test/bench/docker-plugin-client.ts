/**
 * Forked by docker-plugin.bench.ts: asks a plugin as dockerd's client does, and as cheaply as can be here: bytes that were made
 * before, over sockets of its own. For `{ socket, calls }` it sends all calls at once, each by AuthZReq and, behind its answer,
 * AuthZRes; and answers what each took in milliseconds, and what the processor had to do for it here.
 */
import { connect, type Socket } from 'node:net';

export interface Burst {
  readonly socket: string;
  readonly calls: readonly string[];
}

export interface BurstTimes {
  /** Of AuthZReq, and of AuthZRes. */
  readonly times: readonly (readonly number[])[];
  /** Milliseconds of processor time for all of it. */
  readonly used: number;
}

/** As moby's client of plugins: Go's transport keeps two that are idle (DefaultMaxIdleConnsPerHost). */
const mostIdle = 2;
const idle = new Map<string, Socket[]>();
const yes = Buffer.from('{"Allow":true}');

function requestOf(path: string, body: string): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: %2Frun%2Fdocker%2Fplugins%2Fportwarden.sock\r\nUser-Agent: Go-http-client/1.1`;
  const accept = 'Accept: application/vnd.docker.plugins.v1.2+json';
  return Buffer.from(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${accept}\r\n\r\n${body}`);
}

/** Milliseconds until the plugin has said yes. Its answers are short: they come in one piece. */
function ask(path: string, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const free = idle.get(path) ?? [];
    idle.set(path, free);
    const socket = free.pop() ?? connect(path).on('error', reject);
    socket.once('data', (answer: Buffer) => {
      const took = performance.now() - begun;
      if (!answer.subarray(-yes.length).equals(yes)) reject(new Error(`${path} says ${answer}`));
      if (free.length < mostIdle) free.push(socket);
      else socket.destroy();
      resolve(took);
    });
    socket.write(bytes);
  });
}

process.on('message', async ({ socket, calls }: Burst) => {
  const requests = calls.map((call) => [
    requestOf('/AuthZPlugin.AuthZReq', call),
    requestOf('/AuthZPlugin.AuthZRes', call),
  ]);
  const before = process.cpuUsage();
  const all = requests.map(async (pair) => {
    const times: number[] = [];
    for (const bytes of pair) times.push(await ask(socket, bytes));
    return times;
  });
  const times = await Promise.all(all);
  const { user, system } = process.cpuUsage(before);
  process.send?.({ times, used: (user + system) / 1000 } satisfies BurstTimes);
});
