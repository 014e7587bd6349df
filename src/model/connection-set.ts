import { equalSpans, intersectSpans, type Spans, spansOf, subtractSpans, unionSpans } from '../base/index.ts';

export const trafficProtocols = ['tcp', 'udp', 'sctp', 'icmp'] as const;
/** `icmp` is ICMP and ICMPv6, each with the addresses of its version. */
export type TrafficProtocol = (typeof trafficProtocols)[number];

/** Which connections: destination ports, 0 to 65535, of each protocol; of `icmp` the types, 0 to 255. */
export type ConnectionSet = Readonly<Record<TrafficProtocol, Spans<number>>>;

const endOf: Readonly<Record<TrafficProtocol, number>> = { tcp: 65_536, udp: 65_536, sctp: 65_536, icmp: 256 };

export const noConnections: ConnectionSet = { tcp: [], udp: [], sctp: [], icmp: [] };
export const allConnections: ConnectionSet = mapProtocols((protocol) => [{ from: 0, end: endOf[protocol] }]);

/** Of one protocol: from the first port to the last, both included; all of it where none is said. */
export function connectionsTo(protocol: TrafficProtocol, first = 0, last = endOf[protocol] - 1): ConnectionSet {
  return { ...noConnections, [protocol]: spansOf([{ from: first, end: Math.min(last + 1, endOf[protocol]) }]) };
}

export function unionConnections(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
  return mapProtocols((protocol) => unionSpans(a[protocol], b[protocol]));
}
export function intersectConnections(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
  return mapProtocols((protocol) => intersectSpans(a[protocol], b[protocol]));
}
export function subtractConnections(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
  return mapProtocols((protocol) => subtractSpans(a[protocol], b[protocol]));
}
export function equalConnections(a: ConnectionSet, b: ConnectionSet): boolean {
  return trafficProtocols.every((protocol) => equalSpans(a[protocol], b[protocol]));
}
export function hasNoConnection(set: ConnectionSet): boolean {
  return trafficProtocols.every((protocol) => set[protocol].length === 0);
}

/** `all`, `none`, or `tcp 80,443 udp 53 icmp`: a protocol without ports is the whole of it. */
export function formatConnections(set: ConnectionSet): string {
  if (equalConnections(set, allConnections)) return 'all';
  const parts = trafficProtocols
    .filter((protocol) => set[protocol].length > 0)
    .map((protocol) => {
      const spans = set[protocol];
      if (equalSpans(spans, allConnections[protocol])) return protocol;
      const ports = spans.map(({ from, end }) => (end - from === 1 ? `${from}` : `${from}-${end - 1}`));
      return `${protocol} ${ports.join(',')}`;
    });
  return parts.length === 0 ? 'none' : parts.join(' ');
}

function mapProtocols(spans: (protocol: TrafficProtocol) => Spans<number>): ConnectionSet {
  return { tcp: spans('tcp'), udp: spans('udp'), sctp: spans('sctp'), icmp: spans('icmp') };
}
