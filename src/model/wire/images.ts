import { type Static, Type } from 'typebox';
import { DigestText, Nullable, Page, PageQuery, Severity, TextMap, Time } from './common.ts';

export const ProblemView = Type.Object({
  code: Type.String(),
  message: Type.String(),
  path: Type.Optional(Type.String()),
  layer: Type.Optional(Type.String()),
});
export type ProblemView = Static<typeof ProblemView>;

export const SeverityCounts = Type.Object({
  critical: Type.Integer(),
  high: Type.Integer(),
  medium: Type.Integer(),
  low: Type.Integer(),
  negligible: Type.Integer(),
  unknown: Type.Integer(),
});
export type SeverityCounts = Static<typeof SeverityCounts>;

/** How much of a subject could be judged: components that no feed covers are not clean. */
export const JudgementView = Type.Object({
  state: Type.Enum(['judged', 'partly-judged', 'not-judged']),
  componentsJudged: Type.Integer(),
  componentsNotJudged: Type.Integer(),
  notCovered: Type.Array(Type.String(), { description: 'Coverage keys that no feed has, such as deb:debian:12' }),
});
export type JudgementView = Static<typeof JudgementView>;

export const ImageRow = Type.Object({
  imageId: DigestText,
  manifestDigest: Nullable(DigestText),
  references: Type.Array(Type.String()),
  platform: Nullable(Type.String()),
  state: Type.Enum(['known', 'read', 'failed']),
  failure: Nullable(Type.String()),
  created: Nullable(Time),
  ageDays: Nullable(Type.Number()),
  firstSeen: Time,
  running: Type.Integer({ description: 'Containers that run it now' }),
  components: Type.Integer(),
  size: Type.Integer({ description: 'Bytes of its files' }),
  severities: SeverityCounts,
  knownExploited: Type.Integer({ description: 'Of these flaws, those that are known to be exploited' }),
  judgement: Type.Enum(['judged', 'partly-judged', 'not-judged']),
});
export type ImageRow = Static<typeof ImageRow>;
export const ImageListQuery = Type.Object({ search: Type.Optional(Type.String({ maxLength: 200 })), ...PageQuery });
export type ImageListQuery = Static<typeof ImageListQuery>;
export const ImagePage = Page(ImageRow);
export type ImagePage = Static<typeof ImagePage>;

/** How a component came to be known; null where a view has it: installed, and certain. */
export const ComponentEvidenceView = Type.Object({
  kind: Type.Enum(['installed', 'declared', 'claimed'], {
    description: 'declared: by a lock file. claimed: by a bill of materials inside the subject',
  }),
  confidence: Type.Enum(['certain', 'likely', 'guess']),
  note: Nullable(Type.String()),
});
export type ComponentEvidenceView = Static<typeof ComponentEvidenceView>;

export const ComponentView = Type.Object({
  purl: Type.String(),
  ecosystem: Type.String(),
  name: Type.String(),
  version: Type.String(),
  source: Nullable(Type.Object({ name: Type.String(), version: Type.String() })),
  licenses: Type.Array(Type.String()),
  locations: Type.Array(Type.String()),
  layer: Type.Integer(),
  ownedBy: Nullable(Type.String()),
  evidence: Nullable(ComponentEvidenceView),
  judged: Type.Boolean(),
});
export type ComponentView = Static<typeof ComponentView>;

/** What a VEX document says of a flaw in a component. */
export const StatementView = Type.Object({
  status: Type.Enum(['not-affected', 'affected', 'fixed', 'under-investigation']),
  author: Type.String({ description: 'As the document says' }),
  trusted: Type.Boolean({ description: 'Where false, it is shown and changes nothing' }),
  feed: Type.String(),
  document: Type.String(),
  justification: Nullable(Type.String()),
  note: Nullable(Type.String()),
  statedAt: Time,
});
export type StatementView = Static<typeof StatementView>;

/** One flaw in one component, with what witnesses it. Aliases of the same flaw are one finding. */
export const FindingView = Type.Object({
  advisory: Type.String({ description: 'The CVE where there is one' }),
  aliases: Type.Array(Type.String()),
  severity: Severity,
  cvss: Nullable(Type.Object({ vector: Type.String(), version: Type.String(), score: Type.Number() })),
  knownExploited: Nullable(Type.Object({ since: Time, due: Nullable(Time), ransomware: Type.Boolean() })),
  epss: Nullable(
    Type.Object({
      probability: Type.Number({ description: 'Of being attacked within 30 days, from 0 to 1' }),
      percentile: Type.Number(),
    }),
  ),
  statements: Type.Array(StatementView),
  title: Type.String(),
  component: Type.String({ description: 'Package URL' }),
  name: Type.String(),
  version: Type.String(),
  fixedIn: Nullable(Type.String()),
  remedy: Type.String(),
  evidence: Type.Object({
    advisory: Type.String({ description: 'The record of the feed by which it was found' }),
    feed: Type.String(),
    package: Type.String({ description: 'The package by whose ranges it matched' }),
    locations: Type.Array(Type.String()),
    layer: Type.Integer(),
    component: Nullable(ComponentEvidenceView),
  }),
  since: Time,
  references: Type.Array(Type.String()),
});
export type FindingView = Static<typeof FindingView>;

/** Something in the files or the configuration that is no flaw of a package. Never a secret itself. */
export const ObservationView = Type.Object({
  rule: Type.String(),
  severity: Severity,
  confidence: Type.Enum(['certain', 'likely', 'guess']),
  title: Type.String({ description: 'The same for all of a rule' }),
  remedy: Type.String(),
  path: Nullable(Type.String()),
  layer: Nullable(Type.Integer()),
  hidden: Type.Boolean({ description: 'A layer above hides the file; it is in the image all the same' }),
  detail: Type.String(),
});
export type ObservationView = Static<typeof ObservationView>;

const FileList = Type.Object({
  files: Type.Integer(),
  bytes: Type.Integer(),
  largest: Type.Array(Type.Object({ path: Type.String(), size: Type.Integer(), layer: Type.Integer() })),
});

/** What nothing accounts for, and what could not be looked at: it is not clean. */
export const UnknownView = Type.Object({
  state: Type.Enum(['known', 'partly-known', 'unknown'], {
    description:
      'unknown: something could not be read, or a record was replaced. partly-known: programs or archives are unaccounted for, or nobody looked',
  }),
  summary: Type.String({ description: 'In a line, for a person' }),
  programs: Nullable(Type.Object({ files: Type.Integer(), bytes: Type.Integer() })),
  unowned: Nullable(FileList),
  unownedPercent: Nullable(Type.Number({ description: 'Of the bytes of programs, those that belong to no component' })),
  archives: Nullable(FileList),
  records: Type.Array(
    Type.Object({
      kind: Type.Enum(['package-database-removed', 'package-database-replaced', 'distribution-changed']),
      path: Type.String(),
      layer: Type.Integer(),
      detail: Type.String(),
    }),
  ),
  problems: Type.Array(Type.Object({ code: Type.String(), count: Type.Integer() })),
});
export type UnknownView = Static<typeof UnknownView>;

/** Everything that is known of a subject: an image, or a machine's own packages. */
export const Passport = Type.Object({
  subject: Type.Object({ kind: Type.Enum(['image', 'host', 'bom']), key: Type.String(), name: Type.String() }),
  image: Nullable(ImageRow),
  distribution: Nullable(Type.String()),
  platform: Nullable(Type.String()),
  recordedAt: Time,
  facts: Nullable(
    Type.Object({
      created: Nullable(Time),
      ageDays: Nullable(Type.Number()),
      user: Type.String(),
      runsAsRoot: Nullable(Type.Boolean()),
      entrypoint: Type.Array(Type.String()),
      command: Type.Array(Type.String()),
      exposedPorts: Type.Array(Type.String()),
      volumes: Type.Array(Type.String()),
      labels: TextMap,
      setuidFiles: Type.Array(Type.String()),
      setgidFiles: Type.Array(Type.String()),
      baseImage: Nullable(
        Type.Object({
          name: Nullable(Type.String()),
          digest: Nullable(Type.String()),
          layers: Nullable(Type.Integer({ description: 'How many of the lowest layers are its own' })),
          evidence: Type.Enum(['label', 'layers']),
        }),
      ),
      layers: Type.Array(
        Type.Object({ diffId: Type.String(), size: Type.Integer(), createdBy: Nullable(Type.String()) }),
      ),
      lookedInto: Type.Boolean({ description: 'Whether files were looked into for secrets and malware' }),
      scannedBy: Type.Array(Type.String(), {
        description: 'Programs beside Portwarden that looked into the files, with the version of their database',
      }),
      totalFileBytes: Type.Integer(),
      fileCount: Type.Integer(),
    }),
  ),
  judgement: JudgementView,
  severities: SeverityCounts,
  components: Type.Array(ComponentView),
  findings: Type.Array(FindingView, { description: 'Known exploited first, then by severity and likelihood' }),
  suppressed: Type.Array(FindingView, {
    description: 'Cleared by a trusted author: not counted, and never dropped',
  }),
  observations: Type.Array(ObservationView, { description: 'Secrets, marks of malware, risky modes; the worst first' }),
  moreObservations: Type.Integer({ description: 'That are not listed' }),
  undetermined: Type.Array(Type.Object({ advisory: Type.String(), component: Type.String(), reason: Type.String() }), {
    description: 'Advisories that could not be compared with what is installed',
  }),
  problems: Type.Array(ProblemView),
  unknown: UnknownView,
});
export type Passport = Static<typeof Passport>;

/** CycloneDX 1.6 or SPDX 2.3, both in JSON. */
export const BomFormat = Type.Enum(['cyclonedx', 'spdx']);
export type BomFormat = Static<typeof BomFormat>;
export const BomQuery = Type.Object({ format: Type.Optional(BomFormat) });
export type BomQuery = Static<typeof BomQuery>;
