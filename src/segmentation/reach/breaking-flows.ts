import type { Flow, FlowContainer, TrafficEndpoint, TrafficModel, TrafficSource } from '../../model/index.ts';
import type { AsIf } from './endpoint-classes.ts';
import { createPartyJudge, type JudgedParty, type PartyJudge } from './party-judge.ts';
import { type JudgedTraffic, judgeParties } from './traffic-judge.ts';

export interface BreakingFlow {
  readonly flow: Flow;
  readonly refusedBy: 'outbound' | 'inbound';
  /** What refuses it; absent where no rule lists it. */
  readonly source?: TrafficSource;
}

export interface FlowForecast {
  readonly breaking: readonly BreakingFlow[];
  /** Of which nobody knows: with containers that the model has not, with the host where its addresses are not given, others. */
  readonly unjudged: readonly Flow[];
}

export interface ForecastOptions {
  /** `today`, where nothing is said: endpoints in mode observe of the new model refuse nothing. */
  readonly asIf?: AsIf;
  /** Addresses of hosts, by name, as containers see them. */
  readonly hostAddresses?: ReadonlyMap<string, readonly string[]>;
}

/**
 * Which of the flows that passed a new model would refuse. Containers are found by ID, and by name where that is gone and one
 * alone has its name. Takes the time of as many judgements as there are flows.
 */
export function breakingFlows(
  after: TrafficModel,
  flows: readonly Flow[],
  options: ForecastOptions = {},
): FlowForecast {
  const { asIf = 'today', hostAddresses = new Map() } = options;
  const model: TrafficModel =
    asIf === 'today'
      ? after
      : { ...after, endpoints: after.endpoints.map((endpoint) => ({ ...endpoint, mode: 'enforce' })) };
  const judge = createPartyJudge(model);
  const find = endpointFinder(model);
  const breaking: BreakingFlow[] = [];
  const unjudged: Flow[] = [];
  for (const flow of flows) {
    if (flow.outcome === 'refused') continue;
    const own = partyOf(judge, find(flow.container));
    const peers = peersOf(flow, judge, find, hostAddresses);
    if (own.length === 0 || peers.length === 0) {
      unjudged.push(flow);
      continue;
    }
    const [sources, destinations] = flow.direction === 'outbound' ? [own, peers] : [peers, own];
    const answer = judgeParties(judge, sources, destinations, flow.protocol, flow.port);
    if (answer.refusedBy !== undefined) breaking.push(broken(flow, answer.refusedBy, answer));
  }
  return { breaking, unjudged };
}

function broken(flow: Flow, refusedBy: 'outbound' | 'inbound', answer: JudgedTraffic): BreakingFlow {
  const source = answer[refusedBy];
  return source === undefined ? { flow, refusedBy } : { flow, refusedBy, source };
}

function partyOf(judge: PartyJudge, endpoint: TrafficEndpoint | undefined): readonly JudgedParty[] {
  const party = endpoint === undefined ? undefined : judge.endpointParty(endpoint);
  return party === undefined ? [] : [party];
}

function peersOf(
  { host, peer, direction }: Flow,
  judge: PartyJudge,
  find: (container: FlowContainer) => TrafficEndpoint | undefined,
  hostAddresses: ReadonlyMap<string, readonly string[]>,
): readonly JudgedParty[] {
  if (peer.kind === 'container') return partyOf(judge, find(peer));
  if (peer.kind === 'address') return judge.partiesAt(peer.address, direction === 'outbound' ? peer.name : undefined);
  if (peer.kind === 'host') return (hostAddresses.get(host) ?? []).flatMap((address) => judge.partiesAt(address));
  return [];
}

function endpointFinder(model: TrafficModel): (container: FlowContainer) => TrafficEndpoint | undefined {
  const byId = new Map(model.endpoints.map((endpoint) => [endpoint.id, endpoint]));
  const byName = Map.groupBy(model.endpoints, ({ name }) => name);
  return ({ engine, containerId, name }) => {
    const known = byId.get(`${engine}:${containerId}`);
    if (known !== undefined) return known;
    const [named, ...others] = byName.get(name) ?? [];
    return others.length === 0 ? named : undefined;
  };
}
