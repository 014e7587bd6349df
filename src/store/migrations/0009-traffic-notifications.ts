import type { Migration } from '../migrate.ts';

/** How far each target was told of events of traffic, what was ever counted on a host, and proofs that were asked for. */
export const trafficNotifications: Migration = {
  statements: ({ id, text, bytes }) => [
    `alter table notification_targets add column traffic ${text}`,
    `create table traffic_counts (
      host ${text} primary key, allowed bigint not null, refused bigint not null, observed bigint not null,
      listed bigint not null, spoofed bigint not null)`,
    // report: what came of it, once it is done.
    `create table proofs (
      proof_id ${id}, host ${text} not null, asked_at bigint not null, state ${text} not null, told_at bigint not null,
      tried bigint not null, report ${bytes})`,
    'create index traffic_events_by_kind on traffic_events (kind, event_row)',
  ],
};
