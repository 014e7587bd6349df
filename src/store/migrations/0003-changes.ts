import type { Migration } from '../migrate.ts';

/** What became known of components that had been judged, who is told of it, and advisories by their other names. */
export const changes: Migration = {
  statements: ({ id, text }) => [
    `create table verdict_changes (
      change_id ${id}, at bigint not null, kind ${text} not null, component_id bigint not null references components (component_id),
      flaw ${text} not null, severity_rank bigint not null, advisory_id ${text} not null, feed_id ${text} not null,
      fixed_in ${text})`,
    'create index verdict_changes_by_time on verdict_changes (at)',
    'create index verdict_changes_by_component on verdict_changes (component_id)',
    'create index verdict_changes_by_flaw on verdict_changes (flaw)',

    `create table notification_targets (
      target_id ${text} primary key, kind ${text} not null, address ${text} not null, secret ${text}, filter ${text} not null,
      cursor_at bigint not null, attempting bigint, attempts bigint not null, due bigint not null, last_delivered bigint,
      last_error ${text}, leased_until bigint not null)`,

    `create table advisory_aliases (
      advisory_row bigint not null references advisories (advisory_row) on delete cascade, name ${text} not null,
      primary key (name, advisory_row))`,
    // So that the next import of each feed writes its wordings anew, with their names.
    "update advisories set digest = ''",
  ],
};
