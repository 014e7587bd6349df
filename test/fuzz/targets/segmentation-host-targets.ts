import { BoundError, parseAddress, parseCidr, parseJson } from '../../../src/base/index.ts';
import {
  parseAttachedContainer,
  parseDockerNetworks,
  parsePodmanNetworks,
} from '../../../src/image/engine/engine-networks.ts';
import type { EngineNetwork } from '../../../src/model/index.ts';
import { parseHostLinks } from '../../../src/segmentation/containers/host-links.ts';
import { parseNamespaceNumbers, parseProcessStart } from '../../../src/segmentation/containers/network-namespaces.ts';
import { parseBypasses } from '../../../src/segmentation/containers/read-bypasses.ts';
import { compileHostNetwork, parseResolvers } from '../../../src/segmentation/containers/read-host-network.ts';
import { saysHostServers } from '../../../src/segmentation/containers/read-resolver-file.ts';
import { SegmentationError } from '../../../src/segmentation/index.ts';
import { parseProbeAnswer } from '../../../src/segmentation/probe/open-end.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const network = {
  Name: 'shop',
  Id: 'ab'.repeat(32),
  Driver: 'bridge',
  IPAM: { Config: [{ Subnet: '10.1.2.3/16', Gateway: '10.1.0.1' }, { Subnet: 'fd00::/64' }] },
  Options: { 'com.docker.network.bridge.name': 'shop0' },
};
const podmanNetwork = {
  name: 'shop',
  id: 'ab'.repeat(32),
  driver: 'bridge',
  network_interface: 'podman1',
  subnets: [{ subnet: '10.89.0.0/24', gateway: '10.89.0.1' }],
};
const container = {
  Id: 'cd'.repeat(32),
  Name: '/web',
  Config: { Image: 'web:1', Labels: { a: 'b' } },
  State: { Running: true, Pid: 7, StartedAt: '2026-03-04T05:06:07.891234567Z' },
  HostConfig: { NetworkMode: 'shop' },
  NetworkSettings: {
    Networks: {
      shop: { NetworkID: 'ab', IPAddress: '10.1.0.2', GlobalIPv6Address: 'fd00::2', MacAddress: '02:42:0A:4d:00:02' },
    },
    Ports: { '80/tcp': [{ HostIp: '', HostPort: '8080' }], '81/udp': null },
  },
};
const links = [
  { ifindex: 2, ifname: 'docker0', addr_info: [{ local: '172.17.0.1', prefixlen: 16, scope: 'global' }] },
  { ifindex: 6, ifname: 'veth1', master: 'docker0', link_netnsid: 0, addr_info: [] },
];

/** Names and addresses of what was read end up in rules: nothing but a name, a block or an address may. */
function checkNetworks(networks: readonly EngineNetwork[] | undefined): unknown {
  for (const { bridge, subnets, gateways } of networks ?? []) {
    const strange =
      (bridge !== undefined && !/^[\w.:-]{1,15}$/.test(bridge) && bridge) ||
      subnets.find((subnet) => parseCidr(subnet) === undefined) ||
      gateways.find((gateway) => parseAddress(gateway) === undefined);
    if (strange) throw new FuzzFinding(`a network has "${strange}"`);
  }
  return networks;
}

export const segmentationHostTargets: readonly FuzzTarget[] = [
  {
    name: 'image/engine-networks',
    covers: ['image/engine/engine-networks.ts'],
    seeds: [[network], [podmanNetwork], container].map((value) => JSON.stringify(value)),
    words: ['"Subnet":', '"bridge"', 'null', '[]', '{}', '/0', '::', '"IPAddress":"', '"Pid":'],
    refuses: [BoundError],
    run(bytes) {
      const value = parseJson(textOf(bytes), 'an answer');
      const attached = parseAttachedContainer(value);
      for (const { mac, addresses } of attached?.endpoints ?? []) {
        const strange = addresses.find((address) => parseAddress(address) === undefined);
        if (strange !== undefined) throw new FuzzFinding(`an end has the address "${strange}"`);
        if (mac !== undefined && !/^[0-9a-f:]{17}$/.test(mac)) throw new FuzzFinding(`an end has the address "${mac}"`);
      }
      return [attached, checkNetworks(parseDockerNetworks(value)), checkNetworks(parsePodmanNetworks(value))];
    },
  },
  {
    name: 'segmentation/host-links',
    covers: ['segmentation/containers/host-links.ts', 'segmentation/containers/read-host-network.ts'],
    seeds: [JSON.stringify(links), ''],
    words: ['"link_netnsid":', '"master":', '"scope":"link"', 'null', '[]', '{}', '-1'],
    refuses: [SegmentationError],
    run(bytes) {
      const parsed = parseHostLinks(textOf(bytes));
      const read = compileHostNetwork({ host: 'quay', networks: [], portwardenPorts: [7080] }, parsed, []);
      const strange = [...read.services.values()].flat().find(({ addresses }) => parseCidr(addresses) === undefined);
      if (strange) throw new FuzzFinding(`a service is at "${strange.addresses}"`);
      return parsed;
    },
  },
  {
    name: 'segmentation/namespaces',
    covers: ['segmentation/containers/network-namespaces.ts'],
    seeds: [
      '{"namespaces": [{"ns": 4026531833, "netnsid": "unassigned"}, {"ns": 4026532255, "netnsid": "0"}]}',
      '{"namespaces": [{"ns": "4026532255", "netnsid": 3}]}',
    ],
    words: ['"netnsid":', '"ns":', '"unassigned"', '-1', '1e99', 'null'],
    refuses: [SegmentationError],
    run: (bytes) => [...parseNamespaceNumbers(textOf(bytes))],
  },
  {
    name: 'segmentation/process-start',
    covers: ['segmentation/containers/network-namespaces.ts'],
    seeds: [`7 (a) b) S ${'1 '.repeat(18)}12345 1\nbtime 1795921463\n`],
    words: [') S ', 'btime ', '-1', '1e9'],
    run: (bytes) => parseProcessStart(textOf(bytes), textOf(bytes)) ?? 'none',
  },
  {
    name: 'segmentation/resolvers',
    covers: ['segmentation/containers/read-host-network.ts', 'segmentation/containers/read-resolver-file.ts'],
    seeds: [
      '# ExtServers: [host(127.0.0.53)]\n',
      '# a comment\nnameserver 10.0.0.53\nnameserver fe80::1%eth0\noptions edns0\n',
    ],
    words: ['nameserver ', '%', '\t', '::1'],
    run(bytes) {
      const resolvers = parseResolvers(textOf(bytes));
      const strange = resolvers.find((address) => parseAddress(address) === undefined);
      if (strange !== undefined) throw new FuzzFinding(`a resolver is at "${strange}"`);
      return { resolvers, fromHost: saysHostServers(textOf(bytes)) };
    },
  },
  {
    name: 'segmentation/probe-answers',
    covers: ['segmentation/probe/open-end.ts'],
    seeds: ['{"id":1,"is":"passed"}', '{"id":2,"is":"stopped","why":"timed out"}'],
    words: ['"is":', '"id":', '"failed"', 'null', '-1'],
    run: (bytes) => parseProbeAnswer(textOf(bytes)) ?? 'none',
  },
  {
    name: 'segmentation/bypasses',
    covers: ['segmentation/containers/read-bypasses.ts'],
    seeds: ['[{"ifname":"br0","xdp":{}}]', '[{"kind":"clsact","dev":"br0"}]'],
    words: ['"xdp":', '"dev":', '"clsact"', 'null', '[]'],
    refuses: [SegmentationError],
    run: (bytes) => parseBypasses(textOf(bytes), textOf(bytes), new Set(['br0'])),
  },
];
