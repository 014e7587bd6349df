import type { NetworkedContainer } from '../../model/index.ts';

/** Names that containers of one network have for each other. */
export interface NeighborNames {
  /** Of both versions; undefined where no neighbor of the asker has the name. */
  addressesOf(asker: string, name: string): readonly string[] | undefined;
}

/** Where aardvark-dns of podman looks, too. */
const suffix = '.dns.podman';
const serviceLabels = ['com.docker.compose.service', 'io.podman.compose.service'];

/**
 * Of podman alone, whose own resolver is led past: dockerd answers these names before it asks anybody. By the container's name, the
 * beginning of its ID, and its compose service, which more than one may have.
 */
export function createNeighborNames(containers: readonly NetworkedContainer[]): NeighborNames {
  const networks = new Map<string, Map<string, string[]>>();
  const byAsker = new Map<string, string[]>();
  for (const { engine, name, containerId, labels, attachments } of containers) {
    if (engine !== 'podman') continue;
    const names = new Set([name, containerId.slice(0, 12), ...serviceLabels.flatMap((label) => labels[label] ?? [])]);
    const bridges = attachments.map(({ bridge }) => bridge);
    for (const { bridge, addresses } of attachments) {
      const network = networks.get(bridge) ?? new Map<string, string[]>();
      networks.set(bridge, network);
      for (const each of names) addTo(network, each.toLowerCase(), addresses);
      for (const address of addresses) addTo(byAsker, address, bridges);
    }
  }
  return {
    addressesOf(asker, name) {
      const short = name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
      const found = (byAsker.get(asker) ?? []).flatMap((bridge) => networks.get(bridge)?.get(short) ?? []);
      return found.length === 0 ? undefined : [...new Set(found)];
    },
  };
}

function addTo(lists: Map<string, string[]>, key: string, items: readonly string[]): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [...items]);
  else list.push(...items);
}
