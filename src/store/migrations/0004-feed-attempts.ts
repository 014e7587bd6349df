import type { Migration } from '../migrate.ts';

/** How a feed was come by last, and what is demanded of it. */
export const feedAttempts: Migration = {
  statements: ({ text }) => [
    // JSON: FeedValidators, FeedVerification.
    `alter table feeds add column validators ${text} not null default '{}'`,
    `alter table feeds add column verification ${text} not null default '{}'`,
    'alter table feeds add column attempted_at bigint',
    `alter table feeds add column attempt_error ${text}`,
  ],
};
