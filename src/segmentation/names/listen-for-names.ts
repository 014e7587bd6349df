import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { type Log, messageOf } from '../../base/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import { createFrameReader, frameOf } from './tcp-frames.ts';

export interface ListenOptions {
  /** Undefined where nothing is answered. Never rejects for what was asked. */
  readonly answer: (asker: string, bytes: Uint8Array, over: 'udp' | 'tcp') => Promise<Uint8Array | undefined>;
  readonly log: Log;
  /** The first of these that is free; 0 is any. */
  readonly ports: readonly number[];
  /** `0.0.0.0` and `::`, where rules keep strangers away; the second only where this machine has version 6. */
  readonly addresses: readonly string[];
}

export interface NameListener {
  readonly port: number;
  close(): Promise<void>;
}

const mostConnections = 256;
const mostOfOne = 16;
/** Milliseconds without a byte, after which a connection ends. */
const patience = 10_000;
const longestQuery = 4096;

/** Answers by UDP and TCP at one port of all addresses. Rejects with SegmentationError `no-resolver`. */
export async function listenForNames({ answer, log, ports, addresses }: ListenOptions): Promise<NameListener> {
  let cause: unknown;
  for (const port of ports) {
    const opened: (() => Promise<void>)[] = [];
    let bound = port;
    try {
      for (const address of addresses) {
        try {
          const tcp = await openTcp(address, bound, answer, log);
          opened.push(tcp.close);
          bound = tcp.port;
          const udp = await openUdp(address, bound, answer, log);
          opened.push(udp.close);
        } catch (error) {
          // A machine without version 6.
          if (!(isWithoutVersion(error) && opened.length > 0)) throw error;
        }
      }
      return { port: bound, close: async () => void (await Promise.all(opened.map((close) => close()))) };
    } catch (error) {
      cause = error;
      await Promise.all(opened.map((close) => close()));
    }
  }
  throw new SegmentationError('no-resolver', `names cannot be looked up for containers: ${messageOf(cause)}`, {
    cause,
  });
}

function isWithoutVersion(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}

interface Opened {
  readonly port: number;
  readonly close: () => Promise<void>;
}

function openUdp(address: string, port: number, answer: ListenOptions['answer'], log: Log): Promise<Opened> {
  const socket: UdpSocket = address.includes(':')
    ? createSocket({ type: 'udp6', ipv6Only: true })
    : createSocket({ type: 'udp4' });
  const close = (): Promise<void> => new Promise((resolve) => socket.close(() => resolve()));
  socket.on('message', (bytes, from) => {
    answer(plain(from.address), bytes, 'udp')
      .then((reply) => {
        // Who asked may be gone: that is told by an error, and nothing comes of it.
        if (reply !== undefined) socket.send(reply, from.port, from.address, () => undefined);
      })
      .catch((error: unknown) => log.error({ error: messageOf(error) }, 'a question for a name could not be answered'));
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => {
      socket.off('error', reject);
      socket.on('error', (error) => log.warn({ error: messageOf(error) }, 'questions for names by UDP'));
      resolve({ port: socket.address().port, close });
    });
  });
}

function openTcp(address: string, port: number, answer: ListenOptions['answer'], log: Log): Promise<Opened> {
  const connections = new Map<Socket, string>();
  const server: Server = createServer((socket) => {
    const from = plain(socket.remoteAddress ?? '');
    const ofOne = [...connections.values()].filter((each) => each === from).length;
    if (connections.size >= mostConnections || ofOne >= mostOfOne) {
      socket.destroy();
      return;
    }
    connections.set(socket, from);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(patience, () => socket.destroy());
    serve(socket, from, answer, log);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of connections.keys()) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: address, ipv6Only: address.includes(':') }, () => {
      server.off('error', reject);
      server.on('error', (error) => log.warn({ error: messageOf(error) }, 'questions for names by TCP'));
      const at = server.address();
      resolve({ port: typeof at === 'object' && at !== null ? at.port : port, close });
    });
  });
}

/** One question after the other: what is not answered ends the connection. */
function serve(socket: Socket, from: string, answer: ListenOptions['answer'], log: Log): void {
  const frames = createFrameReader(longestQuery);
  socket.on('data', (chunk) => {
    socket.pause();
    answerAll(frames.take(chunk)).catch((error: unknown) => {
      log.error({ error: messageOf(error) }, 'a question for a name could not be answered');
      socket.destroy();
    });
  });
  async function answerAll(questions: readonly (Uint8Array | undefined)[]): Promise<void> {
    for (const question of questions) {
      const reply = question === undefined ? undefined : await answer(from, question, 'tcp');
      if (reply === undefined) {
        socket.destroy();
        return;
      }
      socket.write(frameOf(reply));
    }
    socket.resume();
  }
}

/** As rules have it: sockets add the zone to addresses of the link. */
function plain(address: string): string {
  return address.replace(/%.*$/, '');
}
