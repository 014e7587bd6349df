import type { FlowView, GroupEdge, GroupNode, TrafficEventView } from '../../api/wire.ts';
import { formatCount, plural } from '../../parts/format.ts';
import type { StateTone } from '../../parts/state-mark.tsx';

export const groupViews = ['connections', 'list'] as const;
export type GroupViewName = (typeof groupViews)[number];

/** A value of a parameter where it is one of these. */
export function oneOf<Value extends string>(values: readonly Value[], value: unknown): Value | undefined {
  return values.find((each) => each === value);
}

/** What a node is called; of addresses only the server knows what to call many of them. */
export const nodeName = (id: string): string => id.replace(/^(group|addresses|name|host):/, '');

export type NameOf = (id: string) => string;
/** By the names that the server gives; what is not among these is called by its ID. */
export function nameNodes(nodes: readonly Pick<GroupNode, 'id' | 'name'>[]): NameOf {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? nodeName(id);
}

/** The name of the group that a node is; undefined of others. */
export const groupOf = (id: string): string | undefined =>
  id.startsWith('group:') ? id.slice('group:'.length) : undefined;

/** The group that a rule stands in: `SecurityGroup shop-web`. */
export const groupOfDocument = (document: string): string | undefined => /^SecurityGroup (.+)$/.exec(document)?.[1];

export const outcomeWords: Readonly<Record<FlowView['outcome'], readonly [StateTone, word: string, meaning: string]>> =
  {
    allowed: ['good', 'allowed', 'Both its ends let it pass'],
    refused: ['bad', 'refused', 'No rule lets it pass'],
    observed: ['doubtful', 'observed', 'It passed, since the group only observes; enforced, it would be refused'],
  };

export const eventWords: Readonly<
  Record<TrafficEventView['kind'], readonly [StateTone, word: string, meaning: string]>
> = {
  listed: ['bad', 'bad address', 'A container had to do with an address of a deny list'],
  refused: ['bad', 'refused', 'No rule lets it pass'],
  spoofed: ['bad', 'forged', 'A packet said that it came from another'],
  'foreign-change': ['turned', 'rules changed', 'Somebody else changed what is ours in the kernel'],
  'new-peer': ['doubtful', 'new peer', 'The first connection of a group to somewhere new'],
};

/** `12 passed, 3 refused`: what was seen of an edge. */
export function describeAttempts({ allowed, refused, observed }: GroupEdge['attempts']): string {
  const parts = [
    ...(allowed > 0 ? [`${formatCount(allowed)} passed`] : []),
    ...(refused > 0 ? [`${formatCount(refused)} refused`] : []),
    ...(observed > 0 ? [`${formatCount(observed)} passed that would be refused`] : []),
  ];
  return parts.length === 0 ? 'never seen' : parts.join(', ');
}

/** `tcp 5432`; of ICMP the type. */
export const describePort = ({ protocol, port }: Pick<FlowView, 'protocol' | 'port'>): string =>
  protocol === 'icmp' ? `icmp type ${port}` : `${protocol} ${port}`;

export function describePeer({ kind, container, address, name }: FlowView['peer']): string {
  if (container !== null) return container.name;
  if (kind === 'host') return 'the host';
  if (kind === 'others') return 'other addresses';
  return name === null ? (address ?? 'an address') : `${name} (${address ?? 'no address'})`;
}

/** How long was watched: what was not seen then may still happen. */
export function describeRecordings(recordings: readonly { readonly from: string; readonly to: string }[]): string {
  const spans = recordings.map(({ from, to }) => (Date.parse(to) - Date.parse(from)) / 60_000);
  const [least, most] = [Math.min(...spans), Math.max(...spans)];
  if (spans.length === 0) return 'Nothing was recorded yet.';
  const length = (minutes: number) => {
    if (minutes < 1) return 'less than a minute';
    if (minutes < 120) return plural(Math.floor(minutes), 'minute');
    return minutes < 2 * 1440 ? plural(Math.floor(minutes / 60), 'hour') : plural(Math.floor(minutes / 1440), 'day');
  };
  const span = length(least) === length(most) ? length(least) : `${length(least)} to ${length(most)}`;
  return `Recorded for ${span} on ${plural(spans.length, 'host')}.`;
}
