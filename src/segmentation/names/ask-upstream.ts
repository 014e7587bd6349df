import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import { SegmentationError } from '../segmentation-error.ts';
import { type DnsMessage, type DnsQuestion, parseDnsMessage, rcodes } from './dns-message.ts';
import { plainName } from './dns-name.ts';
import { createFrameReader, frameOf } from './tcp-frames.ts';

export interface UpstreamServer {
  readonly address: string;
  readonly port: number;
}

export interface UpstreamAnswer {
  readonly message: DnsMessage;
  /** As it came, but for the ID. */
  readonly bytes: Uint8Array;
}

export interface Upstream {
  /**
   * Asks one server after another until one answers; undefined where none does. The ID of the query is made here. `tcp` where
   * the asker cannot take a truncated answer, or may be sent one.
   */
  ask(query: Uint8Array, question: DnsQuestion, over: 'udp' | 'tcp'): Promise<UpstreamAnswer | undefined>;
}

export interface UpstreamOptions {
  /** Asked for each question. */
  readonly servers: () => readonly UpstreamServer[];
  /** Milliseconds for one server by UDP, and by TCP. */
  readonly patience?: { readonly udp: number; readonly tcp: number };
}

/** Whoever guesses sends many: a question with so many wrong answers is asked by TCP, where nobody can. */
const mostWrong = 8;
const rounds = 2;

/**
 * Each question goes from a socket of its own, so from a port that the kernel picks, with an ID by chance. What answers is
 * taken if it comes from the server's address and port and has the ID and the question; all else is as if it had not come.
 */
export function createUpstream({ servers, patience = { udp: 1200, tcp: 2500 } }: UpstreamOptions): Upstream {
  return {
    async ask(query, question, over) {
      const all = servers().slice(0, 4);
      let last: UpstreamAnswer | undefined;
      for (let round = 0; round < rounds; round++) {
        for (const server of all) {
          let answer = over === 'udp' ? await askByUdp(server, query, question, patience.udp) : 'tcp';
          if (answer === 'tcp') answer = await askByTcp(server, query, question, patience.tcp);
          if (answer === undefined) continue;
          last = answer;
          const { rcode } = answer.message;
          if (rcode === rcodes.ok || rcode === rcodes.noName) return answer;
        }
        // They answer, if only that they cannot: asking again changes nothing.
        if (last !== undefined) return last;
      }
      return undefined;
    },
  };
}

function askByUdp(
  { address, port }: UpstreamServer,
  query: Uint8Array,
  question: DnsQuestion,
  patience: number,
): Promise<UpstreamAnswer | 'tcp' | undefined> {
  const sent = withRandomId(query);
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    let wrong = 0;
    let isOver = false;
    const timer = setTimeout(() => end(undefined), patience);
    function end(answer: UpstreamAnswer | 'tcp' | undefined): void {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    }
    // Nobody listens there, or there is no way to it: the next is asked.
    socket.on('error', () => end(undefined));
    socket.on('message', (bytes) => {
      if (isOver) return;
      const answer = readAnswer(bytes, sent, question);
      if (answer?.message.flags.truncated === true) end('tcp');
      else if (answer !== undefined) end(answer);
      else if (++wrong >= mostWrong) end('tcp');
    });
    // Of a connected socket the kernel hands on only what comes from that address and port.
    socket.connect(port, address, (error?: Error) => {
      if (error) end(undefined);
      else if (!isOver) socket.send(sent);
    });
  });
}

function askByTcp(
  { address, port }: UpstreamServer,
  query: Uint8Array,
  question: DnsQuestion,
  patience: number,
): Promise<UpstreamAnswer | undefined> {
  const sent = withRandomId(query);
  const socket = createConnection({ host: address, port });
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(undefined), patience);
    function end(answer: UpstreamAnswer | undefined): void {
      clearTimeout(timer);
      socket.removeAllListeners('data');
      socket.destroy();
      resolve(answer);
    }
    const frames = createFrameReader();
    socket.on('error', () => end(undefined));
    socket.on('close', () => end(undefined));
    socket.on('connect', () => socket.write(frameOf(sent)));
    socket.on('data', (chunk) => {
      const [first] = frames.take(chunk);
      if (first !== undefined) end(readAnswer(first, sent, question));
    });
  });
}

function withRandomId(query: Uint8Array): Uint8Array {
  const id = randomInt(65_536);
  const sent = Uint8Array.from(query);
  sent[0] = id >>> 8;
  sent[1] = id & 255;
  return sent;
}

/** Undefined where it is no answer to what was sent. */
function readAnswer(bytes: Uint8Array, sent: Uint8Array, asked: DnsQuestion): UpstreamAnswer | undefined {
  if (bytes[0] !== sent[0] || bytes[1] !== sent[1]) return undefined;
  let message: DnsMessage;
  try {
    message = parseDnsMessage(bytes);
  } catch (error) {
    if (error instanceof SegmentationError) return undefined;
    throw error;
  }
  const [question, ...more] = message.questions;
  const isIt =
    message.isResponse &&
    message.opcode === 0 &&
    more.length === 0 &&
    question !== undefined &&
    plainName(question.name) === plainName(asked.name) &&
    question.type === asked.type &&
    question.class === asked.class;
  return isIt ? { message, bytes } : undefined;
}
