import {
  asArray,
  asNumber,
  asObject,
  asString,
  asStringMap,
  formatAddress,
  type JsonObject,
  parseAddress,
  parseCidr,
} from '../../base/index.ts';
import type { AttachedContainer, EngineEndpoint, EngineNetwork, PublishedPort } from '../../model/index.ts';
import { parseContainer } from './engine-answers.ts';

/** More networks of one host, or ends and ports of one container, are taken for no answer. */
const maxNetworks = 20_000;
const maxPorts = 200_000;

/** Docker Engine API 1.41, ContainerInspect; podman's compatible route answers the same. */
export function parseAttachedContainer(value: unknown): AttachedContainer | undefined {
  const container = parseContainer(value);
  const object = asObject(value);
  const settings = asObject(object?.NetworkSettings);
  const pid = asNumber(asObject(object?.State)?.Pid) ?? 0;
  if (!container || !settings || !Number.isSafeInteger(pid) || pid < 0) return undefined;
  const endpoints = parseEndpoints(settings.Networks);
  const published = parsePublishedPorts(settings.Ports);
  if (!endpoints || !published) return undefined;
  const { finished: _, ...identity } = container;
  const networkMode = asString(asObject(object?.HostConfig)?.NetworkMode) ?? '';
  const resolverFile = asString(object?.ResolvConfPath) ?? '';
  return {
    ...identity,
    ...{ pid, networkMode, endpoints, published },
    ...(resolverFile.startsWith('/') ? { resolverFile } : {}),
  };
}

/** Ends without an address are of a container that does not run, or of networks that have none. */
function parseEndpoints(value: unknown): readonly EngineEndpoint[] | undefined {
  const networks = Object.entries(asObject(value) ?? {});
  if (networks.length > maxNetworks) return undefined;
  const endpoints = networks.map(([network, item]): EngineEndpoint | undefined => {
    const settings = asObject(item);
    if (!settings) return undefined;
    const texts = [asString(settings.IPAddress) ?? '', asString(settings.GlobalIPv6Address) ?? ''];
    const addresses = texts.filter((text) => text !== '').map(normalAddress);
    if (!addresses.every((address) => address !== undefined)) return undefined;
    const mac = parseMac(asString(settings.MacAddress) ?? '');
    const networkId = asString(settings.NetworkID) ?? '';
    return { network, networkId, ...(mac === undefined ? {} : { mac }), addresses };
  });
  return endpoints.every((endpoint) => endpoint !== undefined) ? endpoints : undefined;
}

/** `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "81/udp": null}` */
function parsePublishedPorts(value: unknown): readonly PublishedPort[] | undefined {
  const published: PublishedPort[] = [];
  for (const [name, bindings] of Object.entries(asObject(value) ?? {})) {
    const [port = '', protocol] = name.split('/');
    const containerPort = parsePort(port);
    if (containerPort === undefined || (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp')) {
      return undefined;
    }
    for (const item of asArray(bindings) ?? []) {
      const binding = asObject(item);
      const hostPort = parsePort(asString(binding?.HostPort) ?? '');
      // Podman leaves it empty where it means all.
      const hostAddress = normalAddress(asString(binding?.HostIp) || '0.0.0.0');
      if (hostPort === undefined || hostAddress === undefined || published.length >= maxPorts) return undefined;
      published.push({ protocol, hostAddress, hostPort, containerPort });
    }
  }
  return published;
}

/** Docker Engine API 1.41, NetworkList. */
export function parseDockerNetworks(value: unknown): readonly EngineNetwork[] | undefined {
  return parseNetworks(value, (network) => {
    const networkId = asString(network.Id) ?? '';
    const [name, driver] = [asString(network.Name), asString(network.Driver)];
    if (!/^[0-9a-z]{12,64}$/.test(networkId) || !name || !driver) return undefined;
    const blocks = asArray(asObject(network.IPAM)?.Config) ?? [];
    const ranges = parseRanges(blocks, 'Subnet', 'Gateway');
    if (!ranges) return undefined;
    // The name is that of libnetwork's bridge driver, where no option says another.
    const named = asStringMap(network.Options)['com.docker.network.bridge.name'] || `br-${networkId.slice(0, 12)}`;
    return { engine: 'docker', networkId, name, driver, ...bridgeOf(driver, named), ...ranges };
  });
}

/** Podman's libpod API 4.0, NetworkListLibpod. */
export function parsePodmanNetworks(value: unknown): readonly EngineNetwork[] | undefined {
  return parseNetworks(value, (network) => {
    const networkId = asString(network.id) ?? '';
    const [name, driver] = [asString(network.name), asString(network.driver)];
    if (!/^[0-9a-f]{12,64}$/.test(networkId) || !name || !driver) return undefined;
    const ranges = parseRanges(asArray(network.subnets) ?? [], 'subnet', 'gateway');
    if (!ranges) return undefined;
    const named = asString(network.network_interface) ?? '';
    return { engine: 'podman', networkId, name, driver, ...bridgeOf(driver, named), ...ranges };
  });
}

function parseNetworks(
  value: unknown,
  parse: (network: JsonObject) => EngineNetwork | undefined,
): readonly EngineNetwork[] | undefined {
  const items = asArray(value);
  if (!items || items.length > maxNetworks) return undefined;
  const networks = items.map((item) => {
    const network = asObject(item);
    return network && parse(network);
  });
  return networks.every((network) => network !== undefined) ? networks : undefined;
}

function bridgeOf(driver: string, name: string): { readonly bridge?: string } {
  return driver === 'bridge' && isInterfaceName(name) ? { bridge: name } : {};
}

/** Names that the kernel takes (dev_valid_name), of characters that need no quoting anywhere. */
function isInterfaceName(name: string): boolean {
  return /^[A-Za-z0-9_.:-]{1,15}$/.test(name) && name !== '.' && name !== '..';
}

function parseRanges(
  items: readonly unknown[],
  subnetKey: string,
  gatewayKey: string,
): Pick<EngineNetwork, 'subnets' | 'gateways'> | undefined {
  const subnets: string[] = [];
  const gateways: string[] = [];
  for (const item of items) {
    const range = asObject(item);
    const [subnet, gateway] = [asString(range?.[subnetKey]) ?? '', asString(range?.[gatewayKey]) ?? ''];
    const block = normalBlock(subnet);
    if (block === undefined) return undefined;
    subnets.push(block);
    if (gateway === '') continue;
    // docker0 with --bip has its gateway with the prefix.
    const address = normalAddress(gateway.split('/')[0] ?? '');
    if (address === undefined) return undefined;
    gateways.push(address);
  }
  return { subnets, gateways };
}

/** The block that an address with a prefix lies in: docker keeps a subnet as somebody wrote it, `10.1.2.3/16`. */
function normalBlock(text: string): string | undefined {
  const [head = '', prefix = ''] = text.split('/');
  const address = parseAddress(head);
  if (address === undefined || !/^\d{1,3}$/.test(prefix)) return undefined;
  const length = Number(prefix);
  if (length > (address.family === 4 ? 32 : 128)) return undefined;
  const first =
    address.family === 4
      ? formatAddress({ family: 4, value: address.value - (address.value % 2 ** (32 - length)) })
      : formatAddress({ family: 6, value: address.value - (address.value % (1n << BigInt(128 - length))) });
  return parseCidr(`${first}/${length}`) && `${first}/${length}`;
}

function normalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address && formatAddress(address);
}

function parseMac(text: string): string | undefined {
  const mac = text.toLowerCase();
  return /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) ? mac : undefined;
}

function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
