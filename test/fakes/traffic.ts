import { addressesOf, noAddresses, parseCidr } from '../../src/base/index.ts';
import type {
  ConnectionSet,
  HostNetwork,
  NetworkedContainer,
  ServiceAddress,
  TrafficDecision,
  TrafficModel,
  TrafficTable,
} from '../../src/model/index.ts';

/** A container as a bed or a table of cases has it. */
export interface MadeContainer {
  readonly name: string;
  readonly bridge: string;
  readonly port: string;
  readonly mac: string;
  readonly v4: string;
  readonly v6?: string;
}

/** `group:web`, `name:api.example`, `*` for all containers, `any` for all that is outside, or a block. */
export type MadePeer = string;

export interface MadeRule {
  readonly peers: readonly MadePeer[];
  readonly connections: ConnectionSet;
  readonly action?: 'allow' | 'deny' | 'pass';
}

export interface MadeGroup {
  readonly members: readonly string[];
  readonly mode?: 'enforce' | 'observe';
  readonly outbound?: readonly MadeRule[];
  readonly inbound?: readonly MadeRule[];
}

export interface MadeTraffic {
  readonly model: TrafficModel;
  readonly containers: readonly NetworkedContainer[];
  readonly network: HostNetwork;
}

/** Traffic of containers that have one group each; those that no group names are there and have no rules yet. */
export function makeTraffic(
  containers: readonly MadeContainer[],
  groups: Readonly<Record<string, MadeGroup>>,
  services: HostNetwork['services'] = new Map<never, readonly ServiceAddress[]>(),
): MadeTraffic {
  const names = Object.keys(groups);
  const tables: TrafficTable[] = [];
  const endpoints: TrafficModel['endpoints'][number][] = [];
  const populations = new Map<string, number[]>([['*', []]]);
  for (const name of names) {
    const group = groups[name];
    if (group === undefined) continue;
    tables.push(makeTable('outbound', group.outbound ?? [], name), makeTable('inbound', group.inbound ?? [], name));
    populations.set(name, []);
    for (const member of group.members) {
      const container = containers.find((each) => each.name === member);
      if (container === undefined) continue;
      populations.get(name)?.push(endpoints.length);
      populations.get('*')?.push(endpoints.length);
      endpoints.push({
        id: `docker:${member}`,
        name: member,
        addresses: addressesOfContainer(container),
        groups: [name],
        outbound: tables.length - 2,
        inbound: tables.length - 1,
        mode: group.mode ?? 'enforce',
      });
    }
  }
  const bridges = [...new Set(containers.map(({ bridge }) => bridge))].sort();
  return {
    model: { endpoints, populations, tables },
    containers: containers.map(networked),
    network: {
      host: 'host',
      bridges: bridges.map((bridge) => {
        const v4 = containers
          .find((each) => each.bridge === bridge)
          ?.v4.split('.')
          .slice(0, 3)
          .join('.');
        return { bridge, network: bridge, engine: 'docker', subnets: [`${v4}.0/24`], gateways: [`${v4}.1`] };
      }),
      services,
    },
  };
}

function makeTable(direction: TrafficTable['direction'], rules: readonly MadeRule[], group: string): TrafficTable {
  const decisions = rules.map(({ peers, connections, action = 'allow' }, index): TrafficDecision => {
    const blocks = peers.flatMap((peer) => (peer === 'any' ? ['0.0.0.0/0', '::/0'] : [peer]));
    return {
      action,
      peers: {
        populations: peers.flatMap((peer) => (peer === '*' ? ['*'] : peer.startsWith('group:') ? [peer.slice(6)] : [])),
        names: peers.flatMap((peer) => (peer.startsWith('name:') ? [peer.slice(5)] : [])),
        addresses: addressesOf(blocks.map((block) => parseCidr(block) ?? noAddresses)),
      },
      connections,
      source: { document: `SecurityGroup ${group}`, path: `${direction}[${index}]` },
    };
  });
  return { direction, tiers: [{ name: 'groups', decisions, otherwise: 'deny' }] };
}

function networked(container: MadeContainer): NetworkedContainer {
  const { name, bridge, port, mac } = container;
  const addresses = addressesOfContainer(container);
  return {
    host: 'host',
    engine: 'docker',
    containerId: name,
    name,
    imageReference: 'registry.example/app:1',
    imageId: `sha256:${'0'.repeat(64)}`,
    labels: {},
    pid: 1,
    attachments: [{ network: bridge, bridge, port, mac, addresses }],
    published: [],
    outOfReach: [],
  };
}

function addressesOfContainer({ v4, v6 }: MadeContainer): readonly string[] {
  return v6 === undefined ? [v4] : [v4, v6];
}
