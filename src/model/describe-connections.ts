import { equalSpans } from '../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  equalConnections,
  type TrafficProtocol,
  trafficProtocols,
} from './connection-set.ts';

/**
 * How answers about hosts spell connections, as the contract of the API says: `all`, `none`, or `tcp 80,443 udp 53 icmp`. A
 * protocol without ports is the whole of it. Answers about manifests are spelled as np-guard does (`formatConnections`).
 */
export function describeConnections(set: ConnectionSet): string {
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

/** One connection in a sentence: `tcp 443`, `icmp type 8`. */
export function describePort({
  protocol,
  port,
}: {
  readonly protocol: TrafficProtocol;
  readonly port: number;
}): string {
  return protocol === 'icmp' ? `icmp type ${port}` : `${protocol} ${port}`;
}
