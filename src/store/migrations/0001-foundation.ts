import type { Migration } from '../migrate.ts';

/** Instants are milliseconds since 1970; truth values 0 and 1; `document` columns hold JSON. */
export const foundation: Migration = {
  statements: ({ id, text, bytes }) => [
    'create table schema_migrations (version bigint primary key, applied_at bigint not null)',

    // One row. Whoever changes a noun holds it until its transaction ends.
    `create table revisions (
      images bigint not null, boms bigint not null, advisories bigint not null, matches bigint not null,
      workloads bigint not null)`,
    'insert into revisions values (0, 0, 0, 0, 0)',

    `create table images (
      image_row ${id}, image_id ${text} not null unique, manifest_digest ${text}, platform ${text},
      first_seen bigint not null, state ${text} not null, read_at bigint, failure ${text},
      facts ${text}, layer_chain ${text})`,
    'create index images_by_manifest on images (manifest_digest)',
    'create index images_by_sight on images (first_seen, image_id)',
    `create table image_references (
      reference ${text} not null, image_row bigint not null references images (image_row),
      primary key (image_row, reference))`,
    'create index images_by_reference on image_references (reference)',

    // identity: a digest of the whole component, so that an image that lies about a package cannot speak for others.
    // other_name: otherNameOf of the component. pending: the revision of the advisories that asked for judging it again; null once it is judged.
    `create table components (
      component_id ${id}, identity ${text} not null unique, ecosystem ${text} not null, name ${text} not null,
      other_name ${text}, coverage ${text} not null, document ${text} not null, pending bigint)`,
    'create index components_by_name on components (lower(name))',
    'create index components_by_other_name on components (lower(other_name))',
    'create index components_pending on components (component_id) where pending is not null',

    // component_ids repeats bom_components in one packed value: the index in memory reads all of it at start.
    `create table boms (
      subject_row ${id}, subject ${text} not null unique, recorded_at bigint not null, revision bigint not null,
      component_ids ${bytes} not null, document ${bytes} not null)`,
    'create index boms_by_revision on boms (revision)',
    `create table bom_components (
      component_id bigint not null references components (component_id),
      subject_row bigint not null references boms (subject_row),
      primary key (component_id, subject_row))`,
    'create index bom_components_by_subject on bom_components (subject_row)',

    // current_import: what is visible; newest_import: the last that began. Coverage is part of what is visible.
    `create table feeds (
      feed_id ${text} primary key, format ${text} not null, location ${text} not null,
      current_import bigint not null, newest_import bigint not null,
      imported_at bigint not null, changed_at bigint not null, data_as_of bigint not null,
      advisory_count bigint not null, rejected_count bigint not null, skipped_count bigint not null, coverage ${text} not null)`,
    `create table imports (
      import_id ${id}, feed_id ${text} not null, begun_at bigint not null, finished_at bigint)`,

    // A row is one wording of one advisory. It is visible where its born_import has finished and it has no died_import.
    // What a feed said on a date: valid_from at or before it and valid_to after it or null. Rows are never deleted once
    // they were visible.
    `create table advisories (
      advisory_row ${id}, feed_id ${text} not null, advisory_id ${text} not null, digest ${text} not null,
      born_import bigint not null, died_import bigint, valid_from bigint not null, valid_to bigint,
      learned_at bigint not null, withdrawn bigint not null, document ${text} not null)`,
    'create unique index advisories_by_id on advisories (advisory_id, feed_id, born_import)',
    'create index advisories_by_birth on advisories (feed_id, born_import)',
    // With all that an import needs to know of what is there, so that it does not read every document.
    'create index advisories_by_death on advisories (feed_id, died_import, advisory_row, born_import, advisory_id, digest, learned_at)',
    `create table advisory_packages (
      advisory_row bigint not null references advisories (advisory_row) on delete cascade,
      ecosystem ${text} not null, name ${text} not null, distribution ${text} not null,
      primary key (advisory_row, ecosystem, name, distribution))`,
    'create index advisory_packages_by_name on advisory_packages (name, ecosystem)',

    `create table judgements (
      component_id bigint primary key references components (component_id), judged bigint not null,
      judged_at bigint not null, undetermined ${text} not null)`,
    `create table matches (
      component_id bigint not null references components (component_id), feed_id ${text} not null,
      advisory_id ${text} not null, package ${text} not null, flaw ${text} not null, severity_rank bigint not null, since bigint not null,
      document ${text} not null, primary key (component_id, feed_id, advisory_id, package))`,

    `create table workloads (
      workload_id ${id}, host ${text} not null, engine ${text} not null, container_id ${text} not null,
      started bigint not null, ended bigint, ended_exact bigint not null, image_id ${text} not null,
      name ${text} not null, image_reference ${text} not null, labels ${text} not null, revision bigint not null)`,
    'create unique index workloads_by_key on workloads (container_id, started, host, engine)',
    'create index workloads_by_image on workloads (image_id)',
    'create index workloads_by_start on workloads (started)',
    'create index workloads_by_revision on workloads (revision)',
    'create index workloads_running on workloads (host, engine, image_id) where ended is null',
    `create table engines (
      host ${text} not null, engine ${text} not null, status ${text}, seen bigint, primary key (host, engine))`,

    `create table jobs (
      job_id ${id}, kind ${text} not null, subject ${text} not null, source ${text} not null, host ${text} not null,
      priority bigint not null, attempts bigint not null, state ${text} not null, due bigint not null,
      enqueued_at bigint not null, message ${text})`,
    "create unique index jobs_open on jobs (kind, subject) where state <> 'failed'",
    "create index jobs_next on jobs (host, priority, job_id) where state <> 'failed'",

    `create table login_tokens (token_digest ${text} primary key, expires bigint not null)`,
    `create table sessions (
      session_digest ${text} primary key, created bigint not null, expires bigint not null)`,
    `create table api_tokens (
      token_digest ${text} primary key, name ${text} not null unique, created bigint not null)`,
  ],
};
