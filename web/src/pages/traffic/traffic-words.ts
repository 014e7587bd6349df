import { textParam } from '../../shell/search-params.ts';
import { oneOf } from '../groups/group-words.ts';

export const trafficTabs = ['flows', 'events', 'hosts'] as const;
export type TrafficTab = (typeof trafficTabs)[number];

/** What of the traffic is looked at, as it stands in the address. */
export interface TrafficSearch {
  /** Flows unless said. */
  readonly show?: TrafficTab | undefined;
  readonly group?: string | undefined;
  readonly host?: string | undefined;
  readonly outcome?: 'allowed' | 'refused' | 'observed' | undefined;
  /** ID of an edge of the map of groups. */
  readonly edge?: string | undefined;
  readonly days?: '1' | '7' | '30' | undefined;
  /** Those alone that were never seen before that time. */
  readonly new?: 'true' | undefined;
  readonly kind?: EventKind | undefined;
}
export const eventKinds = ['listed', 'refused', 'new-peer', 'spoofed', 'foreign-change'] as const;
type EventKind = (typeof eventKinds)[number];

export const readTrafficSearch = (raw: Readonly<Record<string, unknown>>): TrafficSearch => ({
  show: oneOf(trafficTabs, raw.show),
  group: textParam(raw, 'group'),
  host: textParam(raw, 'host'),
  outcome: oneOf(['allowed', 'refused', 'observed'], raw.outcome),
  edge: textParam(raw, 'edge'),
  days: oneOf(['1', '7', '30'], raw.days),
  new: oneOf(['true'], raw.new),
  kind: oneOf(eventKinds, raw.kind),
});

export const hostStates = {
  'in-force': ['good', 'in force', 'The kernel holds what the groups say'],
  idle: ['unknown', 'no groups', 'There is no group: everything passes'],
  off: ['unknown', 'switched off', 'Segmentation is switched off on this host: everything passes'],
  failed: ['bad', 'failed', 'The rules could not be brought into force'],
  unknown: ['unknown', 'not known', 'Its agent has not said for a while'],
} as const;
