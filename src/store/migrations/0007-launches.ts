import type { Migration } from '../migrate.ts';

/** What was decided of launches, what was let start, and what waits for a person. */
export const launches: Migration = {
  statements: ({ id, text, bytes }) => [
    // observed: 1 where a policy that only observes let it pass. images: their names, for who looks for one.
    `create table launches (
      launch_row ${id}, launch_id ${text} not null, at bigint not null, gate ${text} not null, host ${text} not null,
      outcome ${text} not null, observed bigint not null, images ${text} not null, document ${bytes} not null)`,
    'create unique index launches_by_id on launches (launch_id)',
    'create index launches_by_time on launches (at, launch_row)',
    'create index launches_by_outcome on launches (outcome, at, launch_row)',

    `create table admissions (
      fingerprint ${text} not null, host ${text} not null, first_at bigint not null, last_at bigint not null, admitted_at bigint,
      primary key (fingerprint, host))`,

    `create table launch_tickets (
      ticket_row ${id}, ticket_id ${text} not null, fingerprint ${text} not null, state ${text} not null,
      opened_at bigint not null, document ${text} not null, answer ${text})`,
    'create unique index launch_tickets_by_id on launch_tickets (ticket_id)',
    'create index launch_tickets_by_fingerprint on launch_tickets (fingerprint, ticket_row)',
    'create index launch_tickets_by_state on launch_tickets (state, opened_at, ticket_row)',
    // Two who ask for the same at once open one ticket.
    "create unique index launch_tickets_open on launch_tickets (fingerprint) where state = 'open'",
  ],
};
