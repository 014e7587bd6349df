import { equalSpans } from '../../base/index.ts';
import { allConnections, type ConnectionSet, equalConnections, trafficProtocols } from '../../model/index.ts';

/** `all`, `none`, or `tcp 80,443 udp 53 icmp`: a protocol without ports is the whole of it. As the contract of the API says. */
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
