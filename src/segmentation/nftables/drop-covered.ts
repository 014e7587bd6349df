import { coversAddresses } from '../../base/index.ts';
import { hasNoConnection, subtractConnections, type TrafficDecision } from '../../model/index.ts';
import { remember } from '../remember.ts';

/** Containers are found by population alone, what is outside by address and name alone. */
export type PeerKind = 'containers' | 'outside';

/**
 * Decisions of a tier without those that say nothing of their own: another of the same action has all that they have, and none
 * of another action stands between the two. What the kernel holds, and looks through whenever elements change, is less.
 */
export function dropCovered(decisions: readonly TrafficDecision[], kind: PeerKind): readonly TrafficDecision[] {
  const left: TrafficDecision[] = [];
  for (let at = 0; at < decisions.length; ) {
    const action = decisions[at]?.action;
    let end = at + 1;
    while (decisions[end]?.action === action) end++;
    const run = decisions.slice(at, end);
    left.push(...(run.length === 1 ? run : run.filter((decision, index) => !isCovered(run, decision, index, kind))));
    at = end;
  }
  return left;
}

/** Of two that have the same, the first is kept. */
function isCovered(run: readonly TrafficDecision[], decision: TrafficDecision, index: number, kind: PeerKind): boolean {
  return run.some(
    (other, at) => at !== index && covers[kind](other)(decision) && (at < index || !covers[kind](decision)(other)),
  );
}

/** Refusals of protected services are the same things in every table. */
const covers: Readonly<Record<PeerKind, (wide: TrafficDecision) => (narrow: TrafficDecision) => boolean>> = {
  containers: remember((wide) =>
    remember((narrow) => {
      const all = wide.peers.populations;
      const hasPeers = all.includes('*') || narrow.peers.populations.every((name) => all.includes(name));
      return hasPeers && coversConnections(wide, narrow);
    }),
  ),
  outside: remember((wide) =>
    remember(
      (narrow) =>
        narrow.peers.names.every((name) => wide.peers.names.includes(name)) &&
        coversAddresses(wide.peers.addresses, narrow.peers.addresses) &&
        coversConnections(wide, narrow),
    ),
  ),
};

function coversConnections(wide: TrafficDecision, narrow: TrafficDecision): boolean {
  return hasNoConnection(subtractConnections(narrow.connections, wide.connections));
}
