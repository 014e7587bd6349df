import { type Static, Type } from 'typebox';
import { Nullable, PageQuery, Severity, Time } from './common.ts';
import { ProblemView } from './images.ts';

const ContainerView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  host: Type.String(),
  engine: Type.String(),
  image: Type.String(),
  digest: Type.String({ description: 'Image ID' }),
});

/** Something that a container has and that its image did not bring. */
export const DriftRow = Type.Object({
  rule: Type.String(),
  title: Type.String({ description: 'The same for all of a rule' }),
  remedy: Type.String(),
  severity: Severity,
  confidence: Type.Enum(['certain', 'likely', 'guess']),
  subject: Type.String({ description: 'Path in the container, or package URL' }),
  detail: Type.String(),
  container: ContainerView,
  absentAt: Type.Union([Time], { description: 'It was not there: the look before, or the start of the container' }),
  firstSeen: Time,
  lastSeen: Time,
  changedAt: Nullable(Time),
  goneAt: Nullable(Time),
});
export type DriftRow = Static<typeof DriftRow>;

export const DriftQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200, description: 'In container, image, host, path or package' })),
  severity: Type.Optional(Severity),
  state: Type.Optional(
    Type.Enum(['running', 'all'], { description: 'Of containers that run now, or of all that ran' }),
  ),
  gone: Type.Optional(Type.Boolean({ description: 'Also what is there no longer' })),
  ...PageQuery,
});
export type DriftQuery = Static<typeof DriftQuery>;

export const DriftPage = Type.Object({
  items: Type.Array(DriftRow, { description: 'Newest first' }),
  total: Type.Integer({ description: 'Of all that match, not of this page' }),
  looks: Type.Object({
    looked: Type.Integer({ description: 'Running containers that were looked at' }),
    failed: Type.Integer({ description: 'Of those, whose last look failed or could not see everything' }),
    drifted: Type.Integer({ description: 'Of those, that have something their image did not bring' }),
    running: Type.Integer({ description: 'Running containers: what was not looked at is not clean' }),
  }),
});
export type DriftPage = Static<typeof DriftPage>;

export const LookInput = Type.Object({
  container: Type.String({
    minLength: 1,
    maxLength: 300,
    description: 'Name, or 4 or more leading hex digits of its ID',
  }),
});
export type LookInput = Static<typeof LookInput>;

/** What came of looking at a container. */
export const LookView = Type.Object({
  state: Type.Enum(['looked', 'failed', 'queued'], {
    description: 'queued: the agent of its host looks as soon as it can',
  }),
  container: ContainerView,
  message: Nullable(Type.String({ description: 'Why it failed, or who will look' })),
  seenBy: Nullable(Type.Enum(['storage', 'engine'])),
  appeared: Type.Integer({ description: 'Findings that are new' }),
  items: Type.Array(DriftRow),
  more: Type.Integer({ description: 'Findings that are not listed' }),
  problems: Type.Array(ProblemView, { description: 'What could not be looked at' }),
});
export type LookView = Static<typeof LookView>;
