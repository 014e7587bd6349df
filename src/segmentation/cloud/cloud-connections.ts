import { equalSpans, type Spans, spansOf } from '../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  intersectConnections,
  noConnections,
  type TrafficProtocol,
  unionConnections,
} from '../../model/index.ts';

/** Connections of each version of IP: rules of clouds tell ICMP and ICMPv6 apart. */
export interface CloudConnections {
  readonly v4: ConnectionSet;
  readonly v6: ConnectionSet;
}

export const noCloudConnections: CloudConnections = { v4: noConnections, v6: noConnections };

/** By IANA's numbers and by the names that tools write. */
const protocols: Readonly<Record<string, TrafficProtocol | 'icmpv6' | 'all'>> = {
  all: 'all',
  any: 'all',
  '-1': 'all',
  '*': 'all',
  tcp: 'tcp',
  '6': 'tcp',
  udp: 'udp',
  '17': 'udp',
  sctp: 'sctp',
  '132': 'sctp',
  icmp: 'icmp',
  '1': 'icmp',
  icmpv6: 'icmpv6',
  'ipv6-icmp': 'icmpv6',
  '58': 'icmpv6',
};

/** Of a protocol, and of its ports or types where any are said. Undefined where no rule of ours could speak of the protocol. */
export function cloudConnections(protocol: string, spans?: Spans<number>): CloudConnections | undefined {
  const word = protocol.toLowerCase();
  const known = Object.hasOwn(protocols, word) ? protocols[word] : undefined;
  if (known === undefined) return undefined;
  if (known === 'all') {
    if (spans === undefined) return { v4: allConnections, v6: allConnections };
    const ported = { ...noConnections, tcp: spans, udp: spans, sctp: spans };
    const withIcmp = equalSpans(spans, allConnections.tcp) ? allConnections : ported;
    return { v4: withIcmp, v6: withIcmp };
  }
  const icmp = { ...noConnections, icmp: spans ?? allConnections.icmp };
  if (known === 'icmp') return { v4: icmp, v6: noConnections };
  if (known === 'icmpv6') return { v4: noConnections, v6: icmp };
  const set = { ...noConnections, [known]: spans ?? allConnections[known] };
  return { v4: set, v6: set };
}

export function uniteCloudConnections(sets: readonly CloudConnections[]): CloudConnections {
  return {
    v4: sets.map(({ v4 }) => v4).reduce(unionConnections, noConnections),
    v6: sets.map(({ v6 }) => v6).reduce(unionConnections, noConnections),
  };
}

/** Of whoever may have an address of either version: what either allows, or what both deny. */
export function ofEither({ v4, v6 }: CloudConnections, action: 'allow' | 'deny'): ConnectionSet {
  return action === 'allow' ? unionConnections(v4, v6) : intersectConnections(v4, v6);
}

/** `80`, `80-443`, `*`. Undefined where it is none. */
export function parsePortRange(text: string): Spans<number> | undefined {
  if (text === '*') return allConnections.tcp;
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined || Number(first) > Number(last) || Number(last) > 65_535) return undefined;
  return spansOf([{ from: Number(first), end: Number(last) + 1 }]);
}

/** As `parsePortRange` takes them. */
export function formatPortRanges(spans: Spans<number>): readonly string[] {
  return spans.map(({ from, end }) => (end - from === 1 ? `${from}` : `${from}-${end - 1}`));
}
