import type { Clock, Instant, Log } from '../../base/index.ts';
import type { Flow, FlowSum, Store } from '../../model/index.ts';
import type {
  ConnectionExplanation,
  DocumentChange,
  ExplainConnectionQuery,
  FlowPage,
  FlowQuery,
  GroupDetail,
  GroupDraft,
  GroupList,
  GroupMap,
  GroupMapQuery,
  GroupPlan,
  NetworkList,
  SuggestGroupsQuery,
  TrafficEventPage,
  TrafficEventQuery,
} from '../../model/wire/index.ts';
import { formatDocument, type PolicyDocument, parseDocuments } from '../../policy/index.ts';
import { suggestGroups } from '../../segmentation/index.ts';
import { parseQueryTime } from '../query-time.ts';
import type { EventBus } from '../services.ts';
import { composeProject } from './compose-project.ts';
import { explainConnection } from './explain-connection.ts';
import { compileGroupMap } from './group-map.ts';
import { findGroup, groupRules, groupView, listGroups, membersOf } from './group-views.ts';
import { type HostNumbers, hostNumbers, networkViews } from './network-views.ts';
import { compileGroupPlan } from './plan-groups.ts';
import { createProofDesk, type ProofDesk } from './proofs.ts';
import { compileReachMap, type ReachMap } from './reach-map.ts';
import { createTrafficRecorder, edgeOfFlow, type TrafficRecorder } from './record-traffic.ts';
import type { ReadAddressList } from './refresh-lists.ts';
import { refreshLists } from './refresh-lists.ts';
import { noGroup } from './traffic-nodes.ts';
import { createSceneReader, type SceneReader, type TrafficScene } from './traffic-scene.ts';
import { eventView, flowView, recordingView } from './view-traffic.ts';

export interface GroupFile {
  readonly name: string;
  readonly text: string;
}

/** Who may talk to whom, who did, and what a change would do. */
export interface GroupService {
  list(): Promise<GroupList>;
  /** Undefined where there is no such group. */
  show(name: string): Promise<GroupDetail | undefined>;
  map(query: GroupMapQuery): Promise<GroupMap>;
  /** What documents would open and close; changes nothing. Throws PolicyError. */
  plan(files: readonly GroupFile[]): Promise<GroupPlan>;
  /** Throws ServiceError `bad-query`, `ambiguous-container`. */
  explain(query: ExplainConnectionQuery): Promise<ConnectionExplanation>;
  flows(query: FlowQuery): Promise<FlowPage>;
  events(query: TrafficEventQuery): Promise<TrafficEventPage>;
  suggest(query: SuggestGroupsQuery): Promise<GroupDraft>;
  networks(): Promise<NetworkList>;
  /** What holds and what was ever counted, by host; cheap enough to be asked often. */
  numbers(): Promise<readonly HostNumbers[]>;
  /** Groups as they are applied, with others in their place where they are given, compiled for each host. */
  scene(documents?: readonly PolicyDocument[]): Promise<TrafficScene>;
  /** Where agents report. */
  readonly recorder: TrafficRecorder;
  /** Where agents are asked for proofs. */
  readonly proofs: ProofDesk;
  /** Documents were applied here: what is kept of them is read again. */
  documentsChanged(): void;
  /** Keeps deny lists fresh, and forgets what is old, until the signal. */
  work(signal: AbortSignal): Promise<void>;
}

export interface GroupParts {
  readonly store: Pick<Store, 'documents' | 'proofs' | 'traffic'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventBus;
  readonly readList: ReadAddressList;
}

const day = 86_400_000;
/** How long flows and events are kept, in milliseconds. */
export const trafficKeptFor = 30 * day;
/** Sums that are looked at for one answer, those with most attempts. */
const sumsRead = 20_000;
/** Flows that a plan is held against, and that groups are suggested from; those seen last. */
const flowsRead = 50_000;
const flowsAtOnce = 1000;

export function createGroupService(parts: GroupParts): GroupService {
  const { store, clock, log, events } = parts;
  const scene = createSceneReader(parts);
  const reachMap = keepMap(scene);
  const listeners = new Set<() => void>();
  const traffic = store.traffic;
  const sumsSince = (since: Instant, host?: string): Promise<readonly FlowSum[]> =>
    traffic.sums({ since, limit: sumsRead, ...(host === undefined ? {} : { host }) });
  const lastDay = () => sumsSince(clock.now() - day);

  async function readFlows(query: Omit<Parameters<typeof traffic.flows>[0], 'limit' | 'offset'>): Promise<Flow[]> {
    const found: Flow[] = [];
    for (let offset = 0; offset < flowsRead; offset += flowsAtOnce) {
      const { items } = await traffic.flows({ ...query, limit: flowsAtOnce, offset });
      found.push(...items);
      if (items.length < flowsAtOnce) break;
    }
    return found;
  }

  const changed = () => {
    scene.forget();
    for (const listener of listeners) listener();
  };

  return {
    list: async () => listGroups(await scene(), await lastDay()),

    async show(name) {
      const now = await scene();
      const applied = findGroup(now, name);
      if (!applied) return undefined;
      const [sums, recordings] = await Promise.all([lastDay(), traffic.recordings()]);
      const since = clock.now() - day;
      const { nodes, edges } = compileGroupMap({
        scene: now,
        map: await reachMap(),
        sums,
        since,
        recordings,
        group: name,
      });
      const document = now.documents.find(({ group }) => group.name === name)?.document;
      return {
        ...groupView(now, applied, sums),
        text: document ? formatDocument(document) : null,
        rulesInForce: groupRules(now, applied, sums),
        ...membersOf(now, name),
        edges,
        nodes,
      };
    },

    async map({ host, since: from }) {
      const now = await scene();
      const since = from === undefined ? clock.now() - day : timeOf(from);
      const [sums, recordings] = await Promise.all([sumsSince(since, host), traffic.recordings()]);
      const hosts = host === undefined ? now.hosts : now.hosts.filter((one) => one.host === host);
      const map = host === undefined ? await reachMap() : compileReachMap(hosts);
      const wanted = recordings.filter((one) => host === undefined || one.host === host);
      return compileGroupMap({
        scene: { ...now, hosts },
        map,
        sums,
        since,
        recordings: wanted,
        onlyMembers: host !== undefined,
      });
    },

    async plan(files) {
      const documents = files.flatMap(({ name, text }) => parseDocuments(text, name));
      const [before, after, known] = await Promise.all([scene(), scene.with(documents), store.documents.list()]);
      const passed = await readFlows({ since: clock.now() - trafficKeptFor });
      return compileGroupPlan({
        before,
        after,
        changes: changesOf(documents, known),
        // Between containers, as who asked sees it: the other end would tell the same again.
        flows: passed.filter(
          ({ outcome, direction, peer }) =>
            outcome !== 'refused' && !(direction === 'inbound' && peer.kind === 'container'),
        ),
        recordings: await traffic.recordings(),
        map: await reachMap(),
      });
    },

    async explain(query) {
      const { hosts } = await scene();
      return explainConnection(
        hosts.map(({ host, model }) => ({ name: host, model })),
        query,
      );
    },

    async flows({ since, new: isNew, edge, group, limit = 100, offset = 0, ...query }) {
      const from = since === undefined ? undefined : timeOf(since);
      const first = isNew ? { firstSince: from ?? clock.now() - day } : {};
      const ofGroup = group === undefined ? {} : { group: group === noGroup ? '' : group };
      const filter = { ...query, ...ofGroup, once: true, ...(from === undefined ? {} : { since: from }), ...first };
      const [map, recordings] = await Promise.all([reachMap(), traffic.recordings()]);
      const edgeOf = (flow: Flow) => edgeOfFlow(map, flow);
      const shown = recordings.map(recordingView);
      if (edge === undefined) {
        const { items, total } = await traffic.flows({ ...filter, limit, offset });
        return { items: items.map((flow) => flowView(flow, edgeOf)), total, recordings: shown };
      }
      // Which edge stands for a flow only the map knows.
      const found = (await readFlows({ ...filter, ...groupsOfEdge(edge) })).filter((flow) => edgeOf(flow) === edge);
      const items = found.slice(offset, offset + limit).map((flow) => flowView(flow, edgeOf));
      return { items, total: found.length, recordings: shown };
    },

    async events({ since, limit = 100, offset = 0, ...query }) {
      const from = since === undefined ? {} : { since: timeOf(since) };
      const [{ items, total }, map] = await Promise.all([
        traffic.events({ ...query, ...from, limit, offset }),
        reachMap(),
      ]);
      return { items: items.map((event) => eventView(event, (flow) => edgeOfFlow(map, flow))), total };
    },

    async suggest({ host, project, since }) {
      const now = await scene();
      const reports = now.hosts.map(({ report }) => report).filter((one) => host === undefined || one.host === host);
      const containers = reports
        .flatMap((report) => report.containers)
        .filter((container) => project === undefined || composeProject(container.labels) === project);
      const ids = new Set(containers.map(({ containerId }) => containerId));
      const from = since === undefined ? clock.now() - trafficKeptFor : timeOf(since);
      const flows = (await readFlows({ since: from, ...(host === undefined ? {} : { host }) })).filter(
        ({ container }) => project === undefined || ids.has(container.containerId),
      );
      const recordings = (await traffic.recordings()).filter((one) => host === undefined || one.host === host);
      const hosts = reports.map(({ network }) => network);
      const { groups, remarks } = suggestGroups({ flows, containers, recordings, hosts });
      return {
        text: groups.map((group) => formatDocument(group as unknown as PolicyDocument)).join('---\n'),
        groups: groups.length,
        flows: flows.length,
        recordings: recordings.map(recordingView),
        remarks: [...remarks],
      };
    },

    async numbers() {
      const [statuses, counts] = await Promise.all([traffic.statuses(), traffic.counts()]);
      return hostNumbers(statuses, counts, clock.now());
    },

    async networks() {
      const [reports, statuses, recordings] = await Promise.all([
        traffic.networks(),
        traffic.statuses(),
        traffic.recordings(),
      ]);
      return { items: networkViews(reports, statuses, recordings, clock.now()) };
    },

    scene: (documents) => (documents ? scene.with(documents) : scene()),
    recorder: createTrafficRecorder({
      store,
      events,
      scene,
      map: reachMap,
      onRulesChanged(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    }),
    proofs: createProofDesk(parts),
    documentsChanged: changed,
    async work(signal) {
      await refreshLists({ ...parts, scene, changed, forget: forgetTraffic }, signal);
    },
  };

  async function forgetTraffic(signal: AbortSignal): Promise<void> {
    const before = clock.now() - trafficKeptFor;
    while (!signal.aborted && (await traffic.forget(before, flowsAtOnce)) > 0);
    log.debug({}, 'what passed long ago was forgotten');
  }
}

/** The map of the scene, compiled again when that changes. */
function keepMap(scene: SceneReader): () => Promise<ReachMap> {
  let kept: { readonly key: readonly unknown[]; readonly map: ReachMap } | undefined;
  return async () => {
    const { hosts } = await scene();
    const key = hosts.map(({ model }) => model);
    if (kept?.key.length === key.length && key.every((model, index) => kept?.key[index] === model)) return kept.map;
    kept = { key, map: compileReachMap(hosts) };
    return kept.map;
  };
}

function changesOf(
  documents: readonly PolicyDocument[],
  known: Awaited<ReturnType<Store['documents']['list']>>,
): DocumentChange[] {
  return documents.map((document) => {
    const { name } = document.metadata;
    const before = known.find((one) => one.kind === document.kind && one.name === name);
    const isSame = before !== undefined && JSON.stringify(before.body) === JSON.stringify(document);
    return { kind: document.kind, name, change: before === undefined ? 'create' : isSame ? 'none' : 'change' };
  });
}

/** Groups that an edge of the map names, so that the store looks through fewer flows. */
function groupsOfEdge(edge: string): { readonly fromGroup?: string; readonly toGroup?: string } {
  const [from = '', to = ''] = edge.split('>');
  const groupOf = (node: string) => /^group:([^(].*)$/.exec(node)?.[1];
  const [fromGroup, toGroup] = [groupOf(from), groupOf(to)];
  return { ...(fromGroup === undefined ? {} : { fromGroup }), ...(toGroup === undefined ? {} : { toGroup }) };
}

/** Throws ServiceError `bad-query`. */
function timeOf(text: string): Instant {
  return parseQueryTime(text).from;
}
