import { type Address, formatAddress } from '../../base/index.ts';
import { type DnsMessage, type DnsQuestion, type DnsRecord, dnsTypes, internet, rcodes } from './dns-message.ts';
import { plainName } from './dns-name.ts';

/** What a question for addresses led to. */
export interface LedTo {
  readonly rcode: number;
  /** From name to name, in the order in which they lead to the addresses. */
  readonly chain: readonly DnsRecord[];
  readonly addresses: readonly string[];
  /** Seconds for which all of it holds; absent where the answer does not say. */
  readonly ttl?: number;
}

const longestChain = 16;
/** RFC 2181, section 8: what is larger has its highest bit set, and means 0. */
const largestTtl = 2 ** 31 - 1;

/**
 * Only records count that the asked name leads to, by the chain that begins with it: whatever else stands in the message is
 * of whoever wanted it there. A chain that comes back to itself, or is longer than any, leads nowhere.
 */
export function readAddresses(message: DnsMessage, question: DnsQuestion): LedTo {
  const byOwner = new Map<string, DnsRecord[]>();
  for (const record of message.answers) {
    if (record.class !== internet) continue;
    const owner = plainName(record.name);
    const of = byOwner.get(owner);
    if (of === undefined) byOwner.set(owner, [record]);
    else of.push(record);
  }
  const chain: DnsRecord[] = [];
  const passed = new Set<string>();
  let name = plainName(question.name);
  while (!passed.has(name) && chain.length <= longestChain) {
    passed.add(name);
    const records = byOwner.get(name) ?? [];
    const found = records.filter(({ type }) => type === question.type);
    const addresses = new Set(found.flatMap(({ data }) => readAddress(question.type, data) ?? []));
    if (addresses.size > 0) {
      const ttl = Math.min(...[...chain, ...found].map(ttlOf));
      return { rcode: rcodes.ok, chain, addresses: [...addresses], ttl };
    }
    const alias = records.find(({ type }) => type === dnsTypes.cname);
    if (alias?.target === undefined) return { rcode: message.rcode, chain, addresses: [], ...negativeTtl(message) };
    chain.push(alias);
    name = plainName(alias.target);
  }
  return { rcode: rcodes.failed, chain: [], addresses: [] };
}

function readAddress(type: number, data: Uint8Array): string | undefined {
  if (data.length !== (type === dnsTypes.a ? 4 : 16)) return undefined;
  const address: Address =
    type === dnsTypes.a
      ? { family: 4, value: data.reduce((value, byte) => value * 256 + byte, 0) }
      : { family: 6, value: data.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) };
  return formatAddress(address);
}

function ttlOf({ ttl }: DnsRecord): number {
  return ttl > largestTtl ? 0 : ttl;
}

/** RFC 2308, section 5: the lesser of the SOA's own and of its last field. */
function negativeTtl({ authorities }: DnsMessage): { readonly ttl?: number } {
  const soa = authorities.find(({ type, class: group }) => type === dnsTypes.soa && group === internet);
  if (soa === undefined || soa.data.length < 22) return {};
  const minimum = new DataView(soa.data.buffer, soa.data.byteOffset).getUint32(soa.data.length - 4);
  return { ttl: Math.min(ttlOf(soa), minimum > largestTtl ? 0 : minimum) };
}
