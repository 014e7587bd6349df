import {
  formatCidrs,
  formatInstant,
  includesAddress,
  parseAddress,
  parseCidr,
  spansInclude,
} from '../../base/index.ts';
import {
  describeConnections,
  type FlowEnd,
  type FlowSum,
  type HostNetwork,
  type NamedService,
  type TrafficPeer,
  type TrafficRule,
} from '../../model/index.ts';
import type { Attempts, GroupList, GroupMember, GroupRule, GroupView } from '../../model/wire/index.ts';
import { noAttempts } from './group-map.ts';
import { groupNode, groupNodes, nameNode, nodeHas, noGroup } from './traffic-nodes.ts';
import type { AppliedGroup, AppliedList, TrafficScene } from './traffic-scene.ts';
import { describeRulePeer, remarkView } from './view-traffic.ts';

/** All groups by name, with those that no group has as a group of its own where there are any. */
export function listGroups(scene: TrafficScene, sums: readonly FlowSum[]): GroupList {
  const items = [...groupsOf(scene)].map((applied) => groupView(scene, applied, sums));
  const defaults = new Set(scene.groups.filter(({ isDefault }) => isDefault).map(({ name }) => name));
  const endpoints = scene.hosts.flatMap(({ model }) => model.endpoints);
  return {
    items,
    total: items.length,
    denyLists: scene.lists.map((list, index) => denyListView(list, scene, index)),
    ungrouped: endpoints.filter(({ groups }) => groups.every((name) => defaults.has(name))).length,
    outOfReach: scene.hosts.flatMap(({ report }) => report.containers).filter(({ outOfReach }) => outOfReach.length > 0)
      .length,
  };
}

/** What is done with containers that no group has while nobody wrote a default group. */
const builtIn: AppliedGroup['group'] = {
  name: noGroup,
  mode: 'observe',
  isDefault: true,
  members: [],
  inbound: [],
  outbound: [],
};

function* groupsOf(scene: TrafficScene): Generator<Omit<AppliedGroup, 'document'>> {
  yield* [...scene.documents].sort((a, b) => (a.group.name < b.group.name ? -1 : 1));
  if (scene.hosts.some(({ model }) => model.endpoints.some(({ groups }) => groups.length === 0)))
    yield { group: builtIn };
}

export function findGroup(scene: TrafficScene, name: string): Omit<AppliedGroup, 'document'> | undefined {
  for (const applied of groupsOf(scene)) if (applied.group.name === name) return applied;
  return undefined;
}

export function groupView(
  scene: TrafficScene,
  { group, appliedAt, appliedBy }: Omit<AppliedGroup, 'document'>,
  sums: readonly FlowSum[],
): GroupView {
  const hosts = scene.hosts
    .map(({ host, model }) => ({
      host,
      members: model.endpoints.filter((endpoint) => isMember(group.name, endpoint)).length,
    }))
    .filter(({ members }) => members > 0);
  const node = groupNode(group.name);
  return {
    name: group.name,
    mode: group.mode,
    isDefault: group.isDefault,
    isBuiltIn: group === builtIn,
    members: hosts.reduce((sum, { members }) => sum + members, 0),
    hosts,
    rules: { inbound: group.inbound.length, outbound: group.outbound.length },
    remarks: remarksOf(scene, (document) => document === `SecurityGroup ${group.name}`),
    lastDay: attemptsOf(sums.filter(({ from, to, host }) => nodeHas(node, from, host) || nodeHas(node, to, host))),
    appliedAt: appliedAt === undefined ? null : formatInstant(appliedAt),
    appliedBy: appliedBy ?? null,
  };
}

/** Each once, though every host finds it. */
export function remarksOf(scene: TrafficScene, isWanted: (document: string) => boolean) {
  const views = scene.hosts
    .flatMap(({ remarks }) => remarks)
    .filter(({ source }) => isWanted(source.document))
    .map(remarkView);
  return [...new Map(views.map((view) => [JSON.stringify(view), view])).values()];
}

function isMember(name: string, { groups }: { readonly groups: readonly string[] }): boolean {
  return groupNodes(groups).some((node) => node.name === name);
}

export function attemptsOf(sums: readonly FlowSum[]): Attempts {
  const counted = noAttempts();
  for (const { outcome, attempts } of sums) counted[outcome] += attempts;
  return counted;
}

const membersShown = 1000;

export function membersOf(scene: TrafficScene, name: string): { containers: GroupMember[]; moreContainers: number } {
  const all = scene.hosts.flatMap(({ host, report, model }) => {
    const containers = new Map(
      report.containers.map((container) => [`${container.engine}:${container.containerId}`, container]),
    );
    return model.endpoints.flatMap((endpoint): readonly GroupMember[] => {
      const container = isMember(name, endpoint) ? containers.get(endpoint.id) : undefined;
      if (!container) return [];
      return [
        {
          host,
          engine: container.engine,
          id: container.containerId,
          name: container.name,
          image: container.imageReference,
          addresses: [...endpoint.addresses],
          groups: [...endpoint.groups],
          mode: endpoint.mode,
          outOfReach: container.outOfReach.map(({ message }) => message),
        },
      ];
    });
  });
  return { containers: all.slice(0, membersShown), moreContainers: Math.max(0, all.length - membersShown) };
}

/** Rules of a group with what was seen that they let pass; one connection may be let pass by several. */
export function groupRules(
  scene: TrafficScene,
  { group }: Omit<AppliedGroup, 'document'>,
  sums: readonly FlowSum[],
): GroupRule[] {
  const node = groupNode(group.name);
  const view = (rule: TrafficRule, direction: 'inbound' | 'outbound'): GroupRule => {
    const seen = sums.filter((sum) => {
      const [own, other] = direction === 'inbound' ? [sum.to, sum.from] : [sum.from, sum.to];
      return (
        nodeHas(node, own, sum.host) &&
        spansInclude(rule.connections[sum.protocol], sum.port) &&
        rule.peers.some((peer) => peerHas(peer, other, sum, scene))
      );
    });
    const last = seen.reduce((latest, sum) => Math.max(latest, sum.last), 0);
    return {
      path: rule.path,
      direction,
      peers: rule.peers.map(describeRulePeer),
      connections: describeConnections(rule.connections),
      description: rule.description ?? null,
      lastDay: attemptsOf(seen),
      lastSeen: last === 0 ? null : formatInstant(last),
    };
  };
  return [
    ...group.inbound.map((rule) => view(rule, 'inbound')),
    ...group.outbound.map((rule) => view(rule, 'outbound')),
  ];
}

function peerHas(peer: TrafficPeer, end: FlowEnd, sum: FlowSum, { hosts }: TrafficScene): boolean {
  switch (peer.kind) {
    case 'any':
      return end.kind !== 'host';
    case 'group':
      return nodeHas(groupNode(peer.group), end, sum.host);
    case 'name':
      return nodeHas(nameNode(peer.name), end, sum.host);
    case 'addresses':
      return nodeHas({ kind: 'addresses', id: '', name: '', addresses: peer.addresses }, end, sum.host);
    default: {
      if (end.kind === 'host') return peer.service === 'host';
      const network = hosts.find(({ host }) => host === sum.host)?.report.network;
      return end.kind === 'address' && network !== undefined && isService(network, peer.service, end.address, sum);
    }
  }
}

function isService(
  { services }: HostNetwork,
  service: NamedService,
  text: string,
  { protocol, port }: Pick<FlowSum, 'protocol' | 'port'>,
): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  return (services.get(service) ?? []).some((place) => {
    const block = parseCidr(place.addresses);
    return (
      block !== undefined &&
      includesAddress(block, address) &&
      (place.protocol === undefined || place.protocol === protocol) &&
      (place.ports === undefined || (place.ports[0] <= port && port <= place.ports[1]))
    );
  });
}

function denyListView(
  { document, fetched }: AppliedList,
  { denyLists }: TrafficScene,
  index: number,
): GroupList['denyLists'][number] {
  const addresses = denyLists[index]?.addresses;
  return {
    name: document.metadata.name,
    blocks: addresses ? formatCidrs(addresses).length : 0,
    fetchedAt: fetched && fetched.fetchedAt > 0 ? formatInstant(fetched.fetchedAt) : null,
    isStale: fetched?.problem !== undefined,
    problem: fetched?.problem ?? null,
  };
}
