import { parseCidr } from '../../src/base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  connectionsTo,
  type HostNetwork,
  type NamedService,
  type NetworkedContainer,
  type SecurityGroup,
  type ServiceAddress,
  type TrafficPeer,
  type TrafficRule,
} from '../../src/model/index.ts';

/** A container of an invented host, with an address in its bridge; a number tells it from others. */
export function networkedContainer(number: number, more: Partial<NetworkedContainer> = {}): NetworkedContainer {
  const hex = number.toString(16).padStart(4, '0');
  return {
    host: 'quay',
    engine: 'docker',
    containerId: hex.repeat(16),
    name: `container-${number}`,
    imageReference: 'registry.example/shop/web:1.0',
    imageId: `sha256:${hex.repeat(16)}`,
    labels: {},
    pid: 1000 + number,
    attachments: [
      {
        network: 'shop_default',
        bridge: 'br-shop',
        port: `veth${hex}`,
        mac: `02:42:ac:12:${hex.slice(0, 2)}:${hex.slice(2)}`,
        addresses: [`172.18.${1 + (number >> 8)}.${number & 255}`, `fd00:18::${hex}`],
      },
    ],
    published: [],
    outOfReach: [],
    ...more,
  };
}

/** One of a compose project. */
export function composeContainer(number: number, project: string, service: string): NetworkedContainer {
  const labels = { 'com.docker.compose.project': project, 'com.docker.compose.service': service };
  return networkedContainer(number, { name: `${project}-${service}-1`, labels });
}

export function hostNetwork(services: Partial<Record<NamedService, readonly ServiceAddress[]>> = {}): HostNetwork {
  return {
    host: 'quay',
    bridges: [
      {
        bridge: 'br-shop',
        network: 'shop_default',
        engine: 'docker',
        subnets: ['172.18.0.0/16', 'fd00:18::/64'],
        gateways: ['172.18.0.1', 'fd00:18::1'],
      },
    ],
    services: new Map(Object.entries(services) as [NamedService, readonly ServiceAddress[]][]),
  };
}

export function securityGroup(name: string, more: Partial<SecurityGroup> = {}): SecurityGroup {
  return { name, mode: 'enforce', isDefault: false, members: [], inbound: [], outbound: [], ...more };
}

/** `tcp(80)`, `tcp(9000, 9010)`. */
export function tcp(first: number, last = first): ConnectionSet {
  return connectionsTo('tcp', first, last);
}

/** Rules as a document has them, each with its path. */
export function trafficRules(
  direction: 'inbound' | 'outbound',
  ...rules: readonly (readonly [peers: readonly TrafficPeer[], connections?: ConnectionSet])[]
): readonly TrafficRule[] {
  return rules.map(([peers, connections = allConnections], index) => ({
    path: `${direction}[${index}]`,
    peers,
    connections,
  }));
}

export const any: TrafficPeer = { kind: 'any' };
export function toGroup(group: string): TrafficPeer {
  return { kind: 'group', group };
}
export function toName(name: string): TrafficPeer {
  return { kind: 'name', name };
}
export function toService(service: NamedService): TrafficPeer {
  return { kind: 'service', service };
}
export function toBlock(block: string): TrafficPeer {
  const addresses = parseCidr(block);
  if (!addresses) throw new TypeError(`no block: ${block}`);
  return { kind: 'addresses', addresses };
}
