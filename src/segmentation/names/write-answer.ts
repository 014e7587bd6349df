import { parseAddress } from '../../base/index.ts';
import {
  type DnsMessage,
  type DnsRecord,
  dnsTypes,
  ednsRecord,
  formatDnsMessage,
  internet,
  readEdns,
} from './dns-message.ts';

export interface AnswerParts {
  readonly rcode: number;
  readonly records?: readonly DnsRecord[];
  /** Refused by whoever runs the resolver. */
  readonly blocked?: boolean;
  /** More than what is written is to be had by TCP. */
  readonly truncated?: boolean;
}

/** What every path takes, whatever the asker says it does (DNS flag day 2020). */
export const safePayload = 1232;
const plainPayload = 512;

/** To a question, as long as its asker takes it; what is left out beyond that is told by the bit TC. */
export function writeAnswer(query: DnsMessage, parts: AnswerParts, over: 'udp' | 'tcp'): Uint8Array {
  const { rcode, records = [], blocked = false, truncated = false } = parts;
  const edns = readEdns(query);
  const most = over === 'tcp' ? 65_535 : Math.max(plainPayload, Math.min(edns?.payload ?? 0, safePayload));
  const additionals = edns === undefined ? [] : [ednsRecord({ ...edns, payload: safePayload, blocked })];
  const write = (answers: readonly DnsRecord[]): Uint8Array =>
    formatDnsMessage({
      id: query.id,
      isResponse: true,
      opcode: query.opcode,
      flags: {
        authoritative: false,
        truncated: truncated || answers.length < records.length,
        recursionDesired: query.flags.recursionDesired,
        recursionAvailable: true,
        authenticData: false,
        checkingDisabled: query.flags.checkingDisabled,
      },
      rcode,
      questions: query.questions,
      answers,
      authorities: [],
      additionals,
    });
  let low = 0;
  let high = records.length;
  const whole = write(records);
  if (whole.length <= most) return whole;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (write(records.slice(0, middle)).length <= most) low = middle;
    else high = middle - 1;
  }
  return write(records.slice(0, low));
}

export function addressRecord(name: string, text: string, ttl: number): DnsRecord {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError(`no address: ${text}`);
  const type = address.family === 4 ? dnsTypes.a : dnsTypes.aaaa;
  const size = address.family === 4 ? 4 : 16;
  const value = BigInt(address.value);
  const data = Uint8Array.from({ length: size }, (_, index) =>
    Number((value >> BigInt(8 * (size - 1 - index))) & 255n),
  );
  return { name, type, class: internet, ttl, data };
}
