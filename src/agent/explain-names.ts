import type { TrafficModel } from '../model/index.ts';

const mostNamed = 5;

/**
 * For a person: of which containers with rules by name the questions pass nobody, since dockerd asks them from the host. These
 * rules open nothing for them then.
 */
export function explainNames(model: TrafficModel, asksFromHost: ReadonlySet<string>): string | undefined {
  if (asksFromHost.size === 0) return undefined;
  const names = model.endpoints
    .filter(({ id, outbound }) => asksFromHost.has(id) && saysNames(model, outbound))
    .map(({ name }) => name)
    .toSorted();
  if (names.length === 0) return undefined;
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return (
    `dockerd asks for the names of ${names.slice(0, mostNamed).join(', ')}${more} from the host, where rules by name see nothing and ` +
    'open nothing: name servers by "dns" in /etc/docker/daemon.json, or by --dns, and start the containers anew.'
  );
}

function saysNames({ tables }: TrafficModel, index: number): boolean {
  return (tables[index]?.tiers ?? []).some(({ decisions }) => decisions.some(({ peers }) => peers.names.length > 0));
}
