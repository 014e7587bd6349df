import type { Clock, Log } from '../../base/index.ts';
import type { DenyList, HostNetwork, NetworkedContainer, TrafficModel } from '../../model/index.ts';
import type { TrackedConnection } from '../flows/parse-conntrack.ts';
import type { TrafficJudge } from '../reach/traffic-judge.ts';
import { createAddressLimits } from './address-limits.ts';
import { createUpstream, type UpstreamOptions } from './ask-upstream.ts';
import { type Asker, compileAskers, namesOfModel } from './askers.ts';
import { listenForNames, type NameListener } from './listen-for-names.ts';
import { createNameMemory, type NameMemory } from './name-memory.ts';
import { createNameResolver, type NameNote, type NameResolverParts } from './name-resolver.ts';
import { createNeighborNames } from './neighbor-names.ts';

export interface NameServiceOptions extends UpstreamOptions, Pick<NameResolverParts, 'allowName' | 'bounds'> {
  readonly clock: Clock;
  readonly log: Log;
  /** The first of these that is free. */
  readonly ports?: readonly number[];
  /** Where it listens: rules let only containers there, and nobody else is answered. */
  readonly addresses?: readonly string[];
}

/** What holds on this host, as far as names go. */
export interface NamedRules {
  readonly model: TrafficModel;
  readonly judge: TrafficJudge;
  readonly rules: { readonly denyLists: readonly DenyList[] };
  readonly network: HostNetwork;
  readonly containers: readonly NetworkedContainer[];
}

/** The resolver of a host's containers. */
export interface NameService extends Pick<NameMemory, 'remembered' | 'recall' | 'revision'> {
  /** Where it listens; undefined until it is opened. */
  readonly port: number | undefined;
  /** Listens, where it does not yet. Rejects with SegmentationError `no-resolver` where no port is free. */
  open(): Promise<void>;
  /** Called before rules that may name it hold. */
  follow(rules: NamedRules): void;
  nameOf(asker: string, address: string): string | undefined;
  /** A question to it, or a connection to where a name led that the rules still say. */
  exempts(connection: TrackedConnection): boolean;
  /** What a person may want to know, since this was asked last. */
  takeNotes(): readonly NameNote[];
  /** Why names are not looked up just now. */
  readonly failure: string | undefined;
  close(): Promise<void>;
}

const usualPorts = [10_053, 0];

export function createNameService(options: NameServiceOptions): NameService {
  const { log, ports = usualPorts, addresses = ['0.0.0.0', '::'] } = options;
  const memory = createNameMemory();
  const resolver = createNameResolver({ ...options, memory, upstream: createUpstream(options) });
  let judge: TrafficJudge | undefined;
  let askers: ReadonlyMap<string, Asker> = new Map();
  let followed: TrafficModel | undefined;
  let listener: NameListener | undefined;
  return {
    get port() {
      return listener?.port;
    },
    async open() {
      if (listener !== undefined) return;
      listener = await listenForNames({ answer: resolver.answer, log, ports, addresses });
      log.info({ port: listener.port }, 'names are looked up for containers');
    },
    follow(now) {
      if (now.model === followed) return;
      followed = now.model;
      judge = now.judge;
      askers = compileAskers(now.model);
      const limits = createAddressLimits({ network: now.network, denyLists: now.rules.denyLists });
      const neighbors = createNeighborNames(now.containers);
      resolver.follow({ askers, said: namesOfModel(now.model), limits, neighbors });
    },
    nameOf: (asker, address) => memory.namesOf(asker, address).at(-1),
    exempts({ original, reply, protocol }) {
      const { source, destinationPort } = original;
      if (destinationPort === 53 && reply.sourcePort === listener?.port) return askers.has(source);
      const destination = reply.source;
      return memory.namesOf(source, destination).some((destinationName) => {
        const asked = { source, destination, protocol, port: reply.sourcePort, destinationName };
        return judge?.judge(asked).outcome === 'allowed';
      });
    },
    takeNotes: () => resolver.takeNotes(),
    remembered: () => memory.remembered(),
    recall: (before) => memory.recall(before),
    get revision() {
      return memory.revision;
    },
    get failure() {
      return resolver.isHeard ? undefined : 'no server of names answers';
    },
    async close() {
      await listener?.close();
      listener = undefined;
    },
  };
}
