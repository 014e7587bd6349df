import { type Address, type AddressSet, formatAddress, includesAddress, parseAddress } from '../../base/index.ts';
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
import { answerAt, decideConnections, type TableAnswer, type TableVerdict } from './decide-connections.ts';
import { endpointClasses } from './endpoint-classes.ts';
import { saidOfName } from './name-fits.ts';
import { decisionsForEndpoint, indexTable, ledAddresses, mergeNumbers, type TableIndex } from './table-index.ts';

/** The name of the tier in which deny lists stand. */
export const denyListTier = 'deny lists';

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

/** By index of the table that was asked. */
type Verdicts = Map<number, TableVerdict>;

type Party =
  | { readonly endpoint: TrafficEndpoint; readonly populations: readonly string[]; readonly verdicts: Verdicts }
  | { readonly endpoint?: undefined; readonly address: Address; readonly name?: string; readonly verdicts: Verdicts };

interface End {
  readonly answer: TableAnswer | undefined;
  readonly verdict: TableVerdict;
  readonly observes: boolean;
}

/** Verdicts on peers that are kept; beyond it, all are forgotten and worked out anew. */
const keptVerdicts = 1_000_000;

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
  const led = ledAddresses(options.nameAddresses ?? new Map());
  const indexes = model.tables.map((table) => indexTable(table, led));
  const byDecisions = indexes.map(() => new Map<string, TableVerdict>());
  const owners = ownersOf(model, indexes);
  let outside = new Map<string, readonly Party[]>();
  let kept = 0;

  const keep = (): void => {
    kept += 1;
    if (kept <= keptVerdicts) return;
    outside = new Map();
    for (const verdicts of owners.verdicts) verdicts.clear();
    kept = 0;
  };
  const partiesAt = (text: string, name: string | undefined): readonly Party[] => {
    const owned = owners.byAddress.get(text);
    if (owned !== undefined) return owned;
    const key = name === undefined ? text : `${text} ${name}`;
    const known = outside.get(key);
    if (known !== undefined) return known;
    const address = parseAddress(text);
    if (address === undefined) return [];
    const parties = owners.byAddress.get(formatAddress(address)) ?? [
      { address, verdicts: new Map(), ...(name === undefined ? {} : { name }) },
    ];
    keep();
    outside.set(key, parties);
    return parties;
  };
  const verdictOf = (table: number, party: Party): TableVerdict | undefined => {
    const known = party.verdicts.get(table);
    if (known !== undefined) return known;
    const index = indexes[table];
    if (index === undefined) return undefined;
    const decisions = decisionsFor(index, party);
    const key = decisions.join();
    const verdict = byDecisions[table]?.get(key) ?? decideConnections(index.table, decisions);
    keep();
    byDecisions[table]?.set(key, verdict);
    party.verdicts.set(table, verdict);
    return verdict;
  };
  const endOf = (
    self: Party,
    peer: Party,
    direction: 'outbound' | 'inbound',
    { protocol, port }: JudgedConnection,
  ): End | undefined => {
    if (self.endpoint === undefined) return undefined;
    const verdict = verdictOf(self.endpoint[direction], peer) ?? refusingAll;
    return { verdict, answer: answerAt(verdict, protocol, port), observes: self.endpoint.mode === 'observe' };
  };
  const judgeParties = (source: Party, destination: Party, connection: JudgedConnection): JudgedTraffic => {
    const outbound = endOf(source, destination, 'outbound', connection);
    const inbound = endOf(destination, source, 'inbound', connection);
    return answerOf(outbound, inbound);
  };
  return {
    judge: (connection) => {
      const sources = partiesAt(connection.source, undefined);
      const destinations = partiesAt(connection.destination, connection.destinationName);
      const [source, destination] = [sources[0], destinations[0]];
      if (source === undefined) return { ...unreadable, refusedBy: 'inbound' };
      if (destination === undefined) return { ...unreadable, refusedBy: 'outbound' };
      const first = judgeParties(source, destination, connection);
      if (sources.length === 1 && destinations.length === 1) return first;
      const answers = sources.flatMap((from) => destinations.map((to) => judgeParties(from, to, connection)));
      return answers.find(({ outcome }) => outcome === 'refused') ?? answers.find(({ observed }) => observed) ?? first;
    },
    endpointAt: (address) => partiesAt(address, undefined)[0]?.endpoint,
  };
}

const unreadable = { outcome: 'refused', connections: noConnections, observed: false } as const;
const refusingAll = decideConnections({ direction: 'outbound', tiers: [] }, []);

function answerOf(outbound: End | undefined, inbound: End | undefined): JudgedTraffic {
  const refusedOut = outbound !== undefined && outbound.answer?.action !== 'allow';
  const refusedIn = inbound !== undefined && inbound.answer?.action !== 'allow';
  const refusedBy =
    refusedOut && !outbound.observes ? 'outbound' : refusedIn && !inbound.observes ? 'inbound' : undefined;
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

/** The list's name: what stands after the kind in `AddressList bad-addresses`. */
function listOf(answer: TableAnswer | undefined): string | undefined {
  if (answer?.action !== 'deny' || answer.tier?.name !== denyListTier) return undefined;
  return answer.decision?.source.document.replace(/^\S+ /, '');
}

const shared = new WeakMap<ConnectionSet, WeakMap<ConnectionSet, ConnectionSet>>();

function connectionsOf(outbound: End | undefined, inbound: End | undefined): ConnectionSet {
  const out = outbound === undefined || outbound.observes ? allConnections : outbound.verdict.allowed;
  const into = inbound === undefined || inbound.observes ? allConnections : inbound.verdict.allowed;
  if (out === allConnections) return into;
  if (into === allConnections) return out;
  let known = shared.get(out);
  if (known === undefined) shared.set(out, (known = new WeakMap()));
  let both = known.get(into);
  if (both === undefined) known.set(into, (both = intersectConnections(out, into)));
  return both;
}

function decisionsFor(index: TableIndex, party: Party): readonly number[] {
  if (party.endpoint !== undefined) return decisionsForEndpoint(index, party.populations);
  return mergeNumbers([
    ...index.byAddresses
      .filter(({ addresses }) => includesAddress(addresses, party.address))
      .map(({ decisions }) => decisions),
    ...(party.name === undefined ? [] : saidOfName(party.name).map((said) => index.byName.get(said) ?? [])),
  ]);
}

interface Owners {
  /** As the model writes it, and as `formatAddress` does. */
  readonly byAddress: ReadonlyMap<string, readonly Party[]>;
  readonly verdicts: readonly Verdicts[];
}

function ownersOf(model: TrafficModel, indexes: readonly TableIndex[]): Owners {
  const byAddress = new Map<string, Party[]>();
  const all: Verdicts[] = [];
  for (const { endpoints, populations } of endpointClasses(model, indexes)) {
    const verdicts: Verdicts = new Map();
    all.push(verdicts);
    for (const endpoint of endpoints) {
      const party: Party = { endpoint, populations, verdicts };
      const texts = endpoint.addresses.flatMap((text) => {
        const address = parseAddress(text);
        return address === undefined ? [] : [text, formatAddress(address)];
      });
      for (const text of new Set(texts)) {
        const parties = byAddress.get(text);
        if (parties === undefined) byAddress.set(text, [party]);
        else parties.push(party);
      }
    }
  }
  return { byAddress, verdicts: all };
}
