import { bad, readName, writeName } from './dns-name.ts';

/**
 * Messages of DNS: RFC 1035, section 4, with RFC 3596 (AAAA) and RFC 6891 (EDNS). Ours, since whatever a container or a stranger
 * sends is read here: each length and pointer is held against the bytes, counts are bounded, nothing is guessed, and only types
 * that rules need are looked into. Packages for it decode dozens of types of whoever sends them.
 */
export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  readonly flags: DnsFlags;
  /** Without the upper bits of EDNS. */
  readonly rcode: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

export interface DnsFlags {
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
}

/** Those of a question that asks for the whole answer. */
export const questionFlags: DnsFlags = {
  authoritative: false,
  truncated: false,
  recursionDesired: true,
  recursionAvailable: false,
  authenticData: false,
  checkingDisabled: false,
};

export interface DnsQuestion {
  /** In the case in which it was sent. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** As it lies in the message: names in it may be pointers, which mean nothing elsewhere. Empty where there is a target. */
  readonly data: Uint8Array;
  /** Of a CNAME: where it leads. */
  readonly target?: string;
}

export const dnsTypes = {
  a: 1,
  cname: 5,
  soa: 6,
  aaaa: 28,
  opt: 41,
  svcb: 64,
  https: 65,
  ixfr: 251,
  any: 255,
} as const;
export const internet = 1;
export const rcodes = { ok: 0, malformed: 1, failed: 2, noName: 3, notImplemented: 4, refused: 5 } as const;

export const largestMessage = 65_535;
/** No answer needs as many. */
const mostRecords = 4096;
const headerSize = 12;

/** All of it, or SegmentationError `bad-message`; what follows the last record is no message either. */
export function parseDnsMessage(bytes: Uint8Array): DnsMessage {
  if (bytes.length < headerSize || bytes.length > largestMessage) throw bad('its length');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bits = view.getUint16(2);
  const counts = [4, 6, 8, 10].map((at) => view.getUint16(at));
  if (counts.reduce((sum, count) => sum + count, 0) > mostRecords) throw bad('more records than are read');
  let at = headerSize;

  function take(size: number): number {
    const from = at;
    at += size;
    if (at > bytes.length) throw bad('it ends within a record');
    return from;
  }
  function question(): DnsQuestion {
    const { name, next } = readName(bytes, at);
    at = next;
    return { name, type: view.getUint16(take(2)), class: view.getUint16(take(2)) };
  }
  function record(): DnsRecord {
    const head = question();
    const ttl = view.getUint32(take(4));
    const size = view.getUint16(take(2));
    const from = take(size);
    if (head.type !== dnsTypes.cname) return { ...head, ttl, data: Uint8Array.from(bytes.subarray(from, at)) };
    const { name: target, next } = readName(bytes, from);
    if (next !== at) throw bad('a name that is not as long as it says');
    return { ...head, ttl, data: new Uint8Array(), target };
  }
  const list = <Item>(read: () => Item, count = 0): readonly Item[] => Array.from({ length: count }, read);
  const message = {
    id: view.getUint16(0),
    isResponse: (bits & 0x8000) !== 0,
    opcode: (bits >>> 11) & 15,
    flags: {
      authoritative: (bits & 0x400) !== 0,
      truncated: (bits & 0x200) !== 0,
      recursionDesired: (bits & 0x100) !== 0,
      recursionAvailable: (bits & 0x80) !== 0,
      authenticData: (bits & 0x20) !== 0,
      checkingDisabled: (bits & 0x10) !== 0,
    },
    rcode: bits & 15,
    questions: list(question, counts[0]),
    answers: list(record, counts[1]),
    authorities: list(record, counts[2]),
    additionals: list(record, counts[3]),
  };
  if (at !== bytes.length) throw bad('something follows it');
  return message;
}

/** Names that stand in it before are pointed to. Records with a target get it for their data; other data is written as it is. */
export function formatDnsMessage(message: DnsMessage): Uint8Array {
  const { flags } = message;
  const parts: number[] = [];
  const seen = new Map<string, number>();
  const put16 = (value: number): number => parts.push((value >>> 8) & 255, value & 255);
  function putName(name: string): void {
    const bytes = writeName(name);
    for (let at = 0; bytes[at] !== 0 && at < bytes.length; at += (bytes[at] as number) + 1) {
      const rest = bytes.subarray(at).join();
      const known = seen.get(rest);
      if (known !== undefined) {
        put16(0xc000 + known);
        return;
      }
      if (parts.length < 0x4000) seen.set(rest, parts.length);
      parts.push(...bytes.subarray(at, at + 1 + (bytes[at] as number)));
    }
    parts.push(0);
  }
  function putRecord({ name, type, class: group, ttl, data, target }: DnsRecord): void {
    putName(name);
    put16(type);
    put16(group);
    put16(ttl >>> 16);
    put16(ttl);
    const at = parts.length;
    put16(0);
    if (target === undefined) for (const byte of data) parts.push(byte);
    else putName(target);
    const size = parts.length - at - 2;
    parts[at] = size >>> 8;
    parts[at + 1] = size & 255;
  }
  put16(message.id);
  put16(
    (message.isResponse ? 0x8000 : 0) |
      ((message.opcode & 15) << 11) |
      (flags.authoritative ? 0x400 : 0) |
      (flags.truncated ? 0x200 : 0) |
      (flags.recursionDesired ? 0x100 : 0) |
      (flags.recursionAvailable ? 0x80 : 0) |
      (flags.authenticData ? 0x20 : 0) |
      (flags.checkingDisabled ? 0x10 : 0) |
      (message.rcode & 15),
  );
  for (const { length } of [message.questions, message.answers, message.authorities, message.additionals])
    put16(length);
  for (const { name, type, class: group } of message.questions) {
    putName(name);
    put16(type);
    put16(group);
  }
  for (const records of [message.answers, message.authorities, message.additionals]) records.forEach(putRecord);
  if (parts.length > largestMessage) throw bad('its length');
  return Uint8Array.from(parts);
}

export interface Edns {
  /** Bytes that the sender takes over UDP. */
  readonly payload: number;
  readonly dnssecOk: boolean;
}

/** Undefined where the message has none. Of more than one, or of one with a name, SegmentationError `bad-message` (RFC 6891, 6.1.1). */
export function readEdns({ additionals }: DnsMessage): Edns | undefined {
  const [first, ...more] = additionals.filter(({ type }) => type === dnsTypes.opt);
  if (first === undefined) return undefined;
  if (more.length > 0 || first.name !== '') throw bad('more than one OPT, or one of a name');
  return { payload: first.class, dnssecOk: (first.ttl & 0x8000) !== 0 };
}

/** `blocked`: with Extended DNS Error 15, which says that whoever runs the resolver does not want it (RFC 8914). */
export function ednsRecord({ payload, dnssecOk, blocked = false }: Edns & { readonly blocked?: boolean }): DnsRecord {
  const data = blocked ? Uint8Array.of(0, 15, 0, 2, 0, 15) : new Uint8Array();
  return { name: '', type: dnsTypes.opt, class: payload, ttl: dnssecOk ? 0x8000 : 0, data };
}
