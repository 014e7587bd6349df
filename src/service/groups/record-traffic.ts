import { formatInstant, type Instant } from '../../base/index.ts';
import type {
  DenyList,
  Flow,
  NetworkReport,
  SecurityGroup,
  SegmentationStatus,
  Store,
  TrafficCounts,
  TrafficEvent,
} from '../../model/index.ts';
import type { EventBus } from '../services.ts';
import { edgeOfSum } from './group-map.ts';
import type { ReachMap } from './reach-map.ts';
import type { SceneReader } from './traffic-scene.ts';
import { endsOfFlow } from './view-traffic.ts';

/** Where the agent of a host gets its rules, and tells what holds and what it saw. Any of it may reject for a while. */
export interface TrafficRecorder {
  /** What holds now. */
  rules(): Promise<{ readonly groups: readonly SecurityGroup[]; readonly denyLists: readonly DenyList[] }>;
  /** Keys of peers that were reported before, by whichever host. */
  knownPeers(): Promise<readonly string[]>;
  network(report: NetworkReport): Promise<void>;
  status(status: SegmentationStatus): Promise<void>;
  traffic(report: TrafficReport): Promise<void>;
  /** Calls whenever other rules may hold; gives what ends that. */
  onRulesChanged(listener: () => void): () => void;
}

export interface TrafficReport {
  readonly host: string;
  /** Of the look before, and of this one. */
  readonly from: Instant;
  readonly to: Instant;
  /** Some attempts are not among the flows. */
  readonly overflowed: boolean;
  readonly flows: readonly Flow[];
  readonly events: readonly TrafficEvent[];
  /** Packets with a source that was not the sender's own. */
  readonly spoofed: number;
  /** `GROUP > PEER PORT`, for each group of the container that connected there for the first time. */
  readonly newPeers: readonly string[];
}

/** Sums of flows that are kept of a host, and peers of a group. */
const flowsOfHost = 100_000;
const peersOfGroup = 10_000;
/** Milliseconds for which a group is watched before a new peer of it is worth a word: at first all are new. */
export const learningTime = 86_400_000;
/** Milliseconds in which a container that is refused the same again is not recorded again. */
const sameAgain = 3_600_000;
const rememberedEvents = 20_000;
/** Of one kind on one host in that time: a scan shall not fill the store. Flows are sums, and have all of it. */
const eventsKept = 1000;

export interface RecorderParts {
  readonly store: Pick<Store, 'traffic'>;
  readonly events: EventBus;
  readonly scene: SceneReader;
  readonly map: () => Promise<ReachMap>;
  readonly onRulesChanged: TrafficRecorder['onRulesChanged'];
}

export function createTrafficRecorder({ store, events, scene, map, onRulesChanged }: RecorderParts): TrafficRecorder {
  const said = new Map<string, Instant>();

  /** Whoever tries each second is told of once an hour; live, every look is shown. */
  function isSaidAlready(event: TrafficEvent): boolean {
    const key = keyOf(event);
    const before = said.get(key);
    if (before !== undefined && event.at - before < sameAgain) return true;
    said.delete(key);
    said.set(key, event.at);
    if (said.size > rememberedEvents) for (const oldest of said.keys()) if (said.delete(oldest)) break;
    return false;
  }

  const kept = new Map<string, { readonly since: Instant; count: number }>();

  /** As it is recorded: the last that there is room for says so. */
  function recorded(event: TrafficEvent): readonly TrafficEvent[] {
    const { kind, host, at } = event;
    const known = kept.get(`${kind} ${host}`);
    const span = known && at - known.since < sameAgain ? known : { since: at, count: 0 };
    kept.set(`${kind} ${host}`, span);
    span.count += 1;
    if (span.count < eventsKept) return [event];
    if (span.count > eventsKept) return [];
    const until = formatInstant(span.since + sameAgain);
    const message = `more of this kind are not recorded one by one until ${until}; flows have all of them`;
    return [{ at, kind, host, message }];
  }

  async function publish(reported: readonly TrafficEvent[]): Promise<void> {
    if (reported.length === 0) return;
    const reach = await map();
    for (const { kind, at, host, message, flow } of reported) {
      const edge = flow && edgeOfFlow(reach, flow);
      events.publish({ type: 'traffic', kind, at: formatInstant(at), host, message, ...(edge ? { edge } : {}) });
    }
  }

  return {
    async rules() {
      const { groups, denyLists } = await scene.rules();
      return { groups, denyLists };
    },
    onRulesChanged,
    knownPeers: () => store.traffic.knownPeers(),
    async network(report) {
      await store.traffic.putNetwork(report);
      scene.forget();
    },
    status: (status) => store.traffic.putStatus(status),
    async traffic({ host, from, to, overflowed, flows, events: reported, spoofed, newPeers }) {
      await store.traffic.record({ host, from, to, overflowed }, flows, flowsOfHost);
      if (flows.length > 0 || spoofed > 0) await store.traffic.count({ host, ...countAttempts(flows), spoofed });
      const learned = await store.traffic.learnPeers(
        newPeers.map((key) => ({ group: groupOf(key), key, first: to })),
        peersOfGroup,
      );
      const watched = new Set(
        learned.filter(({ groupSince }) => to - groupSince >= learningTime).map(({ peer }) => peer.group),
      );
      const wanted = reported.filter(
        ({ kind, flow }) =>
          kind !== 'new-peer' || (flow !== undefined && groupsOf(flow).some((group) => watched.has(group))),
      );
      await store.traffic.recordEvents(wanted.filter((event) => !isSaidAlready(event)).flatMap(recorded));
      await publish(wanted);
    },
  };
}

function countAttempts(flows: readonly Flow[]): Omit<TrafficCounts, 'host' | 'spoofed'> {
  const counts = { allowed: 0, refused: 0, observed: 0, listed: 0 };
  for (const { direction, peer, outcome, listed, attempts } of flows) {
    // The other end of it tells the same.
    if (direction === 'inbound' && peer.kind === 'container') continue;
    counts[outcome] += attempts;
    if (listed !== undefined) counts.listed += attempts;
  }
  return counts;
}

export function edgeOfFlow(map: ReachMap, flow: Flow): string {
  const [from, to] = endsOfFlow(flow);
  return edgeOfSum(map, { ...flow, from, to });
}

function groupOf(key: string): string {
  const at = key.indexOf(' > ');
  return at < 0 ? key : key.slice(0, at);
}

/** As the keys of new peers name them. */
function groupsOf({ container }: Flow): readonly string[] {
  return container.groups.length === 0 ? [`container ${container.name}`] : container.groups;
}

function keyOf({ kind, host, flow, message }: TrafficEvent): string {
  if (!flow) return JSON.stringify([kind, host, message.replace(/\d+/g, '')]);
  const { container, direction, peer, protocol, port } = flow;
  return JSON.stringify([kind, host, container.containerId, direction, peer, protocol, port]);
}
