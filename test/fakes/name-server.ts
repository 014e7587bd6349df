import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { parseAddress } from '../../src/base/index.ts';
import {
  type DnsMessage,
  type DnsRecord,
  dnsTypes,
  formatDnsMessage,
  parseDnsMessage,
  questionFlags,
} from '../../src/segmentation/names/dns-message.ts';
import { createFrameReader, frameOf } from '../../src/segmentation/names/tcp-frames.ts';

/** What a server says to a question: none, one or more messages, as they are sent. */
export type Saying = (query: DnsMessage, over: 'udp' | 'tcp') => readonly Uint8Array[];

export interface NameServer {
  readonly port: number;
  /** Questions so far, with how they came. */
  readonly asked: readonly {
    readonly name: string;
    readonly type: number;
    readonly over: 'udp' | 'tcp';
    readonly from: number;
    readonly id: number;
  }[];
  say(saying: Saying): void;
  close(): Promise<void>;
}

/** A server, on loopback unless said otherwise, that says whatever a test wants, also what no honest one would. */
export async function startNameServer(
  saying: Saying,
  { address = '127.0.0.1', port: wanted = 0 }: { readonly address?: string; readonly port?: number } = {},
): Promise<NameServer> {
  let says = saying;
  const asked: NameServer['asked'][number][] = [];
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const tcp = createServer((socket) => {
    const frames = createFrameReader();
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const frame of frames.take(chunk)) {
        if (frame === undefined) continue;
        for (const reply of hear(frame, 'tcp', socket.remotePort ?? 0)) socket.write(frameOf(reply));
      }
    });
  });
  function hear(bytes: Uint8Array, over: 'udp' | 'tcp', from: number): readonly Uint8Array[] {
    const query = parseDnsMessage(bytes);
    const [question] = query.questions;
    asked.push({ name: question?.name ?? '', type: question?.type ?? 0, over, from, id: query.id });
    return says(query, over);
  }
  udp.on('message', (bytes, from) => {
    for (const reply of hear(bytes, 'udp', from.port)) udp.send(reply, from.port, from.address);
  });
  const port = await new Promise<number>((resolve) => {
    tcp.listen(wanted, address, () => {
      const at = tcp.address();
      const bound = typeof at === 'object' && at !== null ? at.port : 0;
      udp.bind(bound, address, () => resolve(bound));
    });
  });
  return {
    port,
    asked,
    say(next) {
      says = next;
    },
    async close() {
      await Promise.all([
        new Promise<void>((resolve) => udp.close(() => resolve())),
        new Promise<void>((resolve) => {
          tcp.close(() => resolve());
        }),
      ]);
    },
  };
}

/** An honest answer with these records, but for what is said otherwise. */
export function answerTo(
  query: DnsMessage,
  answers: readonly DnsRecord[],
  changes: Partial<DnsMessage> & { readonly truncated?: boolean } = {},
): Uint8Array {
  const { truncated = false, ...rest } = changes;
  const flags = { ...query.flags, recursionAvailable: true, truncated };
  return formatDnsMessage({
    ...query,
    isResponse: true,
    flags,
    rcode: 0,
    answers,
    authorities: [],
    additionals: [],
    ...rest,
  });
}

/** `a www.test 300 198.51.100.7`, `cname www.test 300 cdn.test`. */
export function makeRecord(text: string): DnsRecord {
  const [kind = '', name = '', ttl = '', value = ''] = text.split(' ');
  const head = { name, class: 1, ttl: Number(ttl) };
  if (kind === 'cname') return { ...head, type: dnsTypes.cname, data: new Uint8Array(), target: value };
  const address = parseAddress(value);
  if (address === undefined) throw new TypeError(text);
  const [size, type] = address.family === 4 ? [4, dnsTypes.a] : [16, dnsTypes.aaaa];
  const number = BigInt(address.value);
  const data = Uint8Array.from({ length: size }, (_, at) => Number((number >> BigInt(8 * (size - 1 - at))) & 255n));
  return { ...head, type, data };
}

/** A question as a client sends it. */
export function questionFor(name: string, type: number = dnsTypes.a, changes: Partial<DnsMessage> = {}): Uint8Array {
  const questions = [{ name, type, class: 1 }];
  const empty = { answers: [], authorities: [], additionals: [] };
  const head = { id: 4711, isResponse: false, opcode: 0, flags: questionFlags, rcode: 0 };
  return formatDnsMessage({ ...head, questions, ...empty, ...changes });
}
