import type { Clock, Log } from '../../base/index.ts';
import type { DenyList, HostNetwork, TrafficModel } from '../../model/index.ts';
import type { TrackedConnection } from '../flows/parse-conntrack.ts';
import type { TrafficJudge } from '../reach/traffic-judge.ts';
import { createAddressLimits } from './address-limits.ts';
import { createUpstream, type UpstreamOptions } from './ask-upstream.ts';
import { type Asker, compileAskers, namesOfModel } from './askers.ts';
import { listenForNames } from './listen-for-names.ts';
import { createNameMemory } from './name-memory.ts';
import { createNameResolver, type NameNote, type NameResolverParts } from './name-resolver.ts';

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
}

/** The resolver of a host's containers. */
export interface NameService {
  readonly port: number;
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

/** Rejects with SegmentationError `no-resolver` where no port is free. */
export async function openNameService(options: NameServiceOptions): Promise<NameService> {
  const { clock, log, ports = usualPorts, addresses = ['0.0.0.0', '::'] } = options;
  const memory = createNameMemory();
  const resolver = createNameResolver({ ...options, memory, upstream: createUpstream(options) });
  let judge: TrafficJudge | undefined;
  let askers: ReadonlyMap<string, Asker> = new Map();
  let followed: TrafficModel | undefined;
  const listener = await listenForNames({ answer: resolver.answer, log, ports, addresses });
  log.debug({ port: listener.port, at: clock.now() }, 'names are looked up for containers');
  return {
    port: listener.port,
    follow(now) {
      if (now.model === followed) return;
      followed = now.model;
      judge = now.judge;
      askers = compileAskers(now.model);
      const limits = createAddressLimits({ network: now.network, denyLists: now.rules.denyLists });
      resolver.follow({ askers, said: namesOfModel(now.model), limits });
    },
    nameOf: (asker, address) => memory.namesOf(asker, address).at(-1),
    exempts({ original, reply, protocol }) {
      const { source, destinationPort } = original;
      if (destinationPort === 53 && reply.sourcePort === listener.port) return askers.has(source);
      const destination = reply.source;
      return memory.namesOf(source, destination).some((destinationName) => {
        const asked = { source, destination, protocol, port: reply.sourcePort, destinationName };
        return judge?.judge(asked).outcome === 'allowed';
      });
    },
    takeNotes: () => resolver.takeNotes(),
    get failure() {
      return resolver.isHeard ? undefined : 'no resolver answers to the questions of containers for names';
    },
    close: () => listener.close(),
  };
}
