import { type Clock, type Instant, type Log, messageOf } from '../base/index.ts';
import type { TrafficEvent } from '../model/index.ts';
import { countFlows, type Dataplane, type TrafficCount, type TrafficCounters } from '../segmentation/index.ts';
import type { TrafficRecorder, TrafficReport } from '../service/index.ts';
import type { Enforcer, SegmentResolver } from './enforce-rules.ts';
import { nameEvent } from './name-event.ts';
import type { SegmentedHost } from './segmented-host.ts';

export type ProbedConnection = Pick<TrafficCount, 'source' | 'destination' | 'protocol' | 'port'>;

export interface TrafficWatchParts {
  readonly host: SegmentedHost;
  readonly enforcer: Enforcer;
  readonly dataplane: Dataplane;
  readonly desk: TrafficRecorder;
  readonly resolver?: SegmentResolver;
  readonly clock: Clock;
  readonly log: Log;
}

export interface TrafficWatch {
  /** Reads what was counted since the last look and tells it, and what is on the host where that changed. Never rejects. */
  look(): Promise<void>;
  /** Somebody else had changed what is ours: told at the next look. */
  noteForeignChange(): void;
  /** What proofs are about to send is not told as traffic; gives what ends that, some looks later. */
  leaveOut(probes: readonly ProbedConnection[]): () => void;
  /** Why what passes is not told. */
  readonly failure: string | undefined;
}

/** What waits while the desk is away; beyond it attempts are missing, and that is told. */
const maxWaitingFlows = 50_000;
const maxWaitingEvents = 5000;
const maxKnownPeers = 500_000;
/** Clients of TCP try again for a while. */
const looksAfterProof = 3;

export function createTrafficWatch(parts: TrafficWatchParts): TrafficWatch {
  const { host, enforcer, dataplane, desk, resolver, clock, log } = parts;
  const names = resolver ?? { nameOf: () => undefined };
  let known: Set<string> | undefined;
  let from: Instant | undefined;
  let waiting: TrafficReport | undefined;
  let failure: string | undefined;
  let toldRevision = -1;
  const changes: TrafficEvent[] = [];
  /** Kinds of connections that are probed, with the looks for which they are left out; 0 while the proof runs. */
  const left = new Map<string, number>();

  function withoutProbes(counters: TrafficCounters): TrafficCounters {
    if (left.size === 0) return counters;
    const others = (counts: readonly TrafficCount[]) => counts.filter((count) => !left.has(keyOf(count)));
    const { allowed, refused, observed } = counters;
    const rest = { ...counters, allowed: others(allowed), refused: others(refused), observed: others(observed) };
    for (const [key, looks] of left) {
      if (looks > 1) left.set(key, looks - 1);
      else if (looks === 1) left.delete(key);
    }
    return rest;
  }

  async function count(): Promise<void> {
    const { enforced } = enforcer;
    if (enforced === undefined) {
      from = undefined;
      return;
    }
    known ??= new Set(await desk.knownPeers());
    const counters = withoutProbes(await dataplane.readCounters());
    const at = clock.now();
    const { model, rules, judge } = enforced;
    const { containers, network } = host;
    const { denyLists } = rules;
    const counted = countFlows({ counters, model, containers, denyLists, host: network, names, judge, known, at });
    for (const key of counted.newPeers) if (known.size < maxKnownPeers) known.add(key);
    const { flows, newPeers } = counted;
    const asked = (resolver?.takeNotes() ?? []).map((note) => nameEvent(note, network.host, at));
    const events = [...changes.splice(0), ...counted.events, ...asked];
    const { overflowed } = counters;
    const spoofed = counters.spoofed.reduce((sum, { packets }) => sum + packets, 0);
    const report = { host: network.host, from: from ?? at, to: at, overflowed, flows, events, spoofed, newPeers };
    waiting = waiting === undefined ? report : joined(waiting, report);
    from = at;
  }

  async function tellHost(): Promise<void> {
    const { revision, containers, network } = host;
    if (revision === toldRevision) return;
    await desk.network({ host: network.host, at: clock.now(), network, containers });
    toldRevision = revision;
  }

  return {
    async look() {
      try {
        await count();
        if (waiting !== undefined) {
          await desk.traffic(waiting);
          waiting = undefined;
        }
        await tellHost();
        failure = undefined;
      } catch (error) {
        if (failure !== messageOf(error)) log.warn({ error: messageOf(error) }, 'what passes could not be told');
        failure = messageOf(error);
      }
    },
    noteForeignChange() {
      changes.push({
        at: clock.now(),
        kind: 'foreign-change',
        host: host.network.host,
        message: 'Somebody else changed or removed the tables of Portwarden in the kernel; they were made anew',
      });
    },
    leaveOut(probes) {
      for (const probe of probes) left.set(keyOf(probe), 0);
      return () => {
        for (const probe of probes) left.set(keyOf(probe), looksAfterProof);
      };
    },
    get failure() {
      return failure;
    },
  };
}

function keyOf({ source, destination, protocol, port }: ProbedConnection): string {
  return `${source} ${destination} ${protocol} ${port}`;
}

function joined(a: TrafficReport, b: TrafficReport): TrafficReport {
  const flows = [...a.flows, ...b.flows];
  const events = [...a.events, ...b.events];
  const isFull = flows.length > maxWaitingFlows;
  return {
    ...b,
    from: a.from,
    overflowed: a.overflowed || b.overflowed || isFull,
    flows: flows.slice(0, maxWaitingFlows),
    events: events.slice(0, maxWaitingEvents),
    spoofed: a.spoofed + b.spoofed,
    newPeers: [...new Set([...a.newPeers, ...b.newPeers])].slice(0, maxWaitingFlows),
  };
}
