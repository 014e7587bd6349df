import type { Migration } from '../migrate.ts';

/** Documents that say what is trusted, what was judged by them, and what channels chose. */
export const certificates: Migration = {
  statements: ({ id, text }) => [
    `create table documents (
      kind ${text} not null, name ${text} not null, body ${text} not null, digest ${text} not null,
      applied_at bigint not null, applied_by ${text} not null, primary key (kind, name))`,
    // One row.
    'create table document_revision (revision bigint not null)',
    'insert into document_revision values (0)',

    // is_current: 1 for the last judgement of an image; the others are its history.
    `create table certificates (
      certificate_row ${id}, registry ${text} not null, repository ${text} not null, digest ${text} not null,
      is_current bigint not null, outcome ${text} not null, judged_at bigint not null, expires bigint not null,
      withdrawn_at bigint, withdrawn_effective bigint, withdrawn_reason ${text}, document ${text} not null)`,
    'create unique index certificates_current on certificates (digest, repository, registry) where is_current = 1',
    'create index certificates_of_image on certificates (digest, certificate_row)',
    'create index certificates_by_time on certificates (judged_at, certificate_row) where is_current = 1',
    'create index certificates_by_repository on certificates (repository, registry) where is_current = 1',
    "create index certificates_by_end on certificates (expires) where is_current = 1 and outcome = 'certified' and withdrawn_at is null",
    `create table certificate_contents (
      certificate_row bigint not null references certificates (certificate_row), digest ${text} not null,
      kind ${text} not null, document ${text} not null, primary key (digest, certificate_row))`,
    'create index certificate_contents_by_row on certificate_contents (certificate_row)',

    `create table certified_tags (
      registry ${text} not null, repository ${text} not null, tag ${text} not null, digest ${text} not null,
      at bigint not null, primary key (repository, registry, tag))`,
    `create table resolutions (
      resolution_row ${id}, registry ${text} not null, repository ${text} not null, channel ${text} not null,
      platform ${text} not null, tag ${text} not null, digest ${text} not null, at bigint not null)`,
    'create index resolutions_by_repository on resolutions (repository, registry, resolution_row)',
    // What a token may do: everything, or push to or pull from the registry gate.
    `alter table api_tokens add column role ${text} not null default 'admin'`,
  ],
};
