import { type Clock, fixedClock, noAddresses, parseCidr, silentLog } from '../../src/base/index.ts';
import { connectionsTo, type HostNetwork } from '../../src/model/index.ts';
import { createAddressLimits } from '../../src/segmentation/names/address-limits.ts';
import { createUpstream } from '../../src/segmentation/names/ask-upstream.ts';
import { compileAskers, namesOfModel } from '../../src/segmentation/names/askers.ts';
import { type DnsMessage, dnsTypes, parseDnsMessage } from '../../src/segmentation/names/dns-message.ts';
import { createNameMemory } from '../../src/segmentation/names/name-memory.ts';
import {
  createNameResolver,
  type NameResolver,
  type ResolverBounds,
} from '../../src/segmentation/names/name-resolver.ts';
import { createNeighborNames } from '../../src/segmentation/names/neighbor-names.ts';
import { answerTo, makeRecord, type NameServer, questionFor, type Saying, startNameServer } from './name-server.ts';
import { type MadeGroup, makeTraffic } from './traffic.ts';

const web = connectionsTo('tcp', 443, 443);
const container = (name: string, v4: string) => ({
  name,
  bridge: 'br0',
  port: `v${name}`,
  mac: '02:00:00:00:00:01',
  v4,
});
export const named = '10.1.0.2';
export const blocks = '10.1.0.3';
export const open = '10.1.0.4';
export const watched = '10.1.0.5';
export const plain = '10.1.0.6';
const names = ['name:allowed.test', 'name:*.cdn.example', 'name:db.example'];
const groups: Readonly<Record<string, MadeGroup>> = {
  named: { members: ['named'], outbound: [{ peers: names, connections: web }] },
  blocks: { members: ['blocks'], outbound: [{ peers: ['name:db.example', '10.9.0.0/16'], connections: web }] },
  open: { members: ['open'], outbound: [{ peers: ['any', 'name:allowed.test'], connections: web }] },
  watched: { members: ['watched'], mode: 'observe', outbound: [{ peers: ['name:allowed.test'], connections: web }] },
  plain: { members: ['plain'], outbound: [{ peers: ['192.0.2.53/32'], connections: connectionsTo('udp', 53, 53) }] },
};

/** Containers of five kinds: with names alone, with names and a block, with everything, observed, and without names. */
export const namedTraffic = makeTraffic(
  Object.entries({ named, blocks, open, watched, plain }).map(([name, address]) => container(name, address)),
  groups,
);
const services: HostNetwork['services'] = new Map([['metadata', [{ addresses: '198.51.100.99/32' }]]]);
const denyLists = [{ name: 'bad', addresses: parseCidr('203.0.113.0/24') ?? noAddresses }];

interface Asked {
  readonly from?: string;
  readonly type?: number;
  readonly over?: 'udp' | 'tcp';
  readonly changes?: Partial<DnsMessage>;
}

/** A resolver of these containers, and a server behind it that says what a test wants. */
export interface NameScene {
  readonly server: NameServer;
  readonly resolver: NameResolver;
  readonly clock: Clock & { set(to: number | string): void };
  /** `name addresses seconds`, in the order in which they were opened. */
  readonly opened: readonly string[];
  opening: () => Promise<void>;
  /** Another resolver, that has not heard of anything. */
  make(bounds?: Partial<ResolverBounds>): void;
  /** The message that comes back. */
  ask(name: string, asked?: Asked): Promise<DnsMessage | undefined>;
  codeOf(name: string, asked?: Asked): Promise<number | undefined>;
}

export async function createNameScene(): Promise<NameScene> {
  const server = await startNameServer(() => []);
  const clock = fixedClock('2026-01-01');
  let resolver: NameResolver | undefined;
  let opened: string[] = [];
  const scene: NameScene = {
    server,
    clock,
    get resolver() {
      if (resolver === undefined) throw new Error('none is made');
      return resolver;
    },
    get opened() {
      return opened;
    },
    opening: async () => undefined,
    make(bounds = {}) {
      opened = [];
      clock.set('2026-01-01');
      server.say(() => []);
      scene.opening = async () => undefined;
      resolver = createNameResolver({
        upstream: createUpstream({
          servers: () => [{ address: '127.0.0.1', port: server.port }],
          patience: { udp: 300, tcp: 300 },
        }),
        allowName: async (name, addresses, seconds) => {
          await scene.opening();
          opened.push(`${name} ${addresses.join()} ${seconds}`);
        },
        memory: createNameMemory(),
        clock,
        log: silentLog,
        bounds,
      });
      const limits = createAddressLimits({ network: { ...namedTraffic.network, services }, denyLists });
      const { model } = namedTraffic;
      const neighbors = createNeighborNames(
        namedTraffic.containers.map((each) => ({ ...each, engine: 'podman' as const })),
      );
      resolver.follow({ askers: compileAskers(model), said: namesOfModel(model), limits, neighbors });
    },
    async ask(name, { from = named, type = dnsTypes.a, over = 'udp', changes = {} } = {}) {
      const bytes = await scene.resolver.answer(from, questionFor(name, type, changes), over);
      return bytes === undefined ? undefined : parseDnsMessage(bytes);
    },
    codeOf: async (name, asked) => (await scene.ask(name, asked))?.rcode,
  };
  scene.make();
  return scene;
}

/** Addresses of version 4 in an answer. */
export function addressesIn(message: DnsMessage | undefined): readonly string[] {
  return (message?.answers ?? []).filter(({ data }) => data.length === 4).map(({ data }) => data.join('.'));
}

/** A server that says these records to whatever it is asked. */
export function honest(...records: readonly string[]): Saying {
  return (query) => [answerTo(query, records.map(makeRecord))];
}
