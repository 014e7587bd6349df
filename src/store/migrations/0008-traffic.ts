import type { Migration } from '../migrate.ts';

/** Networks of hosts, what passed through them, and addresses of deny lists. */
export const traffic: Migration = {
  statements: ({ id, text, bytes }) => [
    `create table host_networks (host ${text} primary key, at bigint not null, document ${bytes} not null)`,
    `create table segmentation_statuses (host ${text} primary key, document ${text} not null)`,
    `create table flow_recordings (
      host ${text} primary key, from_at bigint not null, to_at bigint not null, overflowed bigint not null)`,

    // identity: a digest of what tells flows apart. from_end, to_end: who asks and whom, as end-of-flow.ts writes them.
    `create table flows (
      flow_row ${id}, identity ${text} not null, host ${text} not null, container_id ${text} not null,
      container_name ${text} not null, peer_id ${text} not null, peer_name ${text} not null, from_end ${text} not null,
      to_end ${text} not null, direction ${text} not null, protocol ${text} not null, port bigint not null,
      outcome ${text} not null, first_at bigint not null, last_at bigint not null, attempts bigint not null,
      document ${text} not null)`,
    'create unique index flows_by_identity on flows (identity)',
    'create index flows_by_time on flows (last_at, flow_row)',
    'create index flows_by_host on flows (host, last_at)',
    // hour: since 1970. For attempts of the last day; those of long ago are only summed up.
    `create table flow_hours (
      flow_row bigint not null, hour bigint not null, attempts bigint not null, primary key (flow_row, hour))`,
    'create index flow_hours_by_hour on flow_hours (hour)',

    `create table group_peers (
      peer_key ${text} primary key, group_name ${text} not null, first_at bigint not null)`,
    'create index group_peers_by_group on group_peers (group_name, first_at)',
    `create table traffic_events (
      event_row ${id}, at bigint not null, kind ${text} not null, host ${text} not null, document ${text} not null)`,
    'create index traffic_events_by_time on traffic_events (at, event_row)',

    `create table fetched_addresses (
      list ${text} not null, source ${text} not null, document ${bytes} not null, primary key (list, source))`,
  ],
};
