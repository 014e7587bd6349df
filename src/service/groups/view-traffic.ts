import { formatInstant } from '../../base/index.ts';
import {
  describePort,
  type Flow,
  type FlowContainer,
  type FlowEnd,
  type FlowPeer,
  type FlowRecording,
  type TrafficEvent,
  type TrafficPeer,
  type TrafficRemark,
  type TrafficSource,
} from '../../model/index.ts';
import type {
  FlowPeerView,
  FlowRecordingView,
  FlowView,
  TrafficEventView,
  TrafficRemarkView,
  TrafficSourceView,
} from '../../model/wire/index.ts';
import { describeAddresses } from './traffic-nodes.ts';

export function sourceView({ document, path, at }: TrafficSource): TrafficSourceView {
  return { document, path, at: at ?? null };
}

export function remarkView({ kind, source, message }: TrafficRemark): TrafficRemarkView {
  return { kind, source: sourceView(source), message };
}

export function recordingView({ host, from, to, overflowed }: FlowRecording): FlowRecordingView {
  return { host, from: formatInstant(from), to: formatInstant(to), overflowed };
}

/** `edgeOf`: the ID of its edge in the map of groups. */
export function flowView(flow: Flow, edgeOf?: (flow: Flow) => string | undefined): FlowView {
  const { host, container, direction, peer, protocol, port, outcome, listed, first, last, attempts } = flow;
  return {
    host,
    container: containerView(container),
    direction,
    peer: peerView(peer),
    protocol,
    port,
    outcome,
    listed: listed ?? null,
    first: formatInstant(first),
    last: formatInstant(last),
    attempts,
    edge: edgeOf?.(flow) ?? null,
  };
}

export function eventView(event: TrafficEvent, edgeOf?: (flow: Flow) => string | undefined): TrafficEventView {
  const { at, kind, host, message, flow } = event;
  return { at: formatInstant(at), kind, host, message, flow: flow ? flowView(flow, edgeOf) : null };
}

function containerView({ engine, containerId, name, groups }: FlowContainer) {
  return { engine, id: containerId, name, groups: [...groups] };
}

function peerView(peer: FlowPeer): FlowPeerView {
  const nothing = { container: null, address: null, name: null };
  if (peer.kind === 'container') return { ...nothing, kind: peer.kind, container: containerView(peer) };
  if (peer.kind === 'address') return { ...nothing, kind: peer.kind, address: peer.address, name: peer.name ?? null };
  return { ...nothing, kind: peer.kind };
}

/** Who asks and whom. */
export function endsOfFlow({ container, direction, peer }: Flow): readonly [from: FlowEnd, to: FlowEnd] {
  const own: FlowEnd = { kind: 'groups', groups: container.groups };
  const other: FlowEnd = peer.kind === 'container' ? { kind: 'groups', groups: peer.groups } : peer;
  return direction === 'outbound' ? [own, other] : [other, own];
}

/** For a person: `web to 192.0.2.1 (api.example.com) over tcp 443`. */
export function describeFlow({ container, direction, peer, protocol, port }: Flow): string {
  const [from, to] =
    direction === 'outbound' ? [container.name, describePeer(peer)] : [describePeer(peer), container.name];
  return `${from} to ${to} over ${describePort({ protocol, port })}`;
}

/** For a person: `192.0.2.1 (api.example.com)`. */
export function describePeer(peer: FlowPeer): string {
  if (peer.kind === 'container') return peer.name;
  if (peer.kind === 'address') return peer.name === undefined ? peer.address : `${peer.address} (${peer.name})`;
  return peer.kind === 'host' ? 'the host' : 'other addresses';
}

/** For a person: as a document would say it. */
export function describeRulePeer(peer: TrafficPeer): string {
  switch (peer.kind) {
    case 'any':
      return 'any';
    case 'group':
      return `group ${peer.group}`;
    case 'addresses':
      return describeAddresses(peer.addresses);
    case 'name':
      return peer.name;
    default:
      return `service ${peer.service}`;
  }
}
