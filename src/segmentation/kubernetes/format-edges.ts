import {
  type AddressSet,
  addressesOf,
  formatAddress,
  intersectAddresses,
  type Span,
  type Spans,
} from '../../base/index.ts';
import {
  formatConnections,
  portProtocols,
  type TrafficEdge,
  type TrafficModel,
  type TrafficParty,
  type TrafficProtocol,
} from '../../model/index.ts';

/** An edge as np-guard's netpol-analyzer lists it, which the field compares by. */
export interface FormattedEdge {
  /** A workload, as `shop/web[Deployment]`; a container by its name; a range of addresses outside, `10.0.0.0-10.255.255.255`. */
  readonly src: string;
  readonly dst: string;
  /** `All Connections`, `TCP 80,443,UDP 53`. */
  readonly connections: string;
}

interface Format {
  /** Protocols that the rules speak of. */
  readonly protocols?: readonly TrafficProtocol[];
  /** Ranges outside that are listed one by one, of sources and of destinations; whole where undefined. */
  readonly cells?: Readonly<Record<'inbound' | 'outbound', AddressSet[]>>;
}

/** Edges in words, sorted by source and destination; none from a workload to itself, each range of addresses by itself. Pure. */
export function formatEdges(edges: readonly TrafficEdge[], format: Format = {}): readonly FormattedEdge[] {
  const lines: FormattedEdge[] = [];
  const outside = new Map<string, { edge: TrafficEdge; connections: string; addresses: AddressSet[] }>();
  for (const edge of edges) {
    const { from, to } = edge;
    if (from.kind === 'endpoint' && to.kind === 'endpoint' && from.endpoint.id === to.endpoint.id) continue;
    const connections = formatConnections(edge.connections, format.protocols);
    if (connections === 'No Connections') continue;
    const peer = from.kind === 'addresses' ? from : to;
    if (peer.kind !== 'addresses') {
      lines.push({ src: nameOf(from), dst: nameOf(to), connections });
      continue;
    }
    // Addresses that fare alike are joined before they are cut, however they came.
    const key = JSON.stringify([from.kind, nameOf(from.kind === 'addresses' ? to : from), connections]);
    const known = outside.get(key);
    if (known === undefined) outside.set(key, { edge, connections, addresses: [peer.addresses] });
    else known.addresses.push(peer.addresses);
  }
  for (const { edge, connections, addresses } of outside.values()) {
    const isInbound = edge.from.kind === 'addresses';
    for (const range of rangesOf(addressesOf(addresses), format.cells?.[isInbound ? 'inbound' : 'outbound'])) {
      const src = isInbound ? range : nameOf(edge.from);
      lines.push({ src, dst: isInbound ? nameOf(edge.to) : range, connections });
    }
  }
  return lines.sort((a, b) => compare(a.src, b.src) || compare(a.dst, b.dst));
}

/**
 * Edges of a cluster as np-guard lists them: of the protocols of NetworkPolicy, with ranges of addresses cut wherever a block of
 * a policy begins or ends, and those of version 6 only where a policy speaks of them otherwise than of version 4.
 */
export function formatClusterEdges(model: TrafficModel, edges: readonly TrafficEdge[]): readonly FormattedEdge[] {
  const blocks = { inbound: [] as AddressSet[], outbound: [] as AddressSet[] };
  for (const { direction, tiers } of model.tables)
    for (const { decisions } of tiers) for (const { peers } of decisions) blocks[direction].push(peers.addresses);
  const all = [...blocks.inbound, ...blocks.outbound];
  const withV6 = all.some(({ v4, v6 }) => v6.length > 0 && !(isWhole(v4, 0, 2 ** 32) && isWhole(v6, 0n, 1n << 128n)));
  const cellsOf = (sets: readonly AddressSet[]): AddressSet[] => [
    ...cutSpans(
      sets.map(({ v4 }) => v4),
      0,
      2 ** 32,
    ).map((span) => ({ v4: [span], v6: [] })),
    ...(withV6
      ? cutSpans(
          sets.map(({ v6 }) => v6),
          0n,
          1n << 128n,
        )
      : []
    ).map((span) => ({ v4: [], v6: [span] })),
  ];
  return formatEdges(edges, {
    protocols: portProtocols,
    cells: { inbound: cellsOf(blocks.inbound), outbound: cellsOf(blocks.outbound) },
  });
}

function isWhole<Point extends number | bigint>(spans: Spans<Point>, from: Point, end: Point): boolean {
  return spans[0]?.from === from && spans[0].end === end;
}

/** All points, cut wherever any of the sets begins or ends. */
function cutSpans<Point extends number | bigint>(
  sets: readonly Spans<Point>[],
  from: Point,
  end: Point,
): Span<Point>[] {
  const cuts = new Set<Point>([from, end]);
  for (const spans of new Set(sets)) for (const span of spans) cuts.add(span.from).add(span.end);
  const sorted = [...cuts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.slice(1).map((cut, index) => ({ from: sorted[index] as Point, end: cut }));
}

function nameOf(party: TrafficParty): string {
  if (party.kind === 'endpoint') return party.endpoint.name;
  return party.kind === 'name' ? party.name : '';
}

function rangesOf(addresses: AddressSet, cells: readonly AddressSet[] | undefined): readonly string[] {
  const sets = cells?.map((cell) => intersectAddresses(addresses, cell)) ?? [addresses];
  return sets.flatMap(formatRanges);
}

/** First and last, also of one address alone, as np-guard has it. */
function formatRanges({ v4, v6 }: AddressSet): readonly string[] {
  return [
    ...v4.map(({ from, end }) => {
      return `${formatAddress({ family: 4, value: from })}-${formatAddress({ family: 4, value: end - 1 })}`;
    }),
    ...v6.map(({ from, end }) => {
      return `${formatAddress({ family: 6, value: from })}-${formatAddress({ family: 6, value: end - 1n })}`;
    }),
  ];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
