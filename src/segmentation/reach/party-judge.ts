import { type Address, type AddressSet, formatAddress, includesAddress, parseAddress } from '../../base/index.ts';
import type { TrafficEndpoint, TrafficModel, TrafficProtocol } from '../../model/index.ts';
import { answerAt, decideConnections, type TableAnswer, type TableVerdict } from './decide-connections.ts';
import { endpointClasses } from './endpoint-classes.ts';
import { saidOfName } from './name-fits.ts';
import {
  decisionsForEndpoint,
  decisionsForName,
  indexTable,
  ledAddresses,
  mergeNumbers,
  type TableIndex,
} from './table-index.ts';

/** Verdicts on a party, by index of the table that was asked. */
type Verdicts = Map<number, TableVerdict>;

/** One end of a connection: an endpoint, an address outside (and what was asked for to get it), or a name alone. */
export interface JudgedParty {
  readonly endpoint?: TrafficEndpoint;
  readonly decisionsOf: (index: TableIndex) => readonly number[];
  readonly verdicts: Verdicts;
}

/** What one end says to a connection. */
export interface JudgedEnd {
  readonly endpoint: TrafficEndpoint;
  readonly verdict: TableVerdict;
  readonly answer: TableAnswer | undefined;
}

export interface PartyJudge {
  readonly endpointParty: (endpoint: TrafficEndpoint) => JudgedParty | undefined;
  /**
   * Those that an address may be: an endpoint, or more where more have it (networks of different hosts); none where it is
   * no address. `name`: what was asked for to get it.
   */
  readonly partiesAt: (address: string, name?: string) => readonly JudgedParty[];
  readonly nameParty: (name: string) => JudgedParty;
  /** Undefined where this end is outside: it has no table. */
  readonly endOf: (
    self: JudgedParty,
    peer: JudgedParty,
    direction: 'outbound' | 'inbound',
    protocol: TrafficProtocol,
    port: number,
  ) => JudgedEnd | undefined;
}

/** Verdicts that are kept; beyond it, all are forgotten and worked out anew. */
const keptVerdicts = 1_000_000;

const refusingAll = decideConnections({ direction: 'outbound', tiers: [] }, []);

/** Asks tables about parties and keeps what they said. `nameAddresses`: what names led to; a decision by name has these too. */
export function createPartyJudge(
  model: TrafficModel,
  nameAddresses: ReadonlyMap<string, AddressSet> = new Map(),
): PartyJudge {
  const led = ledAddresses(nameAddresses);
  const indexes = model.tables.map((table) => indexTable(table, led));
  const byDecisions = indexes.map(() => new Map<string, TableVerdict>());
  const inside = endpointParties(model, indexes);
  let outside = new Map<string, readonly JudgedParty[]>();
  let kept = 0;

  const keep = (): void => {
    kept += 1;
    if (kept <= keptVerdicts) return;
    outside = new Map();
    for (const verdicts of inside.verdicts) verdicts.clear();
    for (const verdicts of byDecisions) verdicts.clear();
    kept = 0;
  };
  const verdictOf = (table: number, party: JudgedParty): TableVerdict => {
    const known = party.verdicts.get(table);
    if (known !== undefined) return known;
    const index = indexes[table];
    if (index === undefined) return refusingAll;
    const decisions = party.decisionsOf(index);
    const key = decisions.join();
    const verdict = byDecisions[table]?.get(key) ?? decideConnections(index.table, decisions);
    keep();
    byDecisions[table]?.set(key, verdict);
    party.verdicts.set(table, verdict);
    return verdict;
  };
  return {
    endpointParty: (endpoint) => inside.byEndpoint.get(endpoint),
    partiesAt: (text, name) => {
      const owned = inside.byAddress.get(text);
      if (owned !== undefined) return owned;
      const key = name === undefined ? text : `${text} ${name}`;
      const known = outside.get(key);
      if (known !== undefined) return known;
      const address = parseAddress(text);
      if (address === undefined) return [];
      const parties = inside.byAddress.get(formatAddress(address)) ?? [addressParty(address, name)];
      keep();
      outside.set(key, parties);
      return parties;
    },
    nameParty: (name) => ({ verdicts: new Map(), decisionsOf: (index) => decisionsForName(index, name) }),
    endOf: ({ endpoint }, peer, direction, protocol, port) => {
      if (endpoint === undefined) return undefined;
      const verdict = verdictOf(endpoint[direction], peer);
      return { endpoint, verdict, answer: answerAt(verdict, protocol, port) };
    },
  };
}

function addressParty(address: Address, name: string | undefined): JudgedParty {
  const said = name === undefined ? [] : saidOfName(name);
  return {
    verdicts: new Map(),
    decisionsOf: ({ byAddresses, byName }) => {
      const lists = said.flatMap((text) => {
        const list = byName.get(text);
        return list === undefined ? [] : [list];
      });
      for (const { addresses, decisions } of byAddresses)
        if (includesAddress(addresses, address)) lists.push(decisions);
      return mergeNumbers(lists);
    },
  };
}

interface EndpointParties {
  readonly byEndpoint: ReadonlyMap<TrafficEndpoint, JudgedParty>;
  /** As the model writes it, and as `formatAddress` does. */
  readonly byAddress: ReadonlyMap<string, readonly JudgedParty[]>;
  readonly verdicts: readonly Verdicts[];
}

/** Endpoints that nothing tells apart share what is kept about them. */
function endpointParties(model: TrafficModel, indexes: readonly TableIndex[]): EndpointParties {
  const byEndpoint = new Map<TrafficEndpoint, JudgedParty>();
  const byAddress = new Map<string, JudgedParty[]>();
  const all: Verdicts[] = [];
  for (const { endpoints, populations } of endpointClasses(model, indexes)) {
    const verdicts: Verdicts = new Map();
    const decisionsOf = (index: TableIndex): readonly number[] => decisionsForEndpoint(index, populations);
    all.push(verdicts);
    for (const endpoint of endpoints) {
      const party: JudgedParty = { endpoint, verdicts, decisionsOf };
      byEndpoint.set(endpoint, party);
      for (const text of writingsOf(endpoint)) {
        const parties = byAddress.get(text);
        if (parties === undefined) byAddress.set(text, [party]);
        else parties.push(party);
      }
    }
  }
  return { byEndpoint, byAddress, verdicts: all };
}

function writingsOf({ addresses }: TrafficEndpoint): ReadonlySet<string> {
  const writings = new Set<string>();
  for (const text of addresses) {
    const address = parseAddress(text);
    if (address !== undefined) writings.add(text).add(formatAddress(address));
  }
  return writings;
}
