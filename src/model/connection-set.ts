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

/** What policies of clusters and rules by ports speak of. */
export const portProtocols: readonly TrafficProtocol[] = ['tcp', 'udp', 'sctp'];

/**
 * As np-guard's netpol-analyzer writes it: `All Connections`, `No Connections`, or protocols by name with their ports, as in
 * `TCP 80,443,UDP 53` and `SCTP 1-65535`. Of ICMP the types; alone where it is all of them. Port 0, which nothing can listen at,
 * counts for nothing, and neither do protocols that are not spoken of.
 */
export function formatConnections(set: ConnectionSet, spoken: readonly TrafficProtocol[] = trafficProtocols): string {
  const parts = new Map<TrafficProtocol, string>();
  let whole = 0;
  for (const protocol of [...spoken].sort()) {
    const first = protocol === 'icmp' ? 0 : 1;
    const spans = intersectSpans(set[protocol], [{ from: first, end: endOf[protocol] }]);
    if (spans.length === 0) continue;
    const [span] = spans;
    const isWhole = span?.from === first && span.end === endOf[protocol];
    if (isWhole) whole += 1;
    const ports = spans.map(({ from, end }) => (end - from === 1 ? `${from}` : `${from}-${end - 1}`));
    parts.set(protocol, isWhole && protocol === 'icmp' ? 'ICMP' : `${protocol.toUpperCase()} ${ports.join(',')}`);
  }
  if (whole === spoken.length) return 'All Connections';
  return parts.size === 0 ? 'No Connections' : [...parts.values()].join(',');
}

function mapProtocols(spans: (protocol: TrafficProtocol) => Spans<number>): ConnectionSet {
  return { tcp: spans('tcp'), udp: spans('udp'), sctp: spans('sctp'), icmp: spans('icmp') };
}
