import type { AddressSet } from '../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  intersectConnections,
  noConnections,
  type TrafficEndpoint,
  type TrafficModel,
  type TrafficProtocol,
  type TrafficSource,
} from '../../model/index.ts';
import type { TrafficAnswer } from '../dataplane.ts';
import type { TableAnswer } from './decide-connections.ts';
import { createPartyJudge, type JudgedEnd, type JudgedParty, type PartyJudge } from './party-judge.ts';

/** The name of the tier in which deny lists stand. */
const denyListTier = 'deny lists';

export interface JudgedConnection {
  /** Addresses. One that no endpoint has is outside; `::ffff:10.0.0.1` and what is no address is refused. */
  readonly source: string;
  readonly destination: string;
  readonly protocol: TrafficProtocol;
  /** Of ICMP the type. */
  readonly port: number;
  /** What the source asked for to get the destination. */
  readonly destinationName?: string;
}

export interface JudgedTraffic extends TrafficAnswer {
  /** It passes only because an endpoint that refuses it is in mode observe; `refusedBy` is absent. */
  readonly observed: boolean;
  /** What decided in the table of the source, and of the destination; absent where no rule fits, or the end is outside. */
  readonly outbound?: TrafficSource;
  readonly inbound?: TrafficSource;
  /** The deny list that decided. */
  readonly listed?: string;
}

export interface TrafficJudge {
  /** How a connection fares today; total. */
  readonly judge: (connection: JudgedConnection) => JudgedTraffic;
  /** Undefined where the address is outside, or none. */
  readonly endpointAt: (address: string) => TrafficEndpoint | undefined;
}

/**
 * Judges connections one by one, by address. What is asked again is answered from what is kept: two looks into maps and two
 * searches among ports. The first question about an address takes a search in each set of addresses of the table.
 *
 * Where more than one endpoint has an address (networks of different hosts), the strictest answer is taken.
 * `nameAddresses`: what names led to; a decision by name has these too.
 */
export function createTrafficJudge(
  model: TrafficModel,
  options: { readonly nameAddresses?: ReadonlyMap<string, AddressSet> } = {},
): TrafficJudge {
  const parties = createPartyJudge(model, options.nameAddresses);
  return {
    judge: ({ source, destination, protocol, port, destinationName }) => {
      const sources = parties.partiesAt(source);
      const destinations = parties.partiesAt(destination, destinationName);
      return judgeParties(parties, sources, destinations, protocol, port);
    },
    endpointAt: (address) => parties.partiesAt(address)[0]?.endpoint,
  };
}

/** The strictest answer of all that may be meant; refused where nobody is. */
export function judgeParties(
  judge: PartyJudge,
  sources: readonly JudgedParty[],
  destinations: readonly JudgedParty[],
  protocol: TrafficProtocol,
  port: number,
): JudgedTraffic {
  const [source, destination] = [sources[0], destinations[0]];
  if (source === undefined) return { ...unreadable, refusedBy: 'inbound' };
  if (destination === undefined) return { ...unreadable, refusedBy: 'outbound' };
  const ask = (from: JudgedParty, to: JudgedParty): JudgedTraffic =>
    answerOf(judge.endOf(from, to, 'outbound', protocol, port), judge.endOf(to, from, 'inbound', protocol, port));
  if (sources.length === 1 && destinations.length === 1) return ask(source, destination);
  const answers = sources.flatMap((from) => destinations.map((to) => ask(from, to)));
  const strictest = answers.find(({ outcome }) => outcome === 'refused') ?? answers.find(({ observed }) => observed);
  return {
    ...(strictest ?? (answers[0] as JudgedTraffic)),
    connections: answers.reduce((all, { connections }) => intersectConnections(all, connections), allConnections),
  };
}

const unreadable = { outcome: 'refused', connections: noConnections, observed: false } as const;

/** What both ends make of a connection. */
export function answerOf(outbound: JudgedEnd | undefined, inbound: JudgedEnd | undefined): JudgedTraffic {
  const refusedOut = outbound !== undefined && outbound.answer?.action !== 'allow';
  const refusedIn = inbound !== undefined && inbound.answer?.action !== 'allow';
  const refusedBy =
    refusedOut && !observes(outbound) ? 'outbound' : refusedIn && !observes(inbound) ? 'inbound' : undefined;
  const sourceOut = outbound?.answer?.decision?.source;
  const sourceIn = inbound?.answer?.decision?.source;
  const listed = listOf(outbound?.answer) ?? listOf(inbound?.answer);
  return {
    outcome: refusedBy === undefined ? 'allowed' : 'refused',
    ...(refusedBy === undefined ? {} : { refusedBy }),
    connections: connectionsOf(outbound, inbound),
    observed: refusedBy === undefined && (refusedOut || refusedIn),
    ...(sourceOut === undefined ? {} : { outbound: sourceOut }),
    ...(sourceIn === undefined ? {} : { inbound: sourceIn }),
    ...(listed === undefined ? {} : { listed }),
  };
}

function observes(end: JudgedEnd | undefined): boolean {
  return end?.endpoint.mode === 'observe';
}

/** The list's name: what stands after the kind in `AddressList bad-addresses`. */
function listOf(answer: TableAnswer | undefined): string | undefined {
  if (answer?.action !== 'deny' || answer.tier?.name !== denyListTier) return undefined;
  return answer.decision?.source.document.replace(/^\S+ /, '');
}

/** Sets that verdicts hold are the same objects as long as these are kept. */
const shared = new WeakMap<ConnectionSet, WeakMap<ConnectionSet, ConnectionSet>>();

function connectionsOf(outbound: JudgedEnd | undefined, inbound: JudgedEnd | undefined): ConnectionSet {
  const out = outbound === undefined || observes(outbound) ? allConnections : outbound.verdict.allowed;
  const into = inbound === undefined || observes(inbound) ? allConnections : inbound.verdict.allowed;
  if (out === allConnections) return into;
  if (into === allConnections) return out;
  const row = shared.get(out) ?? new WeakMap<ConnectionSet, ConnectionSet>();
  shared.set(out, row);
  const both = row.get(into) ?? intersectConnections(out, into);
  row.set(into, both);
  return both;
}
