import { formatAddress, parseAddress } from '../../base/index.ts';
import { type TrafficProtocol, trafficProtocols } from '../../model/index.ts';

/** A connection that the kernel keeps track of. */
export interface TrackedConnection {
  readonly family: 4 | 6;
  readonly protocol: TrafficProtocol;
  /** As its first packet asked for it: before the destination was translated. */
  readonly original: ConnectionTuple;
  /** As answers come: its source is who answers in truth, its destination whom the answerer sees as the asker. */
  readonly reply: ConnectionTuple;
  /** Of TCP and SCTP: `ESTABLISHED`, `SYN_SENT`, … */
  readonly state?: string;
  /** No answer was seen. */
  readonly unreplied: boolean;
  readonly mark: number;
  readonly zone: number;
  /** Of both directions; absent where the kernel does not account. */
  readonly bytes?: number;
}

export interface ConnectionTuple {
  readonly source: string;
  readonly destination: string;
  /** Of ICMP the identifier. */
  readonly sourcePort: number;
  /** Of ICMP the type. */
  readonly destinationPort: number;
  /** Of ICMP. */
  readonly code?: number;
}

/** Longest line that is looked at: the kernel's are below 400. */
export const maxConntrackLine = 1024;
const maxWords = 64;

const protocolNames: ReadonlyMap<string, TrafficProtocol> = new Map([
  ...trafficProtocols.map((protocol) => [protocol, protocol] as const),
  ['icmpv6', 'icmp'],
]);

/**
 * A line of `conntrack -L -o extended` or `/proc/net/nf_conntrack` (net/netfilter/nf_conntrack_standalone.c, ct_seq_show).
 * Undefined where it is none, and for protocols that no rule speaks of (GRE, DCCP, …).
 */
export function parseConntrack(line: string): TrackedConnection | undefined {
  if (line.length > maxConntrackLine) return undefined;
  const words = line.trim().split(/\s+/, maxWords + 1);
  if (words.length > maxWords) return undefined;
  const [familyName, , protocolName = '', , ...rest] = words;
  const family = familyName === 'ipv4' ? 4 : familyName === 'ipv6' ? 6 : undefined;
  const protocol = protocolNames.get(protocolName);
  if (family === undefined || protocol === undefined) return undefined;

  const tuples: Map<string, string>[] = [];
  const others = new Map<string, string>();
  const flags = new Set<string>();
  let state: string | undefined;
  for (const word of rest) {
    const equals = word.indexOf('=');
    if (equals < 0) {
      if (word.startsWith('[')) flags.add(word);
      else if (tuples.length === 0 && /^[A-Z][A-Z_0-9]*$/.test(word)) state = word;
      continue;
    }
    const key = word.slice(0, equals);
    if (key === 'src') tuples.push(new Map());
    const target = ofTuple.has(key) ? tuples.at(-1) : others;
    // A key that is there twice has two readings.
    if (target === undefined || target.has(key)) return undefined;
    target.set(key, word.slice(equals + 1));
  }
  const [originalWords, replyWords, ...more] = tuples;
  if (originalWords === undefined || replyWords === undefined || more.length > 0) return undefined;
  const original = readTuple(originalWords, family, protocol);
  const reply = readTuple(replyWords, family, protocol);
  const mark = readNumber(others.get('mark') ?? '0', 0xffff_ffff);
  const zone = readNumber(others.get('zone') ?? '0', 0xffff);
  if (original === undefined || reply === undefined || mark === undefined || zone === undefined) return undefined;
  const sent = readNumber(originalWords.get('bytes') ?? '', Number.MAX_SAFE_INTEGER);
  const received = readNumber(replyWords.get('bytes') ?? '', Number.MAX_SAFE_INTEGER);
  return {
    family,
    protocol,
    original,
    reply,
    ...(state !== undefined && { state }),
    unreplied: flags.has('[UNREPLIED]'),
    mark,
    zone,
    ...(sent !== undefined && received !== undefined && { bytes: Math.min(sent + received, Number.MAX_SAFE_INTEGER) }),
  };
}

const ofTuple = new Set(['src', 'dst', 'sport', 'dport', 'type', 'code', 'id', 'packets', 'bytes']);

function readTuple(
  words: ReadonlyMap<string, string>,
  family: 4 | 6,
  protocol: TrafficProtocol,
): ConnectionTuple | undefined {
  const source = readAddress(words.get('src'), family);
  const destination = readAddress(words.get('dst'), family);
  if (source === undefined || destination === undefined) return undefined;
  if (protocol === 'icmp') {
    const type = readNumber(words.get('type') ?? '', 255);
    const code = readNumber(words.get('code') ?? '', 255);
    const id = readNumber(words.get('id') ?? '', 65_535);
    if (type === undefined || code === undefined || id === undefined) return undefined;
    return { source, destination, sourcePort: id, destinationPort: type, code };
  }
  const sourcePort = readNumber(words.get('sport') ?? '', 65_535);
  const destinationPort = readNumber(words.get('dport') ?? '', 65_535);
  if (sourcePort === undefined || destinationPort === undefined) return undefined;
  return { source, destination, sourcePort, destinationPort };
}

/** In the one form that the rest of the program has: the kernel writes all zeros of version 6. */
function readAddress(text: string | undefined, family: 4 | 6): string | undefined {
  const address = text === undefined ? undefined : parseAddress(text);
  return address?.family === family ? formatAddress(address) : undefined;
}

function readNumber(text: string, last: number): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= last ? value : undefined;
}
