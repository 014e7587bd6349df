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
import { createTableCompiler } from './group-tables.ts';
import { remarkOnGroups } from './remark-on-groups.ts';
import { compileSelection } from './select-groups.ts';
import { compileServicePlaces } from './service-places.ts';

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
 */
export function compileTraffic({ groups, denyLists, containers, network }: TrafficInput): CompiledTraffic {
  const sorted = [...groups].sort(byName);
  const lists = [...denyLists].sort(byName);
  const known = new Map(sorted.map((group) => [group.name, group]));
  const select = compileSelection(sorted);
  const single = containers
    .map((container) => ({
      container,
      id: `${container.engine}:${container.containerId}`,
      names: select(container),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const selected = uniteSharing(single).map((member) => ({ ...member, key: member.names.join('\n') }));

  // Which sets of groups there are, in the order of their names, so that tables are numbered the same each time.
  const sets = new Map(selected.map(({ key, names }) => [key, names]));
  const numbered = [...sets].sort(([a], [b]) => (a < b ? -1 : 1));
  const indexOf = new Map(numbered.map(([key], index) => [key, index]));

  const endpoints = selected.map(({ container, id, names, key, isFirst }): TrafficEndpoint => {
    const table = 2 * (indexOf.get(key) ?? 0);
    return {
      id,
      name: container.name,
      addresses: isFirst ? addressesOf(container) : [],
      groups: names,
      outbound: table,
      inbound: table + 1,
      mode: names.some((name) => known.get(name)?.mode === 'enforce') ? 'enforce' : 'observe',
    };
  });
  const places = compileServicePlaces(network, endpoints);
  const compiler = createTableCompiler({ denyLists: lists, services: places.services, known: new Set(known.keys()) });
  const tables = numbered.flatMap(([, names]): readonly TrafficTable[] => {
    const own = names.flatMap((name) => known.get(name) ?? []);
    return [compiler.outbound(own), compiler.inbound(own)];
  });
  const populations = populationsOf(sorted, endpoints, places.populations);
  const model: TrafficModel = { endpoints, populations, tables };
  const remarks = [
    ...remarkOnGroups({ groups: sorted, denyLists: lists, populations, services: places.services, members: selected }),
    ...places.remarks,
  ];
  return { model, remarks };
}

interface Member {
  readonly container: NetworkedContainer;
  readonly id: string;
  readonly names: readonly string[];
}

/**
 * Containers that share a network (`container:X`, pods) have one address, and packets of theirs cannot be told apart: each
 * has the groups of all, and the first stands for their addresses.
 */
function uniteSharing(members: readonly Member[]): readonly (Member & { readonly isFirst: boolean })[] {
  const sharing = new Map<string, Member[]>();
  for (const member of members) {
    const port = member.container.attachments[0]?.port ?? member.id;
    const group = sharing.get(port);
    if (group) group.push(member);
    else sharing.set(port, [member]);
  }
  const united = new Map(
    [...sharing.values()].flatMap((group) => {
      const names = group.length === 1 ? undefined : [...new Set(group.flatMap((member) => member.names))].sort();
      return group.map((member, at) => [member.id, { ...member, names: names ?? member.names, isFirst: at === 0 }]);
    }),
  );
  return members.flatMap(({ id }) => united.get(id) ?? []);
}

function addressesOf({ attachments }: NetworkedContainer): readonly string[] {
  const [first, ...more] = attachments;
  if (first && more.length === 0 && first.addresses.length < 2) return first.addresses;
  return [...new Set(attachments.flatMap(({ addresses }) => addresses))].sort();
}

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

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
