import type { Flow, FlowEnd, FlowPeer } from '../model/index.ts';
import { plainText } from './codec.ts';

/**
 * An end of a flow as text of a column: flows with the same ends are summed up, and those of a group are found by
 * `,NAME,`. Names of groups have no comma.
 */
export function formatEnd(end: FlowEnd): string {
  switch (end.kind) {
    case 'groups':
      return `groups:,${end.groups.join(',')},`;
    case 'address':
      return plainText(`address:${end.address} ${end.name ?? ''}`.trimEnd());
    default:
      return end.kind;
  }
}

export function parseEnd(text: string): FlowEnd {
  const [kind, rest = ''] = cut(text, ':');
  if (kind === 'groups') return { kind, groups: rest.split(',').filter((name) => name !== '') };
  if (kind === 'host' || kind === 'others') return { kind };
  const [address, name] = cut(rest, ' ');
  return { kind: 'address', address, ...(name === undefined ? {} : { name }) };
}

/** Who asks and whom. */
export function endsOf({ container, direction, peer }: Flow): readonly [from: FlowEnd, to: FlowEnd] {
  const own: FlowEnd = { kind: 'groups', groups: container.groups };
  return direction === 'outbound' ? [own, endOf(peer)] : [endOf(peer), own];
}

function endOf(peer: FlowPeer): FlowEnd {
  return peer.kind === 'container' ? { kind: 'groups', groups: peer.groups } : peer;
}

function cut(text: string, separator: string): readonly [head: string, rest?: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
