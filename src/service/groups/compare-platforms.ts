import {
  type AddressSet,
  addressesOf,
  hasNoAddress,
  intersectAddresses,
  noAddresses,
  parseCidr,
  subtractAddresses,
} from '../../base/index.ts';
import {
  type ConnectionSet,
  describeConnections,
  hasNoConnection,
  noConnections,
  subtractConnections,
  unionConnections,
} from '../../model/index.ts';
import { type ReachParty, reachClasses } from '../../segmentation/index.ts';
import type { NamedModel } from './explain-connection.ts';
import { describeAddresses, groupNodes } from './traffic-nodes.ts';

/** What one platform lets pass and another does not, between parties of the same name. */
export interface PlatformDifference {
  readonly from: string;
  readonly to: string;
  readonly connections: string;
}

export interface PlatformComparison {
  readonly onlyFirst: readonly PlatformDifference[];
  readonly onlySecond: readonly PlatformDifference[];
  /** Parties that one of them alone has: nothing about these is compared. */
  readonly unknownToSecond: readonly string[];
  readonly unknownToFirst: readonly string[];
}

interface NamedReach {
  /** With how many endpoints each has. */
  readonly parties: ReadonlyMap<string, number>;
  readonly between: Map<string, { readonly from: string; readonly to: string; connections: ConnectionSet }>;
  readonly outside: Map<string, OutsideReach>;
}
interface OutsideReach {
  readonly party: string;
  readonly way: 'from' | 'to';
  readonly ranges: { readonly addresses: AddressSet; readonly connections: ConnectionSet }[];
}

/**
 * Where two platforms differ in what they allow. Parties are told by name: of hosts the groups, of a cluster the workloads
 * (without namespace and kind where no two are called so). What several models of a side let pass counts together. `members` is
 * where containers are beside the addresses that are known: nothing outside.
 */
export function comparePlatforms(
  first: readonly NamedModel[],
  second: readonly NamedModel[],
  members: AddressSet = noAddresses,
): PlatformComparison {
  // What is a container on one side is not outside on the other.
  const inside = addressesOf([
    members,
    ...[...first, ...second].flatMap(({ model }) =>
      model.endpoints.flatMap(({ addresses }) => addresses.flatMap((address) => parseCidr(address) ?? [])),
    ),
  ]);
  const [a, b] = [reachByName(first, inside), reachByName(second, inside)];
  const shared = new Set([...a.parties.keys()].filter((name) => b.parties.has(name)));
  return {
    onlyFirst: differences(a, b, shared),
    onlySecond: differences(b, a, shared),
    unknownToSecond: [...a.parties.keys()].filter((name) => !shared.has(name)).sort(),
    unknownToFirst: [...b.parties.keys()].filter((name) => !shared.has(name)).sort(),
  };
}

function reachByName(models: readonly NamedModel[], inside: AddressSet): NamedReach {
  const parties = new Map<string, number>();
  const between: NamedReach['between'] = new Map();
  const outside: NamedReach['outside'] = new Map();
  for (const { model } of models) {
    const { classes, edges } = reachClasses(model, { inside });
    const nameOf = workloadNames(model.endpoints.map(({ name }) => name));
    const named = new Map<ReachParty, readonly string[]>();
    const namesOf = (party: ReachParty): readonly string[] => {
      if (party.kind === 'addresses') return [];
      if (party.kind === 'name') return [party.name];
      const known = named.get(party) ?? [
        ...new Set(
          party.class.endpoints.flatMap(({ name, groups }) =>
            groups.length > 0 ? groupNodes(groups).map((node) => node.name) : [nameOf(name)],
          ),
        ),
      ];
      named.set(party, known);
      return known;
    };
    for (const of of classes)
      for (const name of namesOf({ kind: 'class', class: of }))
        parties.set(name, (parties.get(name) ?? 0) + of.endpoints.length);
    for (const { from, to, connections } of edges) {
      for (const own of namesOf(from)) {
        for (const other of namesOf(to)) {
          const key = `${own}\n${other}`;
          const known = between.get(key)?.connections ?? noConnections;
          between.set(key, { from: own, to: other, connections: unionConnections(known, connections) });
        }
        if (to.kind === 'addresses') addOutside(outside, own, 'to', to.addresses, connections);
      }
      if (from.kind === 'addresses')
        for (const own of namesOf(to)) addOutside(outside, own, 'from', from.addresses, connections);
    }
  }
  return { parties, between, outside };
}

function addOutside(
  outside: NamedReach['outside'],
  party: string,
  way: 'from' | 'to',
  addresses: AddressSet,
  connections: ConnectionSet,
): void {
  const key = `${way}\n${party}`;
  const known = outside.get(key) ?? { party, way, ranges: [] };
  known.ranges.push({ addresses, connections });
  outside.set(key, known);
}

/** `web` for `shop/web[Deployment]`, unless another is called so too. */
function workloadNames(names: readonly string[]): (name: string) => string {
  const short = (name: string) => /^(?:[^/]*\/)?([^[]+)(?:\[.*\])?$/.exec(name)?.[1] ?? name;
  const counts = new Map<string, Set<string>>();
  for (const name of names) counts.set(short(name), (counts.get(short(name)) ?? new Set()).add(name));
  return (name) => (counts.get(short(name))?.size === 1 ? short(name) : name);
}

function differences(a: NamedReach, b: NamedReach, shared: ReadonlySet<string>): readonly PlatformDifference[] {
  const found: PlatformDifference[] = [];
  const isKnown = (name: string) => shared.has(name) || !(a.parties.has(name) || b.parties.has(name));
  for (const [key, { from, to, connections }] of a.between) {
    if (!isKnown(from) || !isKnown(to)) continue;
    // A workload that is one endpoint says nothing of what its copies may say to each other.
    if (from === to && (a.parties.get(from) === 1 || b.parties.get(from) === 1)) continue;
    const more = subtractConnections(connections, b.between.get(key)?.connections ?? noConnections);
    if (!hasNoConnection(more)) found.push({ from, to, connections: describeConnections(more) });
  }
  for (const [key, { party, way, ranges }] of a.outside) {
    if (!shared.has(party)) continue;
    for (const { addresses, connections } of beyond(ranges, b.outside.get(key)?.ranges ?? [])) {
      const far = describeAddresses(addresses);
      const [from, to] = way === 'to' ? [party, far] : [far, party];
      found.push({ from, to, connections: describeConnections(connections) });
    }
  }
  return found.sort((x, y) => (`${x.from} ${x.to}` < `${y.from} ${y.to}` ? -1 : 1));
}

function beyond(own: OutsideReach['ranges'], other: OutsideReach['ranges']): OutsideReach['ranges'] {
  const found: OutsideReach['ranges'] = [];
  for (const { addresses, connections } of own) {
    let parts = [{ addresses, connections }];
    for (const passed of other) {
      parts = parts.flatMap((part) => {
        const shared = intersectAddresses(part.addresses, passed.addresses);
        if (hasNoAddress(shared)) return [part];
        const rest = { addresses: subtractAddresses(part.addresses, shared), connections: part.connections };
        return [rest, { addresses: shared, connections: subtractConnections(part.connections, passed.connections) }];
      });
      parts = parts.filter((part) => !hasNoAddress(part.addresses) && !hasNoConnection(part.connections));
    }
    found.push(...parts);
  }
  return found;
}
