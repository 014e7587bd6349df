import { type Static, Type } from 'typebox';
import { Nullable, Severity, Time } from './common.ts';

/** A flaw with all that the feeds say of it. */
export const AdvisorySummary = Type.Object({
  id: Type.String({ description: 'The CVE where there is one' }),
  aliases: Type.Array(Type.String()),
  title: Type.String(),
  severity: Severity,
  cvss: Nullable(Type.Object({ vector: Type.String(), version: Type.String(), score: Type.Number() })),
  knownExploited: Nullable(Type.Object({ since: Time, due: Nullable(Time), ransomware: Type.Boolean() })),
  epss: Nullable(Type.Object({ probability: Type.Number(), percentile: Type.Number() })),
  records: Type.Array(
    Type.Object({
      feed: Type.String(),
      id: Type.String(),
      summary: Type.String(),
      published: Nullable(Time),
      modified: Nullable(Time),
      learned: Type.String({ description: 'When the feed was first imported with it' }),
      withdrawn: Nullable(Time),
    }),
  ),
  references: Type.Array(Type.String()),
});
export type AdvisorySummary = Static<typeof AdvisorySummary>;
