import type { Flow } from '../../model/index.ts';

/** Flows of one container, in one direction, that are told apart. */
export const maxFlowsOfContainer = 512;

/**
 * At most so many of each container and direction: listed addresses first, then containers, then what has most attempts. The
 * rest becomes `others`, a flow for each protocol and outcome, of port 0.
 */
export function boundFlows(flows: readonly Flow[]): readonly Flow[] {
  const byContainer = Map.groupBy(flows, ({ container, direction }) => `${container.containerId} ${direction}`);
  return [...byContainer.values()].flatMap((own) => {
    if (own.length <= maxFlowsOfContainer) return own;
    const sorted = own.toSorted((a, b) => rankOf(a) - rankOf(b) || b.attempts - a.attempts);
    const others = Map.groupBy(
      sorted.slice(maxFlowsOfContainer),
      ({ protocol, outcome, listed = '' }) => `${protocol} ${outcome} ${listed}`,
    );
    return [...sorted.slice(0, maxFlowsOfContainer), ...[...others.values()].flatMap(sumOf)];
  });
}

function rankOf({ listed, peer }: Flow): number {
  if (listed !== undefined) return 0;
  return peer.kind === 'address' ? 2 : 1;
}

function sumOf(flows: readonly Flow[]): readonly Flow[] {
  const [one] = flows;
  if (one === undefined) return [];
  return [
    {
      ...one,
      peer: { kind: 'others' },
      port: 0,
      first: flows.reduce((first, flow) => Math.min(first, flow.first), one.first),
      last: flows.reduce((last, flow) => Math.max(last, flow.last), one.last),
      attempts: flows.reduce((sum, { attempts }) => sum + attempts, 0),
    },
  ];
}
