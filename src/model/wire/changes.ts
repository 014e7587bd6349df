import { type Static, Type } from 'typebox';
import { AdvisorySummary } from './advisory.ts';
import { Nullable, PageQuery, Severity, Time } from './common.ts';

const Kind = Type.Enum(['newly-affected', 'no-longer-affected']);

/** What became known of a component after it had been judged, and whom it concerns now. */
export const ChangeView = Type.Object({
  id: Type.Integer(),
  at: Time,
  kind: Kind,
  advisory: Type.String({ description: 'The flaw: the CVE where there is one' }),
  severity: Severity,
  feed: Type.String(),
  component: Type.String({ description: 'Package URL' }),
  name: Type.String(),
  version: Type.String(),
  evidence: Type.Enum(['installed', 'declared', 'claimed'], {
    description: 'Declared by a lock file or claimed by a bill of materials alone: whether it is there is not known',
  }),
  fixedIn: Nullable(Type.String()),
  images: Type.Integer({ description: 'Images that hold, declare or claim it, running or not' }),
  running: Type.Integer({ description: 'Containers that run these images now' }),
});
export type ChangeView = Static<typeof ChangeView>;

export const ChangeQuery = Type.Object({
  since: Type.Optional(Type.String({ maxLength: 40, description: 'An instant or a date' })),
  kind: Type.Optional(Kind),
  severity: Type.Optional(
    Type.Enum(['critical', 'high', 'medium', 'low', 'negligible'], { description: 'That bad or worse, or not rated' }),
  ),
  ...PageQuery,
});
export type ChangeQuery = Static<typeof ChangeQuery>;
export const ChangePage = Type.Object({ items: Type.Array(ChangeView), total: Type.Integer() });
export type ChangePage = Static<typeof ChangePage>;

export const ImpactQuery = Type.Object({
  at: Type.Optional(Type.String({ maxLength: 40, description: 'Who ran it then; now unless said' })),
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, default: 100 })),
});
export type ImpactQuery = Static<typeof ImpactQuery>;

/** What one flaw means for the fleet. */
export const Impact = Type.Object({
  advisory: AdvisorySummary,
  components: Type.Array(
    Type.Object({
      component: Type.String(),
      name: Type.String(),
      version: Type.String(),
      severity: Severity,
      fixedIn: Nullable(Type.String()),
      since: Type.String({ description: 'When it could first be said that it is affected' }),
      suppressed: Type.Boolean({ description: 'Cleared by a trusted author' }),
      evidence: Type.Enum(['installed', 'declared', 'claimed'], {
        description: 'What is merely declared or claimed is not in the totals',
      }),
      images: Type.Integer(),
      running: Type.Integer(),
    }),
  ),
  images: Type.Object({
    total: Type.Integer(),
    items: Type.Array(
      Type.Object({
        imageId: Type.String(),
        image: Type.String(),
        running: Type.Integer(),
        component: Type.String(),
        layer: Type.Integer(),
        baseImage: Nullable(
          Type.Object({
            name: Nullable(Type.String()),
            digest: Nullable(Type.String()),
            brings: Nullable(
              Type.Boolean({ description: 'Whether the base image has it; null where that cannot be told' }),
            ),
          }),
        ),
      }),
    ),
  }),
  containers: Type.Object({
    total: Type.Integer(),
    undetermined: Type.Integer(),
    unread: Type.Integer(),
    items: Type.Array(
      Type.Object({
        id: Type.String(),
        name: Type.String(),
        host: Type.String(),
        image: Type.String(),
        digest: Type.String(),
        started: Time,
        ended: Nullable(Time),
        component: Type.String(),
      }),
    ),
  }),
  hosts: Type.Array(Type.String(), { description: 'Machines whose own packages are affected' }),
  history: Type.Array(Type.Object({ day: Type.String(), running: Type.Integer() }), {
    description: 'Containers that ran what is known to be affected now, on each of the last 90 days',
  }),
});
export type Impact = Static<typeof Impact>;
