import type {
  DenyList,
  HostNetwork,
  NetworkedContainer,
  SecurityGroup,
  TrafficEndpoint,
  TrafficModel,
  TrafficRemark,
  TrafficTable,
} from '../../model/index.ts';
import { createTextFinder } from '../common-texts.ts';
import { endpointIdOf } from '../endpoint-id.ts';
import { remember } from '../remember.ts';
import { createTableCompiler } from './group-tables.ts';
import { remarkOnGroups } from './remark-on-groups.ts';
import { compileSelection } from './select-groups.ts';
import { compileServicePlaces, type ServicePlaces } from './service-places.ts';

export interface TrafficInput {
  /** Each of another name. */
  readonly groups: readonly SecurityGroup[];
  readonly denyLists: readonly DenyList[];
  /** Of the host that `network` is about. */
  readonly containers: readonly NetworkedContainer[];
  readonly network: HostNetwork;
}

export interface CompiledTraffic {
  readonly model: TrafficModel;
  readonly remarks: readonly TrafficRemark[];
}

/**
 * Groups and containers of a host as a model of traffic. Pure and deterministic: the order in which groups, lists and
 * containers are given changes nothing. Containers with the same groups share their tables. One that no group has, and
 * for which there is no default group, is in mode observe and has tables that allow nothing.
 *
 * Models of the same groups, lists and network share tables, and endpoints of the same containers: what is remembered of one
 * saves time with the next, and changes nothing.
 */
export function compileTraffic({ groups, denyLists, containers, network }: TrafficInput): CompiledTraffic {
  const { sorted, memberOf, sharedPorts, compilersFor } = readGroups(groups);
  const single = containers.map(memberOf).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const selected = uniteSharing(single, sharedPorts(single));

  // Which sets of groups there are, in the order of their names, so that tables are numbered the same each time.
  const sets = new Map<string, readonly string[]>();
  for (const { key, names } of selected) sets.set(key, names);
  const numbered = [...sets].sort(([a], [b]) => (a < b ? -1 : 1));
  const indexOf = new Map(numbered.map(([key], index) => [key, index]));

  const endpoints = selected.map((member) => member.endpoint(2 * (indexOf.get(member.key) ?? 0)));
  const places = compileServicePlaces(network, endpoints);
  const tablesOf = compilersFor(denyLists)(places.services);
  const tables = numbered.flatMap(([key, names]) => tablesOf(key, names));
  const populations = populationsOf(sorted, endpoints, places.populations);
  let remarks: readonly TrafficRemark[] | undefined;
  return {
    model: { endpoints, populations, tables },
    get remarks() {
      const { services } = places;
      remarks ??= [
        ...remarkOnGroups({
          groups: sorted,
          denyLists: sortByName(denyLists),
          populations,
          services,
          members: selected,
        }),
        ...places.remarks,
      ];
      return remarks;
    },
  };
}

interface Member {
  readonly container: NetworkedContainer;
  readonly id: string;
  readonly names: readonly string[];
  /** Names that are joined. */
  readonly key: string;
  /** The same thing each time, as long as its table has the same number. */
  endpoint(table: number): TrafficEndpoint;
}

/** Before it is known who shares its network. */
interface SingleMember extends Member {
  /** What tells its network from others. */
  readonly port: string;
  united(names: readonly string[], isFirst: boolean): Member;
}

interface ReadGroups {
  readonly sorted: readonly SecurityGroup[];
  readonly memberOf: (container: NetworkedContainer) => SingleMember;
  readonly sharedPorts: (members: readonly SingleMember[]) => ReadonlySet<string>;
  readonly compilersFor: (
    lists: readonly DenyList[],
  ) => (services: ServicePlaces['services']) => (key: string, names: readonly string[]) => readonly TrafficTable[];
}

const readGroups = remember((groups: readonly SecurityGroup[]): ReadGroups => {
  const sorted = sortByName(groups);
  const known = new Map(sorted.map((group) => [group.name, group]));
  const select = compileSelection(sorted);
  const isEnforcing = (names: readonly string[]) => names.some((name) => known.get(name)?.mode === 'enforce');
  return {
    sorted,
    memberOf: remember((container) => createMember(container, select(container), isEnforcing, true)),
    sharedPorts: createTextFinder(2, ({ port }: SingleMember) => [port]),
    compilersFor: remember((lists) =>
      remember((services) => {
        const compiler = createTableCompiler({ denyLists: sortByName(lists), services, known: new Set(known.keys()) });
        const made = new Map<string, readonly TrafficTable[]>();
        return (key, names) => {
          const before = made.get(key);
          if (before !== undefined) return before;
          const own = names.flatMap((name) => known.get(name) ?? []);
          const tables = [compiler.outbound(own), compiler.inbound(own)];
          if (made.size >= mostTables) made.clear();
          made.set(key, tables);
          return tables;
        };
      }),
    ),
  };
});

/** That are remembered of the same rules; beyond it they are made anew. */
const mostTables = 50_000;

function createMember(
  container: NetworkedContainer,
  names: readonly string[],
  isEnforcing: (names: readonly string[]) => boolean,
  isFirst: boolean,
): SingleMember {
  const id = endpointIdOf(container);
  let last: TrafficEndpoint | undefined;
  return {
    container,
    id,
    port: container.attachments[0]?.port ?? id,
    names,
    key: names.join('\n'),
    endpoint(table) {
      if (last?.outbound === table) return last;
      last = {
        id,
        name: container.name,
        addresses: isFirst ? addressesOf(container) : [],
        groups: names,
        outbound: table,
        inbound: table + 1,
        mode: isEnforcing(names) ? 'enforce' : 'observe',
      };
      return last;
    },
    united: (all, first) => createMember(container, all, isEnforcing, first),
  };
}

/**
 * Containers that share a network (`container:X`, pods) have one address, and packets of theirs cannot be told apart: each
 * has the groups of all, and the first stands for their addresses.
 */
function uniteSharing(members: readonly SingleMember[], shared: ReadonlySet<string>): readonly Member[] {
  if (shared.size === 0) return members;
  const sharing = new Map<string, SingleMember[]>();
  for (const member of members) {
    if (!shared.has(member.port)) continue;
    const mates = sharing.get(member.port);
    if (mates) mates.push(member);
    else sharing.set(member.port, [member]);
  }
  const united = new Map<SingleMember, Member>();
  for (const mates of sharing.values()) {
    const names = [...new Set(mates.flatMap((member) => member.names))].sort();
    for (const [at, member] of mates.entries()) united.set(member, member.united(names, at === 0));
  }
  return members.map((member) => united.get(member) ?? member);
}

const addressesOf = remember(({ attachments }: NetworkedContainer): readonly string[] => {
  const [first, ...more] = attachments;
  if (first && more.length === 0 && first.addresses.length < 2) return first.addresses;
  return [...new Set(attachments.flatMap(({ addresses }) => addresses))].sort();
});

function populationsOf(
  groups: readonly SecurityGroup[],
  endpoints: readonly TrafficEndpoint[],
  services: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, readonly number[]> {
  const members = new Map<string, number[]>(groups.map(({ name }) => [name, []]));
  for (const [index, { groups: names }] of endpoints.entries())
    for (const name of names) members.get(name)?.push(index);
  return new Map<string, readonly number[]>([['*', endpoints.map((_, index) => index)], ...members, ...services]);
}

function sortByName<Named extends { readonly name: string }>(named: readonly Named[]): readonly Named[] {
  return [...named].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
