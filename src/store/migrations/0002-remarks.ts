import type { Migration } from '../migrate.ts';

/** What feeds remark on flaws: known exploitation, scores, statements of VEX documents. */
export const remarks: Migration = {
  statements: ({ id, text }) => [
    // A row for each name of the flaw; is_alias: 0 for the one that the feed calls it by. Visible where its import is the current one of its feed.
    `create table remarks (
      remark_row ${id}, feed_id ${text} not null, import_id bigint not null, kind ${text} not null,
      flaw ${text} not null, is_alias bigint not null, author ${text}, document ${text} not null)`,
    'create index remarks_by_flaw on remarks (flaw)',
    'create index remarks_by_import on remarks (feed_id, import_id)',
    "create index remarks_exploited on remarks (flaw) where kind = 'exploited'",
    // JSON: authors whose statements in this feed change answers.
    `alter table feeds add column trusted_authors ${text} not null default '[]'`,
    'alter table matches add column suppressed bigint not null default 0',
    'create index matches_by_flaw on matches (flaw)',
  ],
};
