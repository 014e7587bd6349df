import {
  describePort,
  type Flow,
  type ToldTrafficKind,
  type TrafficEvent,
  type TrafficSummary,
  toldTrafficKinds,
} from '../model/index.ts';
import { describePeer } from './groups/view-traffic.ts';

const peersTold = 5;

/**
 * A scan may make thousands of events: one summary for what containers of the same groups did on a host, of one kind, in one
 * direction and by one deny list; alarms first, then in the order of time.
 */
export function summarizeTraffic(events: readonly TrafficEvent[]): readonly TrafficSummary[] {
  const told = events.filter((event): event is TrafficEvent & { kind: ToldTrafficKind } =>
    toldTrafficKinds.some((kind) => kind === event.kind),
  );
  const summaries = [...Map.groupBy(told, keyOf).values()].map(summaryOf);
  return summaries.sort((a, b) => toldTrafficKinds.indexOf(a.kind) - toldTrafficKinds.indexOf(b.kind) || a.at - b.at);
}

function summaryOf(events: readonly (TrafficEvent & { kind: ToldTrafficKind })[]): TrafficSummary {
  const [first] = events as [TrafficEvent & { kind: ToldTrafficKind }];
  const { kind, host, at, message, flow } = first;
  const peers = [...new Set(events.flatMap((event) => (event.flow ? [peerOf(event.flow)] : [])))];
  return {
    kind,
    host,
    at,
    message,
    ...(flow
      ? {
          who: whoOf(flow),
          direction: flow.direction,
          outcome: flow.outcome,
          ...(flow.listed === undefined ? {} : { list: flow.listed }),
        }
      : {}),
    peers: peers.slice(0, peersTold),
    more: Math.max(0, peers.length - peersTold),
  };
}

function keyOf({ kind, host, flow, message }: TrafficEvent): string {
  if (!flow) return JSON.stringify([kind, host, message.replace(/\d+/g, '')]);
  return JSON.stringify([kind, host, whoOf(flow), flow.direction, flow.outcome, flow.listed]);
}

/** Containers of one group are one to who reads it. */
function whoOf({ container }: Flow): string {
  return container.groups.length === 0 ? container.name : container.groups.join(', ');
}

function peerOf({ peer, protocol, port }: Flow): string {
  return `${describePeer(peer)}, ${describePort({ protocol, port })}`;
}
