import { type Clock, type Instant, type Log, messageOf } from '../base/index.ts';
import type { HostNetwork, NetworkedContainer, TrafficModel, TrafficPeer } from '../model/index.ts';
import {
  type ApplyReport,
  changedAddresses,
  compileRuleset,
  compileTraffic,
  createTrafficJudge,
  cutRefused,
  type Dataplane,
  type NameService,
  readConnections,
  type TrackedConnection,
  type TrafficJudge,
} from '../segmentation/index.ts';
import type { TrafficRules } from './rules-book.ts';
import type { SegmentedHost } from './segmented-host.ts';

/** What holds in the kernel, as it was compiled. */
export interface Enforced {
  readonly model: TrafficModel;
  readonly judge: TrafficJudge;
  readonly rules: TrafficRules;
  readonly network: HostNetwork;
  readonly containers: readonly NetworkedContainer[];
}

/** Answers for names on this host, where it has such a thing. */
export type SegmentResolver = Omit<NameService, 'close'>;

export interface EnforcerParts {
  readonly host: SegmentedHost;
  readonly dataplane: Dataplane;
  readonly resolver?: SegmentResolver;
  readonly clock: Clock;
  readonly log: Log;
  /** Real unless a test says otherwise. */
  readonly connections?: () => AsyncIterable<TrackedConnection>;
  readonly cut?: typeof cutRefused;
}

export interface Enforcer {
  /** Makes the rules hold for what is known of the host. Undefined where there are none: nothing of ours is in the kernel then. */
  enforce(rules: TrafficRules): Promise<ApplyReport | undefined>;
  readonly enforced: Enforced | undefined;
  readonly since: Instant | undefined;
  /** Why connections that are refused now may go on. */
  readonly notCut: string | undefined;
  /** Why names are not looked up for containers that have rules by name. */
  readonly notNamed: string | undefined;
}

/** Milliseconds after which questions of containers go elsewhere, where the agent was killed. */
const answeredFor = 30_000;

/** Documents → model → ruleset → kernel, and then an end to what was let pass before and is refused now. */
export function createEnforcer(parts: EnforcerParts): Enforcer {
  const { host, dataplane, resolver, clock, log, connections = readConnections, cut = cutRefused } = parts;
  let enforced: Enforced | undefined;
  let since: Instant | undefined;
  let compiledFor = '';
  let compiled: ReturnType<typeof compile> | undefined;
  let notCut: string | undefined;
  let notNamed: string | undefined;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let isClear = false;
  /** What connections were held against last; absent: all must be. */
  let cutFor: TrafficModel | undefined;
  let cutting: Promise<void> | undefined;
  let rulesSeen: TrafficRules | undefined;
  let rulesRevision = 0;

  function compile(rules: TrafficRules) {
    const { containers, network } = host;
    const { model } = compileTraffic({ ...rules, containers, network });
    const port = resolver?.port;
    const options = port === undefined ? {} : { resolver: { port } };
    return { model, network, containers, ruleset: compileRuleset({ model, containers, network, ...options }) };
  }

  /** Where it cannot, rules by name let nothing pass; it is tried again with each look. */
  async function openResolver(rules: TrafficRules): Promise<void> {
    notNamed = undefined;
    const names = rules.groups.some(({ outbound }) => outbound.some(({ peers }) => peers.some(asksNames)));
    if (!names) return;
    if (resolver === undefined) {
      const isSaid = rules.groups.some(({ outbound }) => outbound.some(({ peers }) => peers.some(isName)));
      if (isSaid) notNamed = 'it is switched off';
      return;
    }
    try {
      await resolver.open();
      notNamed = resolver.failure;
    } catch (error) {
      notNamed = messageOf(error);
    }
  }

  /** Compiling is the whole of it; where nothing changed it is not done again. */
  function compiledOf(rules: TrafficRules): ReturnType<typeof compile> {
    if (rules !== rulesSeen) {
      rulesSeen = rules;
      rulesRevision++;
    }
    const key = `${rulesRevision} ${host.revision} ${resolver?.port}`;
    if (compiled === undefined || key !== compiledFor) {
      compiled = compile(rules);
      compiledFor = key;
    }
    return compiled;
  }

  async function cutBetween(before: TrafficModel | undefined, { model, judge }: Enforced): Promise<void> {
    const only = before && changedAddresses(before, model);
    if (only?.size === 0) return;
    const own = host.network.services.get('host') ?? [];
    const hostAddresses = [
      ...own.map(({ addresses }) => addresses.replace(/\/\d+$/, '')),
      ...host.network.bridges.flatMap(({ gateways }) => gateways),
    ];
    let isDone = false;
    while (!isDone) {
      const report = await cut({
        connections: connections(),
        model,
        judge,
        hostAddresses,
        ...(only ? { only } : {}),
        ...(resolver ? { exempt: resolver.exempts } : {}),
      });
      if (report.cut > 0) log.info({ cut: report.cut }, 'ended connections that are refused now');
      isDone = !report.more || report.cut === 0;
    }
  }

  /** Beside the next change of rules, which must not wait for a walk over all connections. */
  async function cutUntilDone(): Promise<void> {
    while (enforced !== undefined && enforced.model !== cutFor) {
      const target = enforced;
      const before = cutFor;
      cutFor = target.model;
      try {
        await cutBetween(before, target);
        notCut = undefined;
      } catch (error) {
        // New connections are refused all the same. Tried again with the next change of rules, for all of them.
        cutFor = undefined;
        notCut = `connections that were made before the rules changed are not ended: ${messageOf(error)}`;
        log.warn({ error: messageOf(error) }, 'connections that are refused now could not be ended');
        return;
      }
    }
  }

  function cutWhatIsRefused(): void {
    cutting ??= cutUntilDone().finally(() => {
      cutting = undefined;
    });
  }

  async function answerNames(): Promise<void> {
    const now = clock.now();
    if (resolver?.port === undefined || now - answeredAt < answeredFor / 4) return;
    await dataplane.answerNames(answeredFor / 1000);
    answeredAt = now;
  }

  return {
    async enforce(rules) {
      if (rules.groups.length === 0 && rules.denyLists.length === 0) {
        if (!isClear) await dataplane.remove();
        isClear = true;
        enforced = undefined;
        cutFor = undefined;
        since = undefined;
        notCut = undefined;
        notNamed = undefined;
        return undefined;
      }
      await openResolver(rules);
      const { model, network, containers, ruleset } = compiledOf(rules);
      const now =
        enforced?.model === model ? enforced : { model, rules, network, containers, judge: judgeWhenAsked(model) };
      resolver?.follow(now);
      isClear = false;
      const report = await dataplane.apply(ruleset);
      enforced = now;
      await answerNames();
      if (report.change === 'repaired' || since === undefined) since = clock.now();
      // Whatever passed while the rules were away.
      if (report.change === 'repaired') cutFor = undefined;
      cutWhatIsRefused();
      return report;
    },
    get enforced() {
      return enforced;
    },
    get since() {
      return since;
    },
    get notCut() {
      return notCut;
    },
    get notNamed() {
      return notNamed;
    },
  };
}

function isName({ kind }: TrafficPeer): boolean {
  return kind === 'name';
}

/** Those who ask the service `dns` are asked for as well: then what they reach has a name. */
function asksNames(peer: TrafficPeer): boolean {
  return peer.kind === 'name' || (peer.kind === 'service' && peer.service === 'dns');
}

/** Making one costs more than most changes do, and few are asked anything. */
function judgeWhenAsked(model: TrafficModel): TrafficJudge {
  let made: TrafficJudge | undefined;
  const asked = (): TrafficJudge => {
    made ??= createTrafficJudge(model);
    return made;
  };
  return {
    judge: (connection) => asked().judge(connection),
    endpointAt: (address) => asked().endpointAt(address),
  };
}
