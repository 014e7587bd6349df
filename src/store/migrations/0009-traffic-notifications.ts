import type { Migration } from '../migrate.ts';

/** How far each target was told of events of traffic. */
export const trafficNotifications: Migration = {
  statements: ({ text }) => [
    `alter table notification_targets add column traffic ${text}`,
    'create index traffic_events_by_kind on traffic_events (kind, event_row)',
  ],
};
