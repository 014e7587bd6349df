import { type Clock, type Instant, type Log, messageOf, pause } from '../base/index.ts';
import { createEngineClient, type EngineClient, type EngineSockets, ImageError } from '../image/index.ts';
import type {
  EngineKind,
  NamedService,
  ProbeReport,
  ProbeResult,
  SegmentationStatus,
  ServiceAddress,
} from '../model/index.ts';
import { type Dataplane, planProbes, probeGroups, SegmentationError } from '../segmentation/index.ts';
import type { ProofDesk, TrafficRecorder } from '../service/index.ts';
import { answerProofs } from './answer-proofs.ts';
import { createEnforcer, type EnforcerParts, type SegmentResolver } from './enforce-rules.ts';
import { explainNames } from './explain-names.ts';
import { followNetworks, isWaiting } from './follow-networks.ts';
import type { NamesBook } from './names-book.ts';
import type { RulesBook, TrafficRules } from './rules-book.ts';
import { createSegmentedHost, type HostReader } from './segmented-host.ts';
import { createTrafficWatch } from './watch-traffic.ts';

/** What is not in the contract of a dataplane: to be told of changes by others. */
export interface WatchedDataplane extends Dataplane {
  watch?(changed: () => void): Promise<void>;
  close?(): Promise<void>;
}

export interface SegmenterParts {
  /** Name of this machine. */
  readonly host: string;
  readonly sockets: EngineSockets;
  readonly dataplane: WatchedDataplane;
  readonly desk: TrafficRecorder;
  /** Where it is asked for proofs. */
  readonly proofs?: Pick<ProofDesk, 'take'>;
  /** What holds while the desk does not answer. */
  readonly book: RulesBook;
  readonly resolver?: SegmentResolver;
  readonly namesBook?: NamesBook;
  readonly boot?: BootRules;
  readonly clock: Clock;
  readonly log: Log;
  /** Where Portwarden listens on this host. */
  readonly portwardenPorts: readonly number[];
  /** Services that are elsewhere. */
  readonly services?: Partial<Record<NamedService, readonly ServiceAddress[]>>;
  /** Milliseconds between two full looks at an engine. */
  readonly reconcileEvery?: number;
  /** Milliseconds between two looks whether what should hold does. */
  readonly checkEvery?: number;
  /** Milliseconds between two readings of counters. */
  readonly pollEvery?: number;
  /** Milliseconds that engines have to answer at a start, before rules hold without what they run. */
  readonly graceTime?: number;
  /** Fakes of tests. */
  readonly machine?: {
    readonly read?: HostReader;
    readonly client?: (kind: EngineKind, socket: string) => EngineClient;
    readonly connections?: EnforcerParts['connections'];
    readonly cut?: EnforcerParts['cut'];
  };
}

export interface SegmentStatus extends SegmentationStatus {
  /** From when on rules hold without a break that is known. */
  readonly since?: Instant;
  /** Containers that rules hold for. */
  readonly bound: number;
}

export interface Segmenter {
  /** Keeps the rules until the signal, whatever comes and goes; never rejects. The rules stay in the kernel after it. */
  run(signal: AbortSignal): Promise<void>;
  status(): SegmentStatus;
  /** What is known of the host and what holds on it. */
  view(): SegmentView;
  /** Sends real packets between its containers; undefined where no rules hold. What it sends is not told as traffic. */
  verify(options: VerifyOptions): Promise<ProbeReport | undefined>;
}

export interface VerifyOptions {
  readonly signal: AbortSignal;
  readonly onResult?: (result: ProbeResult) => void;
}

/** What holds from a boot until the agent speaks. */
export interface BootRules {
  /** Of bridges with these names; called again whenever they change. `unwanted`: nobody asked for it, and the host boots open. */
  keep(bridges: readonly string[]): Promise<'kept' | 'unwanted'>;
  remove(): Promise<void>;
}

export interface SegmentView {
  readonly host: ReturnType<typeof createSegmentedHost>;
  readonly enforced: ReturnType<typeof createEnforcer>['enforced'];
}

const longestRetry = 5000;
/** Milliseconds between two tellings of a state that did not change. */
const tellEvery = 30_000;

/**
 * Keeps the rules of one machine: what engines tell and what documents say is compiled and applied, again whenever one of
 * them changes or somebody else changed what is ours. It goes on with what held last while the store, or an engine, is away.
 */
export function createSegmenter(parts: SegmenterParts): Segmenter {
  const { host: name, sockets, dataplane, desk, book, clock, log, machine = {} } = parts;
  const { reconcileEvery = 60_000, checkEvery = 5000, pollEvery = 2000, graceTime = 10_000 } = parts;
  const client = machine.client ?? ((kind, socket) => createEngineClient({ kind, socket }));
  const host = createSegmentedHost({ ...parts, ...(machine.read ? { read: machine.read } : {}) });
  const enforcer = createEnforcer({ ...parts, ...machine, host });
  const traffic = createTrafficWatch({ ...parts, host, enforcer });

  let rules: TrafficRules | undefined;
  let rulesAreOld: string | undefined;
  let failure: unknown;
  const engineFailures = new Map<EngineKind, string>();
  const settled = new Set<EngineKind>();
  let bootFor: string | undefined;
  let bootNote: string | undefined;
  let wake = (): void => undefined;
  let isDirty = false;

  function changed(): void {
    isDirty = true;
    wake();
  }

  /** Follows whatever engine of the kind is there; what it ran is kept in mind while it is away. */
  async function keepFollowing(kind: EngineKind, signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const cause = await followFirst(kind, signal, () => {
        failures = 0;
        engineFailures.delete(kind);
        settled.add(kind);
      });
      if (signal.aborted) return;
      const isAbsent = cause === undefined || (cause instanceof ImageError && cause.code === 'not-found');
      if (isAbsent) settled.add(kind);
      else if (engineFailures.get(kind) !== messageOf(cause)) {
        engineFailures.set(kind, messageOf(cause));
        log.warn({ engine: kind, error: messageOf(cause) }, 'cannot follow the networks of an engine');
      }
      changed();
      if (sockets[kind].length === 0) return;
      await pause(Math.min(longestRetry, 250 * 2 ** failures), signal);
      failures = Math.min(failures + 1, 10);
    }
  }

  async function followFirst(kind: EngineKind, signal: AbortSignal, onFollowing: () => void): Promise<unknown> {
    let cause: unknown;
    for (const socket of sockets[kind]) {
      const engine = client(kind, socket);
      try {
        return await followNetworks(
          engine,
          { host, clock, log, reconcileEvery, onChange: changed, onFollowing },
          signal,
        );
      } catch (error) {
        cause = error;
      } finally {
        await engine.close();
      }
      if (!(cause instanceof ImageError && cause.code === 'not-found')) return cause;
    }
    return cause;
  }

  async function readRules(): Promise<void> {
    try {
      rules = await desk.rules();
      rulesAreOld = undefined;
      await book.write(rules).catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'the rules that hold could not be kept on disk');
      });
    } catch (error) {
      const why = messageOf(error);
      rules ??= await book.read();
      if (why !== rulesAreOld)
        log.warn({ error: why, isKept: rules !== undefined }, 'rules cannot be read: what held last holds on');
      rulesAreOld = why;
    }
  }

  async function keepEnforcing(signal: AbortSignal): Promise<void> {
    const begun = clock.now();
    let mustRead = true;
    const end = desk.onRulesChanged(() => {
      mustRead = true;
      changed();
    });
    try {
      while (!signal.aborted) {
        isDirty = false;
        if (mustRead || rulesAreOld !== undefined) {
          mustRead = false;
          await readRules();
        }
        const isReady = settled.size === 2 || clock.now() - begun >= graceTime;
        if (rules !== undefined && isReady) await enforce(rules);
        await tell();
        await keepNames(tellEvery);
        if (!isDirty) await sleepUntilWoken(isReady ? checkEvery : Math.min(checkEvery, 200), signal);
      }
    } finally {
      end();
    }
  }

  const { resolver, namesBook } = parts;
  let namesKept = 0;
  let namesKeptAt = 0;
  async function keepNames(every: number): Promise<void> {
    if (resolver === undefined || namesBook === undefined || resolver.revision === namesKept) return;
    if (clock.now() - namesKeptAt < every) return;
    namesKept = resolver.revision;
    namesKeptAt = clock.now();
    await namesBook.write(resolver.remembered()).catch((error: unknown) => {
      log.warn({ error: messageOf(error) }, 'names that containers asked for could not be kept on disk');
    });
  }

  async function enforce(wanted: TrafficRules): Promise<void> {
    try {
      const report = await enforcer.enforce(wanted);
      if (failure !== undefined) log.info({}, 'rules hold again');
      failure = undefined;
      if (report?.change === 'repaired') traffic.noteForeignChange();
      await keepBoot(wanted);
      if (report && report.change !== 'none') log.debug({ ...report }, 'rules were applied');
    } catch (error) {
      if (messageOf(error) !== messageOf(failure)) log.error({ error: messageOf(error) }, 'rules could not be applied');
      failure = error;
    }
  }

  /** Where nothing is enforced, nothing is closed at a boot either. */
  async function keepBoot({ groups }: TrafficRules): Promise<void> {
    if (!parts.boot) return;
    const isEnforcing = groups.some(({ mode }) => mode === 'enforce');
    const bridges = isEnforcing ? host.network.bridges.map(({ bridge }) => bridge) : undefined;
    const now = JSON.stringify(bridges) ?? 'none';
    if (now === bootFor) return;
    try {
      const done = bridges ? await parts.boot.keep(bridges) : await parts.boot.remove();
      bootNote = done === 'unwanted' ? 'close them with portwarden groups boot install' : undefined;
      // Somebody may ask for it at any time.
      bootFor = done === 'unwanted' ? undefined : now;
    } catch (error) {
      bootNote = messageOf(error);
      log.warn({ error: bootNote }, 'what holds at a boot could not be written');
    }
  }

  function status(): SegmentStatus {
    const { containers } = host;
    const waiting = containers.filter(isWaiting).length;
    const bound = containers.filter(({ attachments }) => attachments.length > 0).length;
    const { since } = enforcer;
    const base = { host: name, at: clock.now(), waiting, bound };
    if (failure !== undefined) return { ...base, state: stateOf(failure), message: explain(failure) };
    if (rules === undefined) return { ...base, state: 'failed', message: notYet(rulesAreOld) };
    const notes = [
      ...(rulesAreOld === undefined ? [] : [`Rules cannot be read (${rulesAreOld}): what held last holds on.`]),
      ...[...engineFailures].map(([kind, why]) => `${kind} does not answer: new containers of it stay closed. ${why}.`),
      ...(enforcer.notCut === undefined ? [] : [sentence(enforcer.notCut)]),
      ...(enforcer.notNamed === undefined ? [] : [`Rules by name open nothing new: ${enforcer.notNamed}.`]),
      ...(enforcer.enforced ? [explainNames(enforcer.enforced.model, host.asksFromHost) ?? []].flat() : []),
      ...(host.limits === undefined ? [] : [host.limits]),
      ...(bootNote === undefined ? [] : [`After a boot containers are open until the agent runs: ${bootNote}.`]),
      ...(traffic.failure === undefined ? [] : [`What passes is not told: ${traffic.failure}.`]),
    ];
    const message = notes.length === 0 ? {} : { message: notes.join(' ') };
    if (since === undefined) {
      const isIdle = rules.groups.length === 0 && rules.denyLists.length === 0;
      if (!isIdle) return { ...base, state: 'failed', message: 'Waiting for the engines of this host to answer.' };
      return { ...base, state: 'idle', ...message };
    }
    return { ...base, state: 'in-force', since, ...message };
  }

  let told = '';
  let toldAt = 0;
  async function tell(): Promise<void> {
    const now = status();
    const { at, ...text } = now;
    if (JSON.stringify(text) === told && at - toldAt < tellEvery) return;
    try {
      await desk.status(now);
      told = JSON.stringify(text);
      toldAt = at;
    } catch (error) {
      log.debug({ error: messageOf(error) }, 'the state of rules could not be told');
    }
  }

  function sleepUntilWoken(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    wake = () => woken.abort();
    return pause(milliseconds, AbortSignal.any([signal, woken.signal]));
  }

  async function keepWatching(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(pollEvery, signal);
      if (!signal.aborted) await traffic.look();
    }
    // What was counted until the end.
    await traffic.look();
  }

  async function watchOthers(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && dataplane.watch) {
      try {
        await dataplane.watch(changed);
        return;
      } catch (error) {
        log.debug({ error: messageOf(error) }, 'changes by others are not watched, only looked for');
        await pause(longestRetry, signal);
      }
    }
  }

  async function verify(options: VerifyOptions): Promise<ProbeReport | undefined> {
    const { enforced } = enforcer;
    if (enforced === undefined) return undefined;
    const { containers, network } = host;
    const input = { model: enforced.model, judge: enforced.judge, containers, network, ...options };
    const end = traffic.leaveOut(planProbes(input).probes);
    try {
      return await probeGroups(input);
    } finally {
      end();
    }
  }

  return {
    async run(signal) {
      for (const kind of ['docker', 'podman'] as const) if (sockets[kind].length === 0) settled.add(kind);
      resolver?.recall((await namesBook?.read()) ?? []);
      await Promise.all([
        keepFollowing('docker', signal),
        keepFollowing('podman', signal),
        watchOthers(signal),
        keepEnforcing(signal),
        keepWatching(signal),
        ...(parts.proofs ? [answerProofs({ host: name, proofs: parts.proofs, verify, log }, signal)] : []),
      ]);
      await keepNames(0);
      try {
        if (parts.resolver?.port !== undefined) await dataplane.answerNames(0);
      } catch (error) {
        log.debug({ error: messageOf(error) }, 'questions about names go nowhere for some seconds');
      }
      await dataplane.close?.();
    },
    status,
    view: () => ({ host, enforced: enforcer.enforced }),
    verify,
  };
}

function stateOf(failure: unknown): 'off' | 'failed' {
  return failure instanceof SegmentationError && failure.code === 'no-dataplane' ? 'off' : 'failed';
}

function explain(failure: unknown): string {
  const remedy = failure instanceof SegmentationError && failure.remedy ? ` ${failure.remedy}` : '';
  return `${sentence(messageOf(failure))}${remedy}`;
}

function notYet(why: string | undefined): string {
  if (why === undefined) return 'Rules have not been read yet.';
  return `Rules cannot be read (${why}), and none were kept: what is in the kernel holds on.`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
