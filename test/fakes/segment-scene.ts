import { createSegmenter } from '../../src/agent/index.ts';
import type { TrafficRules } from '../../src/agent/rules-book.ts';
import type { SegmenterParts } from '../../src/agent/segment-host.ts';
import type { HostReader } from '../../src/agent/segmented-host.ts';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { type EngineClient, type EngineEvent, ImageError } from '../../src/image/index.ts';
import {
  type AttachedContainer,
  allConnections,
  type EngineNetwork,
  type HostNetwork,
  type NetworkedContainer,
  type SecurityGroup,
  type SegmentationStatus,
} from '../../src/model/index.ts';
import { attachContainers, type Dataplane, type Ruleset, type TrafficCounters } from '../../src/segmentation/index.ts';
import type { TrafficRecorder, TrafficReport } from '../../src/service/index.ts';

export const shopNetwork: EngineNetwork = {
  engine: 'docker',
  networkId: 'a'.repeat(64),
  name: 'shop',
  driver: 'bridge',
  bridge: 'br-shop',
  subnets: ['10.77.0.0/24'],
  gateways: ['10.77.0.1'],
};

/** A container whose number is its pid, its namespace, and the end of its address. */
export function shopContainer(
  number: number,
  name: string,
  changes: Partial<AttachedContainer> = {},
): AttachedContainer {
  return {
    containerId: `${number}`.padStart(64, '0'),
    name,
    imageReference: `${name}:1`,
    labels: {},
    running: true,
    pid: number,
    networkMode: 'shop',
    endpoints: [
      {
        network: 'shop',
        networkId: shopNetwork.networkId,
        mac: `02:42:0a:4d:00:${number.toString(16).padStart(2, '0')}`,
        addresses: [`10.77.0.${number}`],
      },
    ],
    published: [],
    ...changes,
  };
}

/** Members by name; `to` by name of a group, on all ports. */
export function shopGroup(name: string, to: readonly string[], from: readonly string[]): SecurityGroup {
  const rules = (direction: string, groups: readonly string[]) =>
    groups.map((group, at) => ({
      path: `${direction}[${at}]`,
      peers: [{ kind: 'group' as const, group }],
      connections: allConnections,
    }));
  return {
    name,
    mode: 'enforce',
    isDefault: false,
    members: [{ name }],
    inbound: rules('inbound', from),
    outbound: rules('outbound', to),
  };
}

/** An engine in memory: what is done to it, it tells as an event. */
export function createFakeEngine() {
  const containers = new Map<string, AttachedContainer>();
  const networks: EngineNetwork[] = [shopNetwork];
  const asked: string[] = [];
  let listeners: ((event: EngineEvent | undefined) => void)[] = [];
  let isAway = false;
  /** Interfaces that are not there yet. */
  const unplugged = new Set<string>();

  const check = (): void => {
    if (isAway) throw new ImageError('unreachable', 'nothing answers');
  };
  const emit = (
    type: EngineEvent['type'],
    action: string,
    id: string,
    attributes: Record<string, string> = {},
  ): void => {
    for (const tell of listeners) tell({ type, action, id, at: Date.now(), attributes });
  };
  const client = {
    kind: 'docker',
    socket: '/fake.sock',
    async containerIds() {
      check();
      asked.push('list');
      return [...containers.keys()];
    },
    async inspectAttached(id: string) {
      check();
      asked.push(`inspect ${Number(id)}`);
      return containers.get(id);
    },
    async networks() {
      check();
      asked.push('networks');
      return [...networks];
    },
    async events(signal: AbortSignal) {
      check();
      const waiting: (EngineEvent | undefined)[] = [];
      let wake = (): void => undefined;
      const listen = (event: EngineEvent | undefined): void => {
        waiting.push(event);
        wake();
      };
      listeners.push(listen);
      signal.addEventListener('abort', () => listen(undefined));
      return (async function* () {
        for (;;) {
          if (waiting.length === 0) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          const event = waiting.shift();
          if (event === undefined) return;
          yield event;
        }
      })();
    },
    async close() {},
  } as unknown as EngineClient;

  return {
    client,
    asked,
    unplugged,
    put: (container: AttachedContainer) => containers.set(container.containerId, container),
    start(container: AttachedContainer) {
      containers.set(container.containerId, container);
      emit('container', 'start', container.containerId);
    },
    die(container: AttachedContainer) {
      containers.set(container.containerId, { ...container, running: false, pid: 0 });
      emit('container', 'die', container.containerId);
    },
    addNetwork(network: EngineNetwork, isTold = true) {
      networks.push(network);
      if (isTold) emit('network', 'create', network.networkId);
    },
    connect(container: AttachedContainer) {
      containers.set(container.containerId, container);
      emit('network', 'connect', shopNetwork.networkId, { container: container.containerId });
    },
    emit,
    goAway() {
      isAway = true;
      for (const tell of listeners) tell(undefined);
      listeners = [];
    },
    comeBack() {
      isAway = false;
    },
  };
}

export type FakeEngine = ReturnType<typeof createFakeEngine>;

/** Interfaces as they would be, had the kernel made them for what the engine says. */
export function fakeReader(engine: Pick<FakeEngine, 'unplugged'>): HostReader {
  const attach = (
    host: string,
    networks: readonly EngineNetwork[],
    placed: Parameters<typeof attachContainers>[1],
  ): readonly NetworkedContainer[] => {
    const links = placed.flatMap(({ container, namespace }) =>
      engine.unplugged.has(container.name) || namespace === undefined
        ? []
        : networks.flatMap(({ name, bridge }) =>
            bridge && container.endpoints.some(({ network }) => network === name)
              ? [
                  {
                    index: 1,
                    name: `veth${container.pid}${bridge}`.slice(0, 15),
                    bridge,
                    peerNamespace: namespace,
                    addresses: [],
                  },
                ]
              : [],
          ),
    );
    const numbers = new Map(
      placed.flatMap(({ namespace }) => (namespace === undefined ? [] : [[namespace, namespace]])),
    );
    return attachContainers({ host, networks, links, numbers, ownNamespace: 1 }, placed);
  };
  const place: HostReader['place'] = async (containers) =>
    containers.map(({ engine: kind, container }) => ({ engine: kind, container, namespace: container.pid }));
  return {
    place,
    asksFromHost: async (file) => file.endsWith('-from-host'),
    limits: async () => (engine.unplugged.has('limits') ? 'A program sees packets before any rule.' : undefined),
    ports: async ({ host, networks, containers }) => attach(host, networks, await place(containers)),
    portsOfOne: async ({ host, networks, one, others }) =>
      attach(host, networks, [one, ...others.filter(({ namespace }) => namespace === one.namespace)]),
    network: async ({ host, networks }): Promise<HostNetwork> => ({
      host,
      bridges: networks.flatMap(({ bridge, name, engine: kind, subnets, gateways }) =>
        bridge ? [{ bridge, network: name, engine: kind, subnets, gateways }] : [],
      ),
      services: new Map(),
    }),
  };
}

const noCounts: TrafficCounters = { allowed: [], refused: [], observed: [], spoofed: [], overflowed: false };

/** A kernel in memory. */
export function createFakeDataplane() {
  let held: Ruleset | undefined;
  let applied: string | undefined;
  const state = {
    calls: [] as string[],
    failure: undefined as Error | undefined,
    counters: noCounts,
    get held() {
      return held?.text;
    },
    /** Somebody else takes the tables away. */
    flush() {
      held = undefined;
      for (const tell of watchers) tell();
    },
  };
  const watchers: (() => void)[] = [];
  const dataplane: Dataplane & { watch(changed: () => void): Promise<void> } = {
    observe: async () => held,
    async apply(ruleset) {
      const { text } = ruleset;
      if (state.failure) throw state.failure;
      const isRepair = applied !== undefined && held?.text !== applied;
      const change = isRepair ? 'repaired' : held?.text === text ? 'none' : held === undefined ? 'whole' : 'elements';
      state.calls.push(change);
      held = ruleset;
      applied = text;
      return { change, milliseconds: 0 };
    },
    async allowName() {},
    async answerNames(seconds) {
      state.calls.push(`answer ${seconds}`);
    },
    async readCounters() {
      const { counters } = state;
      state.counters = noCounts;
      return counters;
    },
    async remove() {
      state.calls.push('remove');
      held = undefined;
      applied = undefined;
    },
    async watch(changed) {
      watchers.push(changed);
    },
  };
  return { ...state, state, dataplane };
}

/** Where rules come from, in memory; it may be away. */
export function createFakeDesk(rules: TrafficRules) {
  let now = rules;
  let listener = (): void => undefined;
  const state = {
    isAway: false,
    statuses: [] as SegmentationStatus[],
    reports: [] as TrafficReport[],
    hosts: [] as (readonly string[])[],
  };
  const check = (): void => {
    if (state.isAway) throw new Error('the store is away');
  };
  const desk: TrafficRecorder = {
    async rules() {
      check();
      return now;
    },
    async knownPeers() {
      check();
      return [];
    },
    async network({ containers }) {
      check();
      state.hosts.push(containers.map(({ name }) => name).toSorted());
    },
    async status(status) {
      state.statuses.push(status);
    },
    async traffic(report) {
      check();
      state.reports.push(report);
    },
    onRulesChanged(changed) {
      listener = changed;
      return () => undefined;
    },
  };
  return {
    desk,
    state,
    change(groups: readonly SecurityGroup[]) {
      now = { ...now, groups };
      listener();
    },
  };
}

/** A segmenter of a host in memory, running; `stop` ends it as kill would: nothing is put away. */
export function startSegmentScene(
  options: { readonly groups?: readonly SecurityGroup[]; readonly parts?: Partial<SegmenterParts> } = {},
) {
  const engine = createFakeEngine();
  const kernel = createFakeDataplane();
  const office = createFakeDesk({ groups: options.groups ?? [], denyLists: [] });
  const cuts: unknown[] = [];
  const controller = new AbortController();
  let kept: TrafficRules | undefined;
  const parts: SegmenterParts = {
    host: 'quay',
    sockets: { docker: ['/fake.sock'], podman: [] },
    dataplane: kernel.dataplane,
    desk: office.desk,
    book: {
      async write(rules) {
        kept = rules;
      },
      read: async () => kept,
    },
    clock: systemClock,
    log: silentLog,
    portwardenPorts: [],
    reconcileEvery: 60_000,
    checkEvery: 60_000,
    pollEvery: 20,
    machine: {
      read: fakeReader(engine),
      client: () => engine.client,
      async *connections() {},
      async cut({ only }) {
        cuts.push(only ? [...only].toSorted() : 'all');
        return { looked: 0, refused: [], cut: 0, more: false };
      },
    },
    ...options.parts,
  };
  let ended: Promise<void> = Promise.resolve();
  const segmenter = createSegmenter(parts);
  return {
    engine,
    kernel: kernel.state,
    office,
    cuts,
    segmenter,
    parts,
    run() {
      ended = segmenter.run(controller.signal);
    },
    async stop() {
      controller.abort();
      await ended;
    },
  };
}
