import { mapConcurrent } from '../../base/index.ts';
import type { NetworkedContainer, Probe, ProbeReport, ProbeResult } from '../../model/index.ts';
import { type NetworkNamespace, readNamespaceOf } from '../containers/network-namespaces.ts';
import { openEnd, type ProbeEnd } from './open-end.ts';
import { type PlanInput, planProbes } from './plan-probes.ts';

export interface ProbeInput extends PlanInput {
  readonly signal: AbortSignal;
  /** Milliseconds after which what did not come through counts as stopped. Default 1000. */
  readonly timeout?: number;
  /** Milliseconds for the whole run. Default two minutes. */
  readonly longest?: number;
  /** Told of each as it is known. */
  readonly onResult?: (result: ProbeResult) => void;
  /** Fakes of tests. */
  readonly machine?: ProbeMachine;
}

export interface ProbeMachine {
  namespaceOf(container: NetworkedContainer): Promise<NetworkNamespace | undefined>;
  open(pid: number, namespace: NetworkNamespace, signal: AbortSignal): Promise<ProbeEnd | { readonly reason: string }>;
}

/** Processes in namespaces, doors and attempts at each door at a time. */
const endsAtOnce = 12;
const doorsAtOnce = 48;
const triesAtOnce = 8;

/**
 * Sends real packets between the network namespaces of containers and compares what comes through with what the model says.
 * Where a program of a container listens already, it is connected to and left at once; nothing is ever sent into it.
 * Everything that was started has ended when this resolves, also after the signal.
 */
export async function probeGroups(input: ProbeInput): Promise<ProbeReport> {
  const { signal, timeout = 1000, longest = 120_000, onResult, machine = realMachine, containers } = input;
  const begun = performance.now();
  const plan = planProbes(input);
  const until = AbortSignal.any([signal, AbortSignal.timeout(longest)]);
  const known = new Map(containers.map((one) => [`${one.engine}:${one.containerId}`, one]));
  const results: ProbeResult[] = [];
  const record = (result: ProbeResult): void => {
    results.push(result);
    onResult?.(result);
  };

  // Those of one receiver after those of another, so that few processes are there at a time.
  const ids = [...new Set(plan.probes.flatMap(({ from, to, isEndpoint }) => (isEndpoint ? [from, to] : [from])))];
  const ends = new Map<string, ProbeEnd | { readonly reason: string }>();
  const openAll = async (wanted: readonly string[]): Promise<void> => {
    await mapConcurrent(wanted, 4, async (id) => {
      if (!ends.has(id)) ends.set(id, await open(known.get(id), machine, until));
    });
  };
  const closeAll = async (): Promise<void> => {
    await Promise.all([...ends.values()].map(async (end) => ('close' in end ? end.close() : undefined)));
    ends.clear();
  };

  try {
    for (const [senders, receivers] of tiles(ids, plan.probes, endsAtOnce / 2)) {
      if (until.aborted) break;
      await closeOthers(ends, new Set([...senders, ...receivers]));
      await openAll([...new Set([...senders, ...receivers])]);
      const batch = plan.probes.filter(
        ({ from, to, isEndpoint }) =>
          senders.includes(from) && (isEndpoint ? receivers.includes(to) : senders === receivers),
      );
      await tryAll(batch, ends, { timeout, until, record });
    }
  } finally {
    await closeAll();
  }
  const tried = new Set(results.map(({ probe }) => probe));
  for (const probe of plan.probes) {
    if (!tried.has(probe)) record(untried(probe, until.aborted ? 'the run was ended before' : 'it was not reached'));
  }
  return {
    results,
    agreed: results.filter(({ agrees }) => agrees).length,
    disagreed: results.filter(({ seen, agrees }) => seen !== 'untried' && !agrees),
    untried: results.filter(({ seen }) => seen === 'untried'),
    left: plan.left,
    names: Object.fromEntries([...known].map(([id, { name }]) => [id, name])),
    isEveryPair: plan.isEveryPair,
    milliseconds: performance.now() - begun,
  };
}

const realMachine: ProbeMachine = {
  namespaceOf: ({ pid, containerId }) => readNamespaceOf({ pid, containerId }),
  open: openEnd,
};

async function open(
  container: NetworkedContainer | undefined,
  machine: ProbeMachine,
  signal: AbortSignal,
): Promise<ProbeEnd | { readonly reason: string }> {
  const namespace = container && (await machine.namespaceOf(container));
  if (container === undefined || namespace === undefined) return { reason: 'the container is gone' };
  return machine.open(container.pid, namespace, signal);
}

async function closeOthers(
  ends: Map<string, ProbeEnd | { readonly reason: string }>,
  wanted: ReadonlySet<string>,
): Promise<void> {
  for (const [id, end] of ends) {
    if (wanted.has(id)) continue;
    ends.delete(id);
    if ('close' in end) await end.close();
  }
}

type Ends = ReadonlyMap<string, ProbeEnd | { readonly reason: string }>;

/** Groups of containers against groups of containers, so that each pair is met once with few at a time. */
function tiles(
  ids: readonly string[],
  probes: readonly Probe[],
  size: number,
): readonly (readonly [readonly string[], readonly string[]])[] {
  const groups: (readonly string[])[] = [];
  for (let at = 0; at < ids.length; at += size) groups.push(ids.slice(at, at + size));
  const asked = new Set(probes.map(({ from, to }) => `${from} ${to}`));
  return groups.flatMap((senders) =>
    groups
      .filter(
        (receivers) =>
          senders === receivers || senders.some((from) => receivers.some((to) => asked.has(`${from} ${to}`))),
      )
      .map((receivers) => [senders, receivers] as const),
  );
}

async function tryAll(
  batch: readonly Probe[],
  ends: Ends,
  options: { readonly timeout: number; readonly until: AbortSignal; record(result: ProbeResult): void },
): Promise<void> {
  // One listener for all who try the same door.
  const doors = new Map<string, Probe[]>();
  for (const probe of batch) {
    const door = probe.isEndpoint ? probe.to : '';
    const key = `${door} ${probe.protocol} ${probe.destination} ${probe.port}`;
    const others = doors.get(key);
    if (others) others.push(probe);
    else doors.set(key, [probe]);
  }
  await mapConcurrent([...doors.values()], doorsAtOnce, async (probes) => {
    for (const result of await tryDoor(probes, ends, options)) options.record(result);
  });
}

async function tryDoor(
  probes: readonly Probe[],
  ends: Ends,
  { timeout, until }: { readonly timeout: number; readonly until: AbortSignal },
): Promise<readonly ProbeResult[]> {
  const [first] = probes;
  if (first === undefined || until.aborted) return [];
  const { protocol, destination: address, port, isEndpoint } = first;
  const receiver = isEndpoint ? ends.get(first.to) : undefined;
  if (protocol === 'icmp') return pingDoor(probes, ends, receiver, timeout);
  let connectOnly = true;
  if (isEndpoint) {
    if (receiver === undefined || !('ask' in receiver)) {
      return probes.map((probe) => untried(probe, receiver?.reason ?? 'the container is gone'));
    }
    const listening = await receiver.ask({ do: 'listen', protocol, address, port });
    if (listening.is === 'done') connectOnly = false;
    else if (listening.is !== 'taken' || protocol === 'udp') {
      const reason =
        listening.is === 'taken'
          ? 'a program of the container listens there, and nothing is sent into it'
          : `no listener could be put there: ${listening.why ?? listening.is}`;
      return probes.map((probe) => untried(probe, reason));
    }
  }
  try {
    return await mapConcurrent(probes, triesAtOnce, async (probe) => {
      const sender = ends.get(probe.from);
      if (sender === undefined || !('ask' in sender)) return untried(probe, sender?.reason ?? 'the container is gone');
      const { source } = probe;
      const order = { do: 'try', protocol, source, address: probe.destination, port: probe.port, timeout } as const;
      return judged(probe, await sender.ask({ ...order, connectOnly }));
    });
  } finally {
    if (!connectOnly && receiver && 'ask' in receiver) await receiver.ask({ do: 'close', protocol, address, port });
  }
}

/** The kernel of the receiver answers, unless it was told not to. */
async function pingDoor(
  probes: readonly Probe[],
  ends: Ends,
  receiver: ProbeEnd | { readonly reason: string } | undefined,
  timeout: number,
): Promise<readonly ProbeResult[]> {
  const version = probes[0]?.destination.includes(':') ? 6 : 4;
  const answering =
    receiver && 'ask' in receiver
      ? await receiver.ask({ do: 'answer-pings', version })
      : { is: 'failed', why: receiver?.reason ?? 'the container is gone' };
  return mapConcurrent(probes, triesAtOnce, async (probe) => {
    const sender = ends.get(probe.from);
    if (answering.is !== 'done') return untried(probe, answering.why ?? answering.is);
    if (sender === undefined || !('ask' in sender)) return untried(probe, sender?.reason ?? 'the container is gone');
    const { source, destination: address } = probe;
    return judged(probe, await sender.ask({ do: 'ping', source, address, timeout }));
  });
}

function judged(probe: Probe, outcome: { readonly is: string; readonly why?: string }): ProbeResult {
  if (outcome.is === 'passed') return { probe, seen: 'passed', agrees: probe.expected === 'passed' };
  const why = outcome.why ?? outcome.is;
  if (outcome.is !== 'stopped') return untried(probe, why);
  return { probe, seen: 'stopped', why, agrees: probe.expected === 'stopped' };
}

function untried(probe: Probe, why: string): ProbeResult {
  return { probe, seen: 'untried', why, agrees: false };
}
