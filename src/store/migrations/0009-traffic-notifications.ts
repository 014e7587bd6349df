import type { Migration } from '../migrate.ts';

/** How far each target was told of events of traffic, and what was ever counted on a host. */
export const trafficNotifications: Migration = {
  statements: ({ text }) => [
    `alter table notification_targets add column traffic ${text}`,
    `create table traffic_counts (
      host ${text} primary key, allowed bigint not null, refused bigint not null, observed bigint not null,
      listed bigint not null, spoofed bigint not null)`,
    'create index traffic_events_by_kind on traffic_events (kind, event_row)',
  ],
};
