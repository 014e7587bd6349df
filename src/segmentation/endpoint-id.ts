import type { NetworkedContainer } from '../model/index.ts';

const known = new WeakMap<NetworkedContainer, string>();

/** Which endpoint of a model a container is: the same text each time, so that looking it up costs little. */
export function endpointIdOf(container: NetworkedContainer): string {
  const id = known.get(container) ?? `${container.engine}:${container.containerId}`;
  known.set(container, id);
  return id;
}
