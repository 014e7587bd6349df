import { equalSpans, type Spans } from '../../base/index.ts';
import { allConnections, type ConnectionSet } from '../../model/index.ts';
import { identifierOf } from './identifiers.ts';

export type IpVersion = 4 | 6;

type Ported = 'tcp' | 'udp' | 'sctp';
const ported: readonly Ported[] = ['tcp', 'udp', 'sctp'];

/** Names that nft lists for types (RFC 792 and successors; RFC 4443, 4861, 2710, 3810). */
const icmpNames: Readonly<Record<IpVersion, ReadonlyMap<number, string>>> = {
  4: new Map([
    [0, 'echo-reply'],
    [3, 'destination-unreachable'],
    [4, 'source-quench'],
    [5, 'redirect'],
    [8, 'echo-request'],
    [9, 'router-advertisement'],
    [10, 'router-solicitation'],
    [11, 'time-exceeded'],
    [12, 'parameter-problem'],
    [13, 'timestamp-request'],
    [14, 'timestamp-reply'],
    [15, 'info-request'],
    [16, 'info-reply'],
    [17, 'address-mask-request'],
    [18, 'address-mask-reply'],
  ]),
  6: new Map([
    [1, 'destination-unreachable'],
    [2, 'packet-too-big'],
    [3, 'time-exceeded'],
    [4, 'parameter-problem'],
    [128, 'echo-request'],
    [129, 'echo-reply'],
    [130, 'mld-listener-query'],
    [131, 'mld-listener-report'],
    [132, 'mld-listener-done'],
    [133, 'nd-router-solicit'],
    [134, 'nd-router-advert'],
    [135, 'nd-neighbor-solicit'],
    [136, 'nd-neighbor-advert'],
    [137, 'nd-redirect'],
    [138, 'router-renumbering'],
    [141, 'ind-neighbor-solicit'],
    [142, 'ind-neighbor-advert'],
    [143, 'mld2-listener-report'],
  ]),
};

/** Where sets of protocols and ports are kept. Sets without a name cost the kernel time that grows with their number. */
export interface MatchSets {
  /** Adds a set that nothing changes, where it is not there. */
  constant(name: string, type: string, elements: readonly string[], flags?: string): void;
}

/**
 * The expressions of which a packet fits one when it asks for such a connection; none where there is no such connection.
 * Protocols with equal ports share one. What is no TCP, UDP, SCTP or ICMP never fits.
 */
export function compileConnections(set: ConnectionSet, version: IpVersion, sets: MatchSets): readonly string[] {
  const matches: string[] = [];
  const whole: (Ported | 'icmp')[] = [];
  const byPorts = new Map<string, Ported[]>();
  for (const protocol of ported) {
    if (set[protocol].length === 0) continue;
    if (equalSpans(set[protocol], allConnections[protocol])) whole.push(protocol);
    else {
      const ports = matchNumbers(set[protocol], 'p', 'inet_service', sets);
      byPorts.set(ports, [...(byPorts.get(ports) ?? []), protocol]);
    }
  }
  if (equalSpans(set.icmp, allConnections.icmp)) whole.push('icmp');
  if (whole.length > 0) matches.push(`meta l4proto ${matchProtocols(whole, version, sets)}`);
  for (const [ports, protocols] of byPorts) {
    const [only] = protocols;
    if (protocols.length === 1) matches.push(`${only} dport ${ports}`);
    else matches.push(`meta l4proto ${matchProtocols(protocols, version, sets)} th dport ${ports}`);
  }
  if (set.icmp.length > 0 && !whole.includes('icmp')) {
    const kind = version === 4 ? 'icmp' : 'icmpv6';
    const names = icmpNames[version];
    matches.push(`${kind} type ${matchNumbers(set.icmp, `i${version}`, `${kind}_type`, sets, names)}`);
  }
  return matches;
}

function matchProtocols(protocols: readonly (Ported | 'icmp')[], version: IpVersion, sets: MatchSets): string {
  const names = protocols.map((name) => (name === 'icmp' && version === 6 ? 'ipv6-icmp' : name));
  const [first = ''] = names;
  if (names.length === 1) return first;
  const set = `l4_${names.join('_')}`;
  sets.constant(set, 'type inet_proto', names);
  return `@${set}`;
}

function matchNumbers(
  spans: Spans<number>,
  prefix: string,
  type: string,
  sets: MatchSets,
  names?: ReadonlyMap<number, string>,
): string {
  const parts = spans.map(({ from, end }) =>
    end - from === 1 ? (names?.get(from) ?? String(from)) : `${from}-${end - 1}`,
  );
  const [first = ''] = parts;
  if (parts.length === 1) return first;
  const set = identifierOf(
    prefix,
    spans.map(({ from, end }) => (end - from === 1 ? from : `${from}-${end - 1}`)).join('_'),
  );
  sets.constant(set, `type ${type}`, parts, 'interval');
  return `@${set}`;
}
