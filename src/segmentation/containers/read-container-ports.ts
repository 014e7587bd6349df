import { mapConcurrent } from '../../base/index.ts';
import type { AttachedContainer, EngineKind, EngineNetwork, NetworkedContainer } from '../../model/index.ts';
import { attachContainers, type PlacedContainer } from './attach-containers.ts';
import { readBridgePorts, readHostLinks } from './host-links.ts';
import {
  type NetworkNamespace,
  readNamespaceNumbers,
  readNamespaceOf,
  readOwnNamespace,
} from './network-namespaces.ts';
import { type RunTool, runTool } from './run-tool.ts';

export interface ContainerPortsInput {
  readonly host: string;
  readonly networks: readonly EngineNetwork[];
  /** All that run on the host, of both engines: some share a namespace. */
  readonly containers: readonly { readonly engine: EngineKind; readonly container: AttachedContainer }[];
  readonly run?: RunTool;
  readonly signal?: AbortSignal;
}

const filesAtOnce = 32;

/**
 * Containers with the interfaces of the host that lead to them: two processes for all, whatever their number. Those that
 * do not run, or whose process is gone, have none.
 *
 * Rejects with SegmentationError `no-dataplane`.
 */
export async function readContainerPorts(input: ContainerPortsInput): Promise<readonly NetworkedContainer[]> {
  const { run = runTool, signal } = input;
  const placed = await placeContainers(input.containers);
  // The kernel numbers a namespace when it first shows a link that leads there: links first.
  const links = await readHostLinks(run, signal);
  const view = { host: input.host, networks: input.networks, links };
  const numbers = await readNamespaceNumbers(run, undefined, signal);
  return attachContainers({ ...view, numbers, ownNamespace: await readOwnNamespace() }, placed);
}

/**
 * The same for one that has just started, beside those that are known: bridges of its networks are looked at, and no
 * others. Gives it and those that share its namespace.
 */
export async function readPortsOfOne(
  input: Omit<ContainerPortsInput, 'containers'> & {
    readonly one: PlacedContainer;
    readonly others: readonly PlacedContainer[];
  },
): Promise<readonly NetworkedContainer[]> {
  const { run = runTool, signal, one, others } = input;
  const mates = others.filter(({ namespace }) => namespace !== undefined && namespace === one.namespace);
  const placed = [one, ...mates];
  const names = new Set(placed.flatMap(({ container }) => container.endpoints.map(({ network }) => network)));
  const bridges = new Set(input.networks.flatMap(({ name, bridge }) => (bridge && names.has(name) ? [bridge] : [])));
  const ownNamespace = await readOwnNamespace();
  const { namespace } = one;
  const isElsewhere = namespace !== undefined && namespace !== ownNamespace;
  const readNumbers = async (): Promise<ReadonlyMap<NetworkNamespace, number>> =>
    isElsewhere ? readNamespaceNumbers(run, [one.container.pid], signal) : new Map();
  // Looking through all processes for a number takes the longest of all: beside the look at links.
  const [early, ...found] = await Promise.all([
    readNumbers(),
    ...[...bridges].map((bridge) => readBridgePorts(run, bridge, signal)),
  ]);
  // It may have had none before links were shown.
  const hasNumber = namespace === undefined || early.has(namespace);
  const numbers = hasNumber ? early : await readNumbers();
  const view = { host: input.host, networks: input.networks, links: found.flat(), numbers };
  return attachContainers({ ...view, ownNamespace }, placed);
}

/** Where each of them runs. */
export function placeContainers(containers: ContainerPortsInput['containers']): Promise<readonly PlacedContainer[]> {
  return mapConcurrent(containers, filesAtOnce, async ({ engine, container }) => {
    const namespace = container.running ? await readNamespaceOf(container) : undefined;
    return { engine, container, ...(namespace === undefined ? {} : { namespace }) };
  });
}
