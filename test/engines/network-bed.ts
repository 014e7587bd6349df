import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * A host of a test with bridges and containers, each a network namespace of its own: real packets, and none of them on the
 * machine's own network. Needs root, iproute2, nftables and busybox.
 */
export interface NetworkBed {
  /** Name of the namespace that plays the host. */
  readonly host: string;
  /** Another machine, 192.0.2.2 and 2001:db8:ffff::2, next to the host's 192.0.2.1. */
  readonly outside: string;
  /** Runs a program in a namespace; its output. Rejects where it fails. */
  run(namespace: string, command: string, ...args: readonly string[]): Promise<string>;
  /** Loads rules there: `nft` with this text. */
  nft(namespace: string, rules: string): Promise<void>;
  addBridge(bridge: BedBridge): Promise<void>;
  /** A container with a port at the bridge. */
  attach(options: BedContainerOptions): Promise<BedContainer>;
  /** Takes a container and its port away. */
  detach(container: BedContainer): Promise<void>;
  /** TCP: whether it answers within a second. */
  connects(from: string, address: string, port: number): Promise<boolean>;
  /** ICMP: whether an echo comes back within a second. */
  echoes(from: string, address: string): Promise<boolean>;
  /** Sends one UDP packet of so many bytes. */
  sendUdp(from: string, address: string, port: number, bytes?: number): Promise<void>;
  /** From now on counts what reaches it and fits: `udp dport 53`, as nft has it; `arp` of the family arp. */
  witness(container: BedContainer, match: string): Promise<() => Promise<number>>;
  /** Listens on TCP ports there. */
  serve(namespace: string, ...ports: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

export interface BedBridge {
  readonly name: string;
  /** `10.1.0.1/24`. */
  readonly v4: string;
  readonly v6?: string;
}

export interface BedContainerOptions {
  readonly name: string;
  readonly bridge: string;
  /** `10.1.0.2/24`. */
  readonly v4: string;
  readonly v6?: string;
  readonly mac?: string;
  /** Of the host's end; made up otherwise. */
  readonly port?: string;
}

export interface BedContainer {
  readonly name: string;
  readonly namespace: string;
  readonly bridge: string;
  readonly port: string;
  readonly mac: string;
  readonly v4: string;
  readonly v6?: string;
}

const start = promisify(execFile);
let beds = 0;

export async function createNetworkBed(bridges: readonly BedBridge[]): Promise<NetworkBed> {
  const prefix = `pw${process.pid}-${++beds}`;
  const namespaces: string[] = [];
  const servers: ChildProcess[] = [];
  const gateways = new Map<string, BedBridge>();
  let made = 0;

  const ip = (...args: readonly string[]): Promise<unknown> => start('ip', [...args]);
  const run: NetworkBed['run'] = async (namespace, command, ...args) =>
    (await start('ip', ['netns', 'exec', namespace, command, ...args], { timeout: 20_000, maxBuffer: 64 << 20 }))
      .stdout;
  async function addNamespace(name: string): Promise<string> {
    const namespace = `${prefix}-${name}`;
    await ip('netns', 'add', namespace);
    namespaces.push(namespace);
    await ip('-n', namespace, 'link', 'set', 'lo', 'up');
    return namespace;
  }
  const setting = (namespace: string, path: string, value: string): Promise<string> =>
    run(namespace, 'busybox', 'sysctl', '-q', '-w', `${path}=${value}`);

  const host = await addNamespace('host');
  const outside = await addNamespace('out');

  async function untilListening(namespace: string, port: number): Promise<void> {
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    for (let attempt = 0; attempt < 200; attempt++) {
      const sockets = await run(namespace, 'cat', '/proc/net/tcp', '/proc/net/tcp6');
      if (sockets.includes(`:${hex} `)) return;
      await sleep(20);
    }
    throw new Error(`nothing listens at ${port} in ${namespace}`);
  }

  const bed: NetworkBed = {
    host,
    outside,
    run,
    async nft(namespace, rules) {
      await run(namespace, 'nft', rules);
    },
    async addBridge(bridge) {
      gateways.set(bridge.name, bridge);
      await ip('-n', host, 'link', 'add', bridge.name, 'type', 'bridge');
      await setting(host, `net.ipv6.conf.${bridge.name}.accept_dad`, '0');
      await ip('-n', host, 'address', 'add', bridge.v4, 'dev', bridge.name);
      if (bridge.v6 !== undefined) await ip('-n', host, 'address', 'add', bridge.v6, 'dev', bridge.name, 'nodad');
      await ip('-n', host, 'link', 'set', bridge.name, 'up');
    },
    async attach({ name, bridge, v4, v6, mac, port = `pwv${++made}` }) {
      const namespace = await addNamespace(name);
      await ip('-n', host, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
      if (mac !== undefined) await ip('-n', namespace, 'link', 'set', 'eth0', 'address', mac);
      await setting(namespace, 'net.ipv6.conf.eth0.accept_dad', '0');
      await ip('-n', host, 'link', 'set', port, 'master', bridge, 'up');
      await ip('-n', namespace, 'address', 'add', v4, 'dev', 'eth0');
      if (v6 !== undefined) await ip('-n', namespace, 'address', 'add', v6, 'dev', 'eth0', 'nodad');
      await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
      const gateway = gateways.get(bridge);
      if (gateway !== undefined) await ip('-n', namespace, 'route', 'add', 'default', 'via', plain(gateway.v4));
      if (gateway?.v6 !== undefined && v6 !== undefined)
        await ip('-n', namespace, '-6', 'route', 'add', 'default', 'via', plain(gateway.v6));
      const [link] = JSON.parse(await run(namespace, 'ip', '-j', 'link', 'show', 'eth0')) as readonly {
        address: string;
      }[];
      const address = { v4: plain(v4), ...(v6 === undefined ? {} : { v6: plain(v6) }) };
      return { name, namespace, bridge, port, mac: link?.address ?? '', ...address };
    },
    async detach({ namespace, port }) {
      await ip('-n', host, 'link', 'del', port);
      await ip('netns', 'del', namespace);
      namespaces.splice(namespaces.indexOf(namespace), 1);
    },
    connects: (from, address, port) =>
      run(from, 'sh', '-c', `busybox nc -w 1 ${address} ${port} </dev/null`).then(
        () => true,
        () => false,
      ),
    echoes: (from, address) =>
      run(from, 'busybox', 'ping', '-c', '1', '-W', '1', address).then(
        () => true,
        () => false,
      ),
    async sendUdp(from, address, port, bytes = 8) {
      await run(from, 'bash', '-c', `head -c ${bytes} /dev/zero >/dev/udp/${address}/${port}`).catch(() => undefined);
    },
    async witness({ namespace }, match) {
      const family = match.startsWith('arp') ? 'arp' : 'inet';
      // A host that nobody answers for is told of by the kernel itself, over lo.
      const from = family === 'arp' ? '' : 'iifname != "lo" ';
      const name = `w${++made}`;
      const hook = family === 'arp' ? 'input' : 'prerouting';
      const chain = `chain seen { type filter hook ${hook} priority -450; ${from}${match} counter name seen; }`;
      await run(namespace, 'nft', `table ${family} ${name} { counter seen { }; ${chain}; }`);
      return async () => {
        const listed = await run(namespace, 'nft', 'list', 'counter', family, name, 'seen');
        return Number(/packets (\d+)/.exec(listed)?.[1]);
      };
    },
    async serve(namespace, ...ports) {
      for (const port of ports) {
        const args = ['netns', 'exec', namespace, 'busybox', 'httpd', '-f', '-p', String(port), '-h', '/'];
        servers.push(spawn('setpriv', ['--pdeathsig', 'KILL', 'ip', ...args], { stdio: 'ignore' }));
      }
      for (const port of ports) await untilListening(namespace, port);
    },
    async close() {
      for (const server of servers) server.kill('SIGKILL');
      for (const namespace of namespaces) await ip('netns', 'del', namespace).catch(() => undefined);
    },
  };
  await ip('-n', host, 'link', 'add', 'ext0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside);
  for (const [namespace, device, v4, v6] of [
    [host, 'ext0', '192.0.2.1/24', '2001:db8:ffff::1/64'],
    [outside, 'eth0', '192.0.2.2/24', '2001:db8:ffff::2/64'],
  ] as const) {
    await ip('-n', namespace, 'address', 'add', v4, 'dev', device);
    await ip('-n', namespace, 'address', 'add', v6, 'dev', device, 'nodad');
    await setting(namespace, `net.ipv6.conf.${device}.accept_dad`, '0');
    await ip('-n', namespace, 'link', 'set', device, 'up');
  }
  await ip('-n', outside, 'route', 'add', 'default', 'via', '192.0.2.1');
  await ip('-n', outside, '-6', 'route', 'add', 'default', 'via', '2001:db8:ffff::1');
  await setting(host, 'net.ipv4.ip_forward', '1');
  await setting(host, 'net.ipv6.conf.all.forwarding', '1');
  for (const bridge of bridges) await bed.addBridge(bridge);
  return bed;
}

function plain(address: string): string {
  return address.slice(0, address.indexOf('/'));
}
