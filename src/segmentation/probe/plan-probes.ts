import type {
  ConnectionSet,
  HostNetwork,
  NamedService,
  NetworkedContainer,
  Probe,
  ServiceAddress,
  TrafficEndpoint,
  TrafficModel,
} from '../../model/index.ts';
import { protectedServices } from '../../model/index.ts';
import type { TrafficJudge } from '../reach/traffic-judge.ts';

export interface ProbePlan {
  readonly probes: readonly Probe[];
  /** Pairs of containers for which nothing is planned, and why. */
  readonly left: readonly { readonly from: string; readonly to: string; readonly reason: string }[];
  /** False where containers that fare alike are tried once instead of each. */
  readonly isEveryPair: boolean;
}

export interface PlanInput {
  readonly model: TrafficModel;
  readonly judge: TrafficJudge;
  /** Of this host. */
  readonly containers: readonly NetworkedContainer[];
  readonly network: HostNetwork;
  /** Pairs up to which each is tried. Default 400. */
  readonly mostPairs?: number;
  /** Default 4000. */
  readonly mostProbes?: number;
}

/** Where nobody listens by custom. */
const unlikelyPort = 47_321;
/** Types of RFC 792 and RFC 4443. */
const echoRequest = { v4: 8, v6: 128 };
const keptApart = 'no network in common: the engine keeps them apart';
const boundariesOfPair = 12;

/**
 * What is worth trying: for each pair of containers the ports at which what the model says changes, and one where it says
 * nothing special; and what is protected, from each kind of container. Of many containers, one of each kind with each kind.
 */
export function planProbes(input: PlanInput): ProbePlan {
  const { model, judge, containers, mostPairs = 400, mostProbes = 4000 } = input;
  const known = new Map(containers.map((one) => [`${one.engine}:${one.containerId}`, one]));
  const endpoints = model.endpoints.filter(({ id, addresses }) => known.has(id) && addresses.length > 0);
  const isEveryPair = endpoints.length * (endpoints.length - 1) <= mostPairs;
  const chosen = isEveryPair ? endpoints : oneOfEachKind(endpoints, known);
  const probes: Probe[] = [];
  const left: { from: string; to: string; reason: string }[] = [];
  for (const from of chosen) {
    for (const to of chosen) {
      if (from === to) continue;
      const [a, b] = [known.get(from.id), known.get(to.id)];
      if (!a || !b) continue;
      const pairs = addressPairs(a, b);
      if (pairs.length === 0) left.push({ from: from.id, to: to.id, reason: 'no addresses of the same version' });
      const [first] = pairs;
      if (first && letsSctp(judge, first)) {
        left.push({ from: from.id, to: to.id, reason: 'SCTP is let pass, and no program of ours can try it' });
      }
      for (const { source, destination, isShared } of pairs) {
        for (const probe of probesBetween(judge, from.id, to.id, source, destination)) {
          if (probe.expected === 'stopped' || isShared) probes.push(probe);
          else if (!left.some((pair) => pair.from === from.id && pair.to === to.id && pair.reason === keptApart)) {
            left.push({ from: from.id, to: to.id, reason: keptApart });
          }
        }
      }
    }
  }
  for (const from of oneOfEachKind(endpoints, known)) probes.push(...probesOfServices(input, from));
  const unique = [...new Map(probes.map((probe) => [JSON.stringify(probe), probe])).values()];
  if (unique.length <= mostProbes) return { probes: unique, left, isEveryPair };
  // Evenly, so that no container is left out for its place in the list.
  const step = unique.length / mostProbes;
  const some = Array.from({ length: mostProbes }, (_, at) => unique[Math.floor(at * step)] as Probe);
  return { probes: some, left, isEveryPair: false };
}

function letsSctp(judge: TrafficJudge, ends: { readonly source: string; readonly destination: string }): boolean {
  const { source, destination } = ends;
  return judge.judge({ source, destination, protocol: 'sctp', port: unlikelyPort }).connections.sctp.length > 0;
}

function probesBetween(
  judge: TrafficJudge,
  from: string,
  to: string,
  source: string,
  destination: string,
): readonly Probe[] {
  const probe = (protocol: Probe['protocol'], port: number): Probe => {
    const { outcome } = judge.judge({ source, destination, protocol, port });
    const expected = outcome === 'allowed' ? 'passed' : 'stopped';
    return { from, to, isEndpoint: true, source, destination, protocol, port, expected };
  };
  const ported = (['tcp', 'udp'] as const).flatMap((protocol) => {
    const { connections } = judge.judge({ source, destination, protocol, port: unlikelyPort });
    return portsAtBoundaries(connections, protocol).map((port) => probe(protocol, port));
  });
  return [...ported, probe('icmp', destination.includes(':') ? echoRequest.v6 : echoRequest.v4)];
}

/** On both sides of each end of each span, and one port that no rule is likely to name. */
export function portsAtBoundaries(connections: ConnectionSet, protocol: 'tcp' | 'udp'): readonly number[] {
  const ports = connections[protocol].flatMap(({ from, end }) => [from, from - 1, end - 1, end]);
  const valid = [...new Set(ports)].filter((port) => port >= 1 && port <= 65_535);
  return [...new Set([...valid.slice(0, boundariesOfPair), unlikelyPort])].sort((a, b) => a - b);
}

/** What is refused there whatever listens: an answer would be a breach. What is allowed may have nobody who answers. */
function probesOfServices({ judge, network, containers }: PlanInput, from: TrafficEndpoint): readonly Probe[] {
  const own = containers.find((one) => `${one.engine}:${one.containerId}` === from.id);
  if (!own) return [];
  const gateways = new Set(
    network.bridges
      .filter(({ bridge }) => own.attachments.some((attachment) => attachment.bridge === bridge))
      .flatMap((bridge) => bridge.gateways),
  );
  return protectedServices.flatMap((service) =>
    (network.services.get(service) ?? [])
      .filter((place) => isWorthTrying(service, place, gateways))
      .flatMap((place) => {
        const destination = place.addresses.replace(/\/\d+$/, '');
        const source = from.addresses.find((address) => address.includes(':') === destination.includes(':'));
        if (source === undefined || place.protocol === 'udp') return [];
        const port = place.ports?.[0] ?? (service === 'host' ? 22 : 80);
        const { outcome } = judge.judge({ source, destination, protocol: 'tcp', port });
        if (outcome === 'allowed') return [];
        const ends = { from: from.id, to: service, source, destination };
        return [{ ...ends, isEndpoint: false, protocol: 'tcp', port, expected: 'stopped' } as const];
      }),
  );
}

/** The host by the addresses that stand on the container's own bridges; clouds by all of theirs that a route leads to. */
function isWorthTrying(service: NamedService, { addresses }: ServiceAddress, gateways: ReadonlySet<string>): boolean {
  const address = addresses.replace(/\/(?:32|128)$/, '');
  if (address.includes('/') || address.startsWith('fe80:')) return false;
  return service === 'metadata' || gateways.has(address);
}

/** Those with the same tables, mode and networks fare alike. */
function oneOfEachKind(
  endpoints: readonly TrafficEndpoint[],
  known: ReadonlyMap<string, NetworkedContainer>,
): readonly TrafficEndpoint[] {
  const kinds = new Map<string, TrafficEndpoint[]>();
  for (const endpoint of endpoints) {
    const networks = known.get(endpoint.id)?.attachments.map(({ bridge }) => bridge) ?? [];
    const key = JSON.stringify([endpoint.outbound, endpoint.inbound, endpoint.mode, networks.toSorted()]);
    const kind = kinds.get(key);
    if (kind) kind.push(endpoint);
    else kinds.set(key, [endpoint]);
  }
  // Two, since members of one group meet each other as well.
  return [...kinds.values()].flatMap((kind) => kind.slice(0, 2));
}

function addressPairs(
  a: NetworkedContainer,
  b: NetworkedContainer,
): readonly { readonly source: string; readonly destination: string; readonly isShared: boolean }[] {
  const pairs = a.attachments.flatMap((from) =>
    b.attachments.flatMap((to) =>
      from.addresses.flatMap((source) =>
        to.addresses
          .filter((destination) => destination.includes(':') === source.includes(':'))
          .map((destination) => ({ source, destination, isShared: from.bridge === to.bridge })),
      ),
    ),
  );
  const shared = pairs.filter(({ isShared }) => isShared);
  return shared.length > 0 ? shared : pairs.slice(0, 2);
}
