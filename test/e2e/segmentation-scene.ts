import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  busyboxImage,
  type ContainerEngine,
  makeNetworkNamespace,
  type NamespacePeer,
  type NetworkNamespace,
  peerAt,
  runIn,
  startDockerd,
  startPodman,
  startSegmenter,
  type TestSegmenter,
  writeDockerArchive,
} from '../engines/index.ts';

const group = (name: string, rest: string, mode = 'enforce'): string =>
  `---\napiVersion: portwarden/v1\nkind: SecurityGroup\nmetadata: { name: ${name} }\nmode: ${mode}\nspec:\n${rest}\n`;
const proxy = group(
  'shop-proxy',
  `  members: [{ project: shop, service: proxy }]
  inbound: [{ from: [{ cidr: 192.0.2.0/24 }], ports: [tcp/80] }]
  outbound: [{ to: [{ group: shop-web }], ports: [tcp/8080] }]`,
);
const web = group(
  'shop-web',
  `  members: [{ project: shop, service: web }]
  inbound: [{ from: [{ group: shop-proxy }], ports: [tcp/8080] }]
  outbound: [{ to: [{ group: shop-db }], ports: [tcp/5432] }]`,
);
const webWithoutDb = group(
  'shop-web',
  `  members: [{ project: shop, service: web }]
  inbound: [{ from: [{ group: shop-proxy }], ports: [tcp/8080] }]`,
);
const db = group(
  'shop-db',
  `  members: [{ project: shop, service: db }]
  inbound:
    - { from: [{ group: shop-web }], ports: [tcp/5432] }
    - { from: [{ group: shop-flood }], ports: [tcp/5432] }`,
);
const flood = group(
  'shop-flood',
  `  members: [{ name: flood }]
  outbound: [{ to: [{ group: shop-db }], ports: [tcp/5432, tcp/5433] }]`,
);
const pod = group(
  'pod',
  `  members: [{ engine: podman, name: pod-* }]
  inbound: [{ from: [{ group: pod }], ports: [tcp/80] }]
  outbound: [{ to: [{ group: pod }], ports: [tcp/80] }]`,
);
const nothing = group('everything-else', '  default: true');
/** A shop of three, one that floods its database, pods of podman, and what no other group has. */
export const shop = [proxy, web, db, flood, pod, nothing];
export const shopWithoutDb = [proxy, webWithoutDb, db, flood, pod, nothing];

export interface SegmentedBed {
  readonly host: NetworkNamespace;
  /** Another machine, at the other end of the cable. */
  readonly outside: NetworkNamespace;
  readonly docker: ContainerEngine;
  readonly podman: ContainerEngine;
  /** Of the test's own folder. */
  file(name: string): string;
  /** An image of busybox, for either engine to load. */
  readonly archive: string;
  /** Puts these documents in force, all at once. */
  write(documents: readonly string[]): void;
  startAgent(options?: { readonly upstream?: string }): TestSegmenter;
  stop(): Promise<void>;
}

/** A host with both engines, and another machine, with these addresses on the cable between them. */
export async function startSegmentedBed(addresses: CableAddresses): Promise<SegmentedBed> {
  const directory = mkdtempSync(join(tmpdir(), 'pw-segments-'));
  const file = (name: string): string => join(directory, name);
  const [host, outside] = [makeNetworkNamespace(), makeNetworkNamespace()];
  const engines: ContainerEngine[] = [];
  async function stop(): Promise<void> {
    for (const engine of engines) await engine.stop();
    outside.remove();
    host.remove();
    rmSync(directory, { recursive: true, force: true });
  }
  try {
    await layCable(host, outside, addresses);
    const docker = await startDockerd({ namespace: host });
    engines.push(docker);
    const podman = await startPodman({ namespace: host });
    engines.push(podman);
    const archive = file('busybox.tar');
    writeDockerArchive(busyboxImage(), archive, 'localhost/harbor/busybox:1');
    return {
      ...{ host, outside, docker, podman, file, archive, stop },
      write(documents) {
        writeFileSync(file('groups.new'), documents.join(''));
        renameSync(file('groups.new'), file('groups.yaml'));
      },
      startAgent: (options = {}) =>
        startSegmenter({
          namespace: host,
          documents: file('groups.yaml'),
          book: file('book'),
          docker: docker.socket,
          podman: podman.socket,
          ...options,
        }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface CableAddresses {
  readonly host: readonly string[];
  readonly outside: readonly string[];
}

async function layCable(host: NetworkNamespace, outside: NetworkNamespace, addresses: CableAddresses): Promise<void> {
  await runIn(host, 'ip', 'link', 'add', 'uplink', 'type', 'veth', 'peer', 'name', 'uplink', 'netns', outside.name);
  for (const [where, own] of [
    [host, addresses.host],
    [outside, addresses.outside],
  ] as const) {
    for (const address of own) {
      const isLate = address.includes(':') ? ['nodad'] : [];
      await runIn(where, 'ip', 'address', 'add', address, 'dev', 'uplink', ...isLate);
    }
    await runIn(where, 'ip', 'link', 'set', 'uplink', 'up');
  }
}

export interface Running {
  readonly id: string;
  readonly pid: number;
  readonly peer: NamespacePeer;
  /** By network. */
  readonly addresses: Readonly<Record<string, { readonly v4: string; readonly v6: string }>>;
}

/** Starts a container in a network; of docker's images and podman's each has its own. */
export async function runContainer(
  engine: ContainerEngine,
  image: string,
  name: string,
  network: string,
  options: { readonly service?: string; readonly command?: readonly string[]; readonly host?: object } = {},
): Promise<Running> {
  const limits = [
    { Name: 'nofile', Soft: 1024, Hard: 1024 },
    { Name: 'nproc', Soft: 1000, Hard: 1000 },
  ];
  const { service, command, host: more } = options;
  const HostConfig = { NetworkMode: network, ...(engine.kind === 'podman' ? { Ulimits: limits } : {}), ...more };
  const labels: Record<string, string> = service
    ? { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': service }
    : {};
  const ports = Object.keys((more as { PortBindings?: object } | undefined)?.PortBindings ?? {});
  const extra = { HostConfig, ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])) };
  const id = await engine.run({ image, name, labels, extra, ...(command ? { command } : {}) });
  return readContainer(engine, id);
}

export async function readContainer(engine: ContainerEngine, id: string): Promise<Running> {
  const found = (await engine.call('GET', `/containers/${id}/json`)) as {
    State: { Pid: number };
    NetworkSettings: { Networks: Record<string, { IPAddress: string; GlobalIPv6Address: string }> };
  };
  const peer = peerAt(found.State.Pid);
  const networks = Object.entries(found.NetworkSettings.Networks);
  const addresses = networks.map(([network, end]) => [network, { v4: end.IPAddress, v6: end.GlobalIPv6Address }]);
  return { id, pid: found.State.Pid, peer, addresses: Object.fromEntries(addresses) };
}
export function addressAt(container: Running, network: string, version: 'v4' | 'v6' = 'v4'): string {
  return container.addresses[network]?.[version] ?? '';
}

/** What the kernel of the receiver counted by a match, whatever any program says. */
export async function witness(
  container: Running,
  ...matches: readonly string[]
): Promise<(match: string) => Promise<number>> {
  const inside = { path: `/proc/${container.pid}/ns/net` };
  const rules = matches.map((match) => `${match} counter`).join('; ');
  const chain = `{ type filter hook prerouting priority -300; ${rules}; }`;
  await runIn(
    inside,
    'nft',
    `add table inet witness; delete table inet witness; add table inet witness; add chain inet witness seen ${chain}`,
  );
  return async (match) => {
    const listed = await runIn(inside, 'nft', 'list', 'table', 'inet', 'witness');
    return Number(new RegExp(`${match} counter packets (\\d+)`).exec(listed)?.[1]);
  };
}
