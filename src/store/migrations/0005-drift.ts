import type { Migration } from '../migrate.ts';

/** What was seen in the writable layers of containers. */
export const drift: Migration = {
  statements: ({ id, text }) => [
    // attempted_at: the last look, whatever came of it; looked_at: the last that saw anything. problems: JSON.
    `create table container_looks (
      look_id ${id}, host ${text} not null, engine ${text} not null, container_id ${text} not null, name ${text} not null,
      image_reference ${text} not null, image_id ${text} not null, attempted_at bigint not null, looked_at bigint,
      seen_by ${text}, failure ${text}, problems ${text} not null, more bigint not null)`,
    'create unique index container_looks_by_container on container_looks (container_id, host, engine)',
    // identity: a digest of rule and subject, since paths are longer than an index takes.
    `create table drift_findings (
      finding_id ${id}, look_id bigint not null references container_looks (look_id), identity ${text} not null,
      subject ${text} not null, severity_rank bigint not null, absent_at bigint not null, first_seen bigint not null,
      last_seen bigint not null, gone_at bigint, document ${text} not null)`,
    'create unique index drift_findings_by_identity on drift_findings (look_id, identity)',
    'create index drift_findings_by_time on drift_findings (first_seen, finding_id)',
  ],
};
