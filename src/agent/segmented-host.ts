import { createTurns, mapConcurrent } from '../base/index.ts';
import type {
  AttachedContainer,
  EngineKind,
  EngineNetwork,
  HostNetwork,
  NamedService,
  NetworkedContainer,
  ServiceAddress,
} from '../model/index.ts';
import {
  explainBypasses,
  type PlacedContainer,
  placeContainers,
  readAsksFromHost,
  readBypasses,
  readContainerPorts,
  readHostNetwork,
  readPortsOfOne,
  runTool,
} from '../segmentation/index.ts';

/** What runs on the host and where its packets come from, kept in step by what engines tell. */
export interface SegmentedHost {
  /** All that runs on an engine, and its networks: takes the place of what was known of it. */
  replace(
    engine: EngineKind,
    networks: readonly EngineNetwork[],
    containers: readonly AttachedContainer[],
  ): Promise<void>;
  replaceNetworks(engine: EngineKind, networks: readonly EngineNetwork[]): Promise<void>;
  /** Has started, or is in other networks than before. Gives it as it is bound now. */
  add(engine: EngineKind, container: AttachedContainer): Promise<NetworkedContainer | undefined>;
  remove(engine: EngineKind, containerId: string): void;
  knowsNetworksOf(engine: EngineKind, container: AttachedContainer): boolean;
  /** Reads all interfaces and addresses anew. */
  refresh(): Promise<void>;
  /** In the order of their IDs; one that did not change is the same thing. */
  readonly containers: readonly NetworkedContainer[];
  readonly network: HostNetwork;
  /** What rules cannot hold for on the whole host, for a person. */
  readonly limits: string | undefined;
  /** `engine:ID` of containers whose engine asks for names from the host. */
  readonly asksFromHost: ReadonlySet<string>;
  /** Counts what changed. */
  readonly revision: number;
}

export interface SegmentedHostParts {
  readonly host: string;
  readonly portwardenPorts: readonly number[];
  readonly services?: Partial<Record<NamedService, readonly ServiceAddress[]>>;
  readonly read?: HostReader;
}

/** What is asked of the machine; real unless a test says otherwise. */
export interface HostReader {
  readonly place: typeof placeContainers;
  readonly ports: typeof readContainerPorts;
  readonly portsOfOne: typeof readPortsOfOne;
  readonly network: typeof readHostNetwork;
  /** What rules cannot hold for on the whole host, for a person. */
  readonly limits: (network: HostNetwork) => Promise<string | undefined>;
  readonly asksFromHost: typeof readAsksFromHost;
}

interface EngineState {
  networks: readonly EngineNetwork[];
  readonly placed: Map<string, PlacedContainer>;
}

const filesAtOnce = 16;

/** The real one. */
export const machine: HostReader = {
  place: placeContainers,
  ports: readContainerPorts,
  portsOfOne: readPortsOfOne,
  network: readHostNetwork,
  limits: async ({ bridges }) =>
    explainBypasses(await readBypasses(runTool, new Set(bridges.map(({ bridge }) => bridge)))),
  asksFromHost: readAsksFromHost,
};

export function createSegmentedHost(parts: SegmentedHostParts): SegmentedHost {
  const { host, portwardenPorts, services, read = machine } = parts;
  const engines = new Map<EngineKind, EngineState>();
  let bound = new Map<string, NetworkedContainer>();
  let network: HostNetwork = { host, bridges: [], services: new Map() };
  let networkText = '';
  let revision = 0;
  let listed: { readonly revision: number; readonly containers: readonly NetworkedContainer[] } | undefined;
  let limits: string | undefined;
  const asking = new Set<string>();
  /** What two engines tell at a time is read one after the other: each reading takes the place of the one before. */
  const inTurn = createTurns();

  function stateOf(engine: EngineKind): EngineState {
    const known = engines.get(engine);
    if (known) return known;
    const state = { networks: [], placed: new Map() };
    engines.set(engine, state);
    return state;
  }
  const allNetworks = () => [...engines.values()].flatMap(({ networks }) => networks);
  const allPlaced = () => [...engines.values()].flatMap(({ placed }) => [...placed.values()]);

  async function readNetwork(): Promise<void> {
    const input = { host, networks: allNetworks(), portwardenPorts, ...(services ? { services } : {}) };
    const now = await read.network(input);
    const text = JSON.stringify([now.bridges, [...now.services]]);
    if (text === networkText) return;
    network = now;
    networkText = text;
    revision++;
  }

  async function lookAtResolver(engine: EngineKind, { containerId, resolverFile }: AttachedContainer): Promise<void> {
    const key = keyOf(engine, containerId);
    if (resolverFile !== undefined && (await read.asksFromHost(resolverFile))) asking.add(key);
    else asking.delete(key);
  }

  async function refresh(): Promise<void> {
    await readNetwork();
    limits = await read.limits(network);
    const placed = allPlaced();
    const containers = await read.ports({ host, networks: allNetworks(), containers: placed });
    // What has ended meanwhile is not there again.
    const isThere = new Set(allPlaced().map(keyOfPlaced));
    const now = new Map(
      containers
        .map((container) => [keyOf(container.engine, container.containerId), container] as const)
        .filter(([key]) => isThere.has(key))
        .map(([key, container]) => [key, asBefore(bound.get(key), container)] as const),
    );
    if (now.size === bound.size && [...now].every(([key, container]) => bound.get(key) === container)) return;
    bound = now;
    revision++;
  }

  return {
    replace: (engine, networks, containers) =>
      inTurn(async () => {
        const state = stateOf(engine);
        const placed = await read.place(containers.map((container) => ({ engine, container })));
        state.networks = networks;
        state.placed.clear();
        for (const one of placed) state.placed.set(one.container.containerId, one);
        for (const key of asking) if (key.startsWith(`${engine}:`)) asking.delete(key);
        await mapConcurrent(containers, filesAtOnce, (container) => lookAtResolver(engine, container));
        await refresh();
      }),

    replaceNetworks: (engine, networks) =>
      inTurn(async () => {
        stateOf(engine).networks = networks;
        await readNetwork();
      }),

    add: (engine, container) =>
      inTurn(async () => {
        const [one] = await read.place([{ engine, container }]);
        if (!one) return undefined;
        stateOf(engine).placed.set(container.containerId, one);
        await lookAtResolver(engine, container);
        const others = allPlaced().filter((placed) => placed !== one);
        const now = await read.portsOfOne({ host, networks: allNetworks(), one, others });
        for (const changed of now) {
          const key = keyOf(changed.engine, changed.containerId);
          const before = bound.get(key);
          const after = asBefore(before, changed);
          if (after === before) continue;
          bound.set(key, after);
          revision++;
        }
        return bound.get(keyOf(engine, container.containerId));
      }),

    remove(engine, containerId) {
      stateOf(engine).placed.delete(containerId);
      asking.delete(keyOf(engine, containerId));
      if (bound.delete(keyOf(engine, containerId))) revision++;
    },

    knowsNetworksOf(engine, { endpoints }) {
      const { networks } = stateOf(engine);
      return endpoints.every(({ networkId, network: name }) =>
        networks.some((known) => known.networkId === networkId || known.name === name),
      );
    },

    refresh: () => inTurn(refresh),
    get containers() {
      if (listed?.revision !== revision) {
        // What was in order before takes little time.
        bound = new Map([...bound].sort(([a], [b]) => (a < b ? -1 : 1)));
        listed = { revision, containers: [...bound.values()] };
      }
      return listed.containers;
    },
    get network() {
      return network;
    },
    get limits() {
      return limits;
    },
    get asksFromHost() {
      return asking;
    },
    get revision() {
      return revision;
    },
  };
}

function keyOfPlaced({ engine, container }: PlacedContainer): string {
  return keyOf(engine, container.containerId);
}

function keyOf(engine: EngineKind, containerId: string): string {
  return `${engine}:${containerId}`;
}

/** The same thing as before where nothing of it changed: what was compiled of it is known then. */
function asBefore(before: NetworkedContainer | undefined, now: NetworkedContainer): NetworkedContainer {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : now;
}
