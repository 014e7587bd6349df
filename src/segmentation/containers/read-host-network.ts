import { readFile } from 'node:fs/promises';
import { formatAddress, parseAddress, parseCidr } from '../../base/index.ts';
import type { ContainerBridge, EngineNetwork, HostNetwork, NamedService, ServiceAddress } from '../../model/index.ts';
import { type HostLink, readHostLinks } from './host-links.ts';
import { type RunTool, runTool } from './run-tool.ts';
import { hostPorts, metadataServices } from './well-known-services.ts';

export interface HostNetworkInput {
  readonly host: string;
  readonly networks: readonly EngineNetwork[];
  /** Where Portwarden itself listens on this host. */
  readonly portwardenPorts: readonly number[];
  /** What is elsewhere, beside what is known of every host: registries, the API of a cluster, other servers. */
  readonly services?: Partial<Record<NamedService, readonly ServiceAddress[]>>;
}

/** Debian's resolver keeps the servers that it asks itself in the second; engines look there, too. */
const resolverFiles = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];
const maxResolverFile = 64 * 1024;

/** What of a host the rules must know. Rejects with SegmentationError `no-dataplane`. */
export async function readHostNetwork(
  input: HostNetworkInput,
  run: RunTool = runTool,
  signal?: AbortSignal,
): Promise<HostNetwork> {
  const links = await readHostLinks(run, signal);
  const files = await Promise.all(resolverFiles.map((file) => readFile(file, 'utf8').catch(() => '')));
  const resolvers = files.flatMap((text) => parseResolvers(text.slice(0, maxResolverFile)));
  return compileHostNetwork(input, links, resolvers);
}

/** Pure; the same for the same, in one order. */
export function compileHostNetwork(
  { host, networks, portwardenPorts, services = {} }: HostNetworkInput,
  links: readonly HostLink[],
  resolvers: readonly string[],
): HostNetwork {
  const byName = new Map(links.map((link) => [link.name, link]));
  const bridges = networks
    .flatMap((network) => bridgeOf(network, byName) ?? [])
    .toSorted((a, b) => (a.bridge < b.bridge ? -1 : a.bridge > b.bridge ? 1 : 0));
  const gateways = bridges.flatMap((bridge) => bridge.gateways);
  // Ports of a bridge answer at none of their addresses, and come and go with each container.
  const answering = links.filter(({ bridge }) => bridge === undefined);
  const own = answering.flatMap(({ addresses }) => addresses.filter(isReachable).map(({ address }) => address));
  const hostAddresses = [...new Set([...own, ...gateways])].toSorted();

  const on = (ports: readonly (readonly [number, number])[]): readonly ServiceAddress[] =>
    hostAddresses.flatMap((address) =>
      ports.map((range) => ({ addresses: blockOf(address), protocol: 'tcp' as const, ports: range })),
    );
  const found: readonly (readonly [NamedService, readonly ServiceAddress[]])[] = [
    ['dns', [...new Set([...resolvers.filter(isNoLoopback), ...gateways])].toSorted().flatMap(nameServer)],
    ['registry', []],
    ['metadata', metadataServices()],
    ['host', hostAddresses.map((address) => ({ addresses: blockOf(address) }))],
    ['engine-api', on(hostPorts['engine-api'] ?? [])],
    ['kubelet', on(hostPorts.kubelet ?? [])],
    ['kubernetes-api', on(hostPorts['kubernetes-api'] ?? [])],
    ['etcd', on(hostPorts.etcd ?? [])],
    ['portwarden', on(portwardenPorts.map((port) => [port, port]))],
  ];
  const all = found.map(([service, addresses]) => [service, [...addresses, ...(services[service] ?? [])]] as const);
  return { host, bridges, services: new Map(all.filter(([, addresses]) => addresses.length > 0)) };
}

function bridgeOf(network: EngineNetwork, links: ReadonlyMap<string, HostLink>): ContainerBridge | undefined {
  const { bridge, engine, name, subnets, gateways } = network;
  if (bridge === undefined) return undefined;
  // docker does not list a gateway that it chose itself, and docker0 may have more than one.
  const own = links.get(bridge)?.addresses.filter(({ scope }) => scope === 'global') ?? [];
  const all = [...new Set([...gateways, ...own.map(({ address }) => address)])].toSorted();
  return { bridge, network: name, engine, subnets, gateways: all };
}

/** Loopback addresses lead a container to itself. */
function isReachable({ address, scope }: { readonly address: string; readonly scope: string }): boolean {
  return scope !== 'host' && isNoLoopback(address);
}

function isNoLoopback(address: string): boolean {
  return !address.startsWith('127.') && address !== '::1';
}

function nameServer(address: string): readonly ServiceAddress[] {
  return (['udp', 'tcp'] as const).map((protocol) => ({ addresses: blockOf(address), protocol, ports: [53, 53] }));
}

function blockOf(address: string): string {
  const block = address.includes(':') ? `${address}/128` : `${address}/32`;
  if (parseCidr(block) === undefined) throw new TypeError(`not an address: ${address}`);
  return block;
}

/** Lines `nameserver ADDRESS` of resolv.conf(5); zones are cut off, what is no address is left out. */
export function parseResolvers(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [keyword, value = ''] = line.trim().split(/\s+/, 2);
    const address = keyword === 'nameserver' ? parseAddress(value.split('%')[0] ?? '') : undefined;
    return address ? [formatAddress(address)] : [];
  });
}
