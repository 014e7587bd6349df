import { spansOf } from '../../base/index.ts';
import { type TrafficProtocol, trafficProtocols } from '../../model/index.ts';

/** Of ICMP types. */
export type SeenPorts = Map<TrafficProtocol, Set<number>>;

/** `tcp/443`, `tcp/9000-9010`, `icmp/8`: ports side by side as one range, none that was not seen. */
export function formatSeenPorts(ports: ReadonlyMap<TrafficProtocol, ReadonlySet<number>>): readonly string[] {
  return trafficProtocols.flatMap((protocol) => {
    const seen = [...(ports.get(protocol) ?? [])];
    if (protocol === 'icmp') return seen.sort((a, b) => a - b).map((type) => `icmp/${type}`);
    return spansOf(seen.map((port) => ({ from: port, end: port + 1 }))).map(({ from, end }) =>
      end - from === 1 ? `${protocol}/${from}` : `${protocol}/${from}-${end - 1}`,
    );
  });
}
