import type { Generated } from 'kysely';
import type { Digest } from '../base/index.ts';
import type {
  AskedProof,
  Certificate,
  ContentDescriptor,
  Flow,
  ImageRecord,
  Revisions,
  TicketState,
  TokenRole,
  TrafficEvent,
  TrafficProtocol,
  Workload,
} from '../model/index.ts';

/** The tables as queries see them; migrations/ creates them and says what the columns mean. */
export interface Tables {
  schema_migrations: { version: number; applied_at: number };
  revisions: { [Noun in keyof Revisions]: number };
  images: {
    image_row: Generated<number>;
    image_id: ImageRecord['imageId'];
    manifest_digest: ImageRecord['imageId'] | null;
    platform: string | null;
    first_seen: number;
    state: ImageRecord['state'];
    read_at: number | null;
    failure: string | null;
    facts: string | null;
    layer_chain: string | null;
  };
  image_references: { reference: string; image_row: number };
  components: {
    component_id: Generated<number>;
    identity: string;
    ecosystem: string;
    name: string;
    other_name: string | null;
    coverage: string;
    document: string;
    pending: number | null;
  };
  boms: {
    subject_row: Generated<number>;
    subject: string;
    recorded_at: number;
    revision: number;
    component_ids: Uint8Array;
    document: Uint8Array;
  };
  bom_components: { component_id: number; subject_row: number };
  feeds: {
    feed_id: string;
    format: string;
    location: string;
    current_import: number;
    newest_import: number;
    imported_at: number;
    changed_at: number;
    data_as_of: number;
    advisory_count: number;
    rejected_count: number;
    skipped_count: number;
    coverage: string;
    trusted_authors: string;
    validators: string;
    verification: string;
    attempted_at: number | null;
    attempt_error: string | null;
  };
  remarks: {
    remark_row: Generated<number>;
    feed_id: string;
    import_id: number;
    kind: string;
    flaw: string;
    is_alias: number;
    author: string | null;
    document: string;
  };
  imports: { import_id: Generated<number>; feed_id: string; begun_at: number; finished_at: number | null };
  advisories: {
    advisory_row: Generated<number>;
    feed_id: string;
    advisory_id: string;
    digest: string;
    born_import: number;
    died_import: number | null;
    valid_from: number;
    valid_to: number | null;
    learned_at: number;
    withdrawn: number;
    document: string;
  };
  advisory_packages: { advisory_row: number; ecosystem: string; name: string; distribution: string };
  judgements: { component_id: number; judged: number; judged_at: number; undetermined: string };
  matches: {
    component_id: number;
    feed_id: string;
    advisory_id: string;
    package: string;
    flaw: string;
    severity_rank: number;
    since: number;
    document: string;
    suppressed: number;
  };
  verdict_changes: {
    change_id: Generated<number>;
    at: number;
    kind: string;
    component_id: number;
    flaw: string;
    severity_rank: number;
    advisory_id: string;
    feed_id: string;
    fixed_in: string | null;
  };
  notification_targets: {
    target_id: string;
    kind: string;
    address: string;
    secret: string | null;
    filter: string;
    cursor_at: number;
    attempting: number | null;
    traffic: string | null;
    attempts: number;
    due: number;
    last_delivered: number | null;
    last_error: string | null;
    leased_until: number;
  };
  advisory_aliases: { advisory_row: number; name: string };
  workloads: {
    workload_id: Generated<number>;
    host: string;
    engine: Workload['engine'];
    container_id: string;
    started: number;
    ended: number | null;
    ended_exact: number;
    image_id: Workload['imageId'];
    name: string;
    image_reference: string;
    labels: string;
    revision: number;
  };
  container_looks: {
    look_id: Generated<number>;
    host: string;
    engine: Workload['engine'];
    container_id: string;
    name: string;
    image_reference: string;
    image_id: Workload['imageId'];
    attempted_at: number;
    looked_at: number | null;
    seen_by: 'storage' | 'engine' | null;
    failure: string | null;
    problems: string;
    more: number;
  };
  drift_findings: {
    finding_id: Generated<number>;
    look_id: number;
    identity: string;
    subject: string;
    severity_rank: number;
    absent_at: number;
    first_seen: number;
    last_seen: number;
    gone_at: number | null;
    document: string;
  };
  engines: { host: string; engine: Workload['engine']; status: string | null; seen: number | null };
  jobs: {
    job_id: Generated<number>;
    kind: string;
    subject: string;
    source: string;
    host: string;
    priority: number;
    attempts: number;
    state: 'waiting' | 'leased' | 'failed';
    due: number;
    enqueued_at: number;
    message: string | null;
  };
  login_tokens: { token_digest: string; expires: number };
  sessions: { session_digest: string; created: number; expires: number };
  api_tokens: { token_digest: string; name: string; created: number; role: TokenRole };
  documents: {
    kind: string;
    name: string;
    body: string;
    digest: Digest;
    applied_at: number;
    applied_by: string;
  };
  document_revision: { revision: number };
  certificates: {
    certificate_row: Generated<number>;
    registry: string;
    repository: string;
    digest: Digest;
    is_current: number;
    outcome: Certificate['outcome'];
    judged_at: number;
    expires: number;
    withdrawn_at: number | null;
    withdrawn_effective: number | null;
    withdrawn_reason: string | null;
    document: string;
  };
  certificate_contents: { certificate_row: number; digest: Digest; kind: ContentDescriptor['kind']; document: string };
  launches: {
    launch_row: Generated<number>;
    launch_id: string;
    at: number;
    gate: string;
    host: string;
    outcome: string;
    observed: number;
    images: string;
    document: Uint8Array;
  };
  admissions: { fingerprint: Digest; host: string; first_at: number; last_at: number; admitted_at: number | null };
  launch_tickets: {
    ticket_row: Generated<number>;
    ticket_id: string;
    fingerprint: Digest;
    state: TicketState;
    opened_at: number;
    document: string;
    answer: string | null;
  };
  host_networks: { host: string; at: number; document: Uint8Array };
  segmentation_statuses: { host: string; document: string };
  flow_recordings: { host: string; from_at: number; to_at: number; overflowed: number };
  flows: {
    flow_row: Generated<number>;
    identity: string;
    host: string;
    container_id: string;
    container_name: string;
    peer_id: string;
    peer_name: string;
    from_end: string;
    to_end: string;
    direction: Flow['direction'];
    protocol: TrafficProtocol;
    port: number;
    outcome: Flow['outcome'];
    first_at: number;
    last_at: number;
    attempts: number;
    document: string;
  };
  traffic_counts: {
    host: string;
    allowed: number;
    refused: number;
    observed: number;
    listed: number;
    spoofed: number;
  };
  proofs: {
    proof_id: Generated<number>;
    host: string;
    asked_at: number;
    state: AskedProof['state'];
    told_at: number;
    tried: number;
    report: Uint8Array | null;
  };
  flow_hours: { flow_row: number; hour: number; attempts: number };
  group_peers: { peer_key: string; group_name: string; first_at: number };
  traffic_events: {
    event_row: Generated<number>;
    at: number;
    kind: TrafficEvent['kind'];
    host: string;
    document: string;
  };
  fetched_addresses: { list: string; source: string; document: Uint8Array };
  certified_tags: { registry: string; repository: string; tag: string; digest: Digest; at: number };
  resolutions: {
    resolution_row: Generated<number>;
    registry: string;
    repository: string;
    channel: string;
    platform: string;
    tag: string;
    digest: Digest;
    at: number;
  };
}
