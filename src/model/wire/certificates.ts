import { type Static, Type } from 'typebox';
import { DigestText, Nullable, Page, PageQuery, Severity, Time } from './common.ts';

export const DocumentView = Type.Object({
  kind: Type.String(),
  name: Type.String(),
  digest: DigestText,
  appliedAt: Time,
  appliedBy: Type.String(),
  state: Nullable(Type.String({ description: 'Of an exception: active, or why it does nothing' })),
  text: Type.String({ description: 'As YAML' }),
  document: Type.Record(Type.String(), Type.Unknown()),
});
export type DocumentView = Static<typeof DocumentView>;
export const DocumentList = Type.Object({ items: Type.Array(DocumentView) });
export type DocumentList = Static<typeof DocumentList>;

export const DocumentFilesInput = Type.Object({
  files: Type.Array(
    Type.Object(
      { name: Type.String({ maxLength: 500 }), text: Type.String({ maxLength: 1_048_576 }) },
      { additionalProperties: false },
    ),
    {
      minItems: 1,
      maxItems: 100,
      description: 'Each of one or more documents in YAML or JSON',
    },
  ),
});
export type DocumentFilesInput = Static<typeof DocumentFilesInput>;
export const DocumentPlanInput = Type.Object({
  ...DocumentFilesInput.properties,
  days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 30, default: 7, description: 'Of how many days launches are judged again' }),
  ),
});
export type DocumentPlanInput = Static<typeof DocumentPlanInput>;

export const DocumentChange = Type.Object({
  kind: Type.String(),
  name: Type.String(),
  change: Type.Enum(['create', 'change', 'none']),
});
export type DocumentChange = Static<typeof DocumentChange>;

export const PolicyFindingView = Type.Object({
  rule: Type.String(),
  severity: Severity,
  subject: Type.String(),
  title: Type.String(),
  remedy: Type.String(),
  evidence: Type.String(),
  excepted: Nullable(Type.Object({ name: Type.String(), owner: Type.String(), expires: Time })),
});
export type PolicyFindingView = Static<typeof PolicyFindingView>;

export const CertificateState = Type.Enum(['certified', 'suspect', 'withdrawn', 'refused', 'undecided'], {
  description: 'suspect: the certificate ran out, and nobody has looked since',
});
export type CertificateStateView = Static<typeof CertificateState>;

export const CertificateView = Type.Object({
  image: Type.String({ description: 'registry/repository@digest' }),
  registry: Type.String(),
  repository: Type.String(),
  digest: DigestText,
  tags: Type.Array(Type.String()),
  source: Type.String({ description: 'Where it was read for the judgement' }),
  state: CertificateState,
  cause: Nullable(Type.String({ description: 'Why it could not be decided' })),
  findings: Type.Array(PolicyFindingView),
  signers: Type.Array(
    Type.Object({
      identity: Type.String(),
      issuer: Nullable(Type.String()),
      scheme: Type.String(),
      trustRoot: Type.String(),
    }),
  ),
  platforms: Type.Array(Type.String()),
  policy: Type.String(),
  feeds: Type.Array(Type.String()),
  created: Nullable(Time),
  judgedAt: Time,
  expires: Time,
  withdrawn: Nullable(Type.Object({ at: Time, effective: Time, reason: Type.String() })),
});
export type CertificateView = Static<typeof CertificateView>;

export const CertificateQuery = Type.Object({
  registry: Type.Optional(Type.String({ maxLength: 300 })),
  repository: Type.Optional(Type.String({ maxLength: 300 })),
  ...PageQuery,
});
export type CertificateQuery = Static<typeof CertificateQuery>;
export const CertificatePage = Page(CertificateView);
export type CertificatePage = Static<typeof CertificatePage>;
export const CertificateHistoryQuery = Type.Object({
  image: Type.String({ minLength: 1, maxLength: 1024, description: 'registry/repository@digest' }),
});
export type CertificateHistoryQuery = Static<typeof CertificateHistoryQuery>;
/** Every judgement of one image, the newest first. */
export const CertificateHistory = Type.Object({ items: Type.Array(CertificateView, { minItems: 1 }) });
export type CertificateHistory = Static<typeof CertificateHistory>;

export const CertificationInput = Type.Object({
  source: Type.String({ minLength: 1, maxLength: 1024, description: 'An image in a registry' }),
  to: Type.String({
    minLength: 1,
    maxLength: 600,
    description: 'Where it is to be trusted: registry/repository, by the name of the registry or of its gate',
  }),
  tag: Type.Optional(
    Type.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$', description: 'Default: that of the source' }),
  ),
  dryRun: Type.Optional(Type.Boolean({ description: 'Judges, and neither promotes nor remembers', default: false })),
});
export type CertificationInput = Static<typeof CertificationInput>;

/** What other rules would have decided of the launches of the last days. */
export const LaunchReplay = Type.Object({
  since: Nullable(Time),
  replayed: Type.Integer(),
  turned: Type.Array(
    Type.Object({
      id: Type.String(),
      at: Time,
      image: Type.String(),
      from: Type.String(),
      to: Type.String(),
      because: Type.Array(Type.String()),
      count: Type.Integer({ description: 'How many launches of the same turn the same way' }),
    }),
  ),
});
export type LaunchReplay = Static<typeof LaunchReplay>;

/** What applying documents would change, and which images that would turn. */
export const DocumentPlan = Type.Object({
  changes: Type.Array(DocumentChange),
  effects: Type.Object({
    images: Type.Integer({ description: 'Judged again from what is known of them' }),
    turned: Type.Array(
      Type.Object({
        image: Type.String(),
        from: CertificateState,
        to: CertificateState,
        because: Type.Array(Type.String()),
      }),
    ),
    launches: LaunchReplay,
  }),
});
export type DocumentPlan = Static<typeof DocumentPlan>;

export const ResolveQuery = Type.Object({
  repository: Type.String({
    maxLength: 600,
    description: 'registry/repository, by the name of the registry or of its gate',
  }),
  channel: Type.Optional(Type.String({ maxLength: 64 })),
  platform: Type.Optional(Type.String({ maxLength: 64 })),
});
export type ResolveQuery = Static<typeof ResolveQuery>;

/** The newest certified image of a repository, and why no newer one was picked. */
export const ResolveAnswer = Type.Object({
  repository: Type.String(),
  channel: Type.String(),
  platform: Type.String(),
  picked: Nullable(
    Type.Object({
      image: Type.String(),
      tag: Type.String(),
      digest: DigestText,
      created: Nullable(Time),
      expires: Time,
    }),
  ),
  rejected: Type.Array(Type.Object({ tag: Type.String(), digest: DigestText, reason: Type.String() })),
});
export type ResolveAnswer = Static<typeof ResolveAnswer>;

export const ResolutionQuery = Type.Object({ repository: ResolveQuery.properties.repository, ...PageQuery });
export type ResolutionQuery = Static<typeof ResolutionQuery>;
export const ResolutionView = Type.Object({
  channel: Type.String(),
  platform: Type.String(),
  tag: Type.String(),
  digest: DigestText,
  at: Time,
});
export const ResolutionPage = Page(ResolutionView);
export type ResolutionPage = Static<typeof ResolutionPage>;

export const QueueView = Type.Object({
  waiting: Type.Integer(),
  running: Type.Integer(),
  failed: Type.Integer(),
});
export type QueueView = Static<typeof QueueView>;
