import { type Static, Type } from 'typebox';
import { CertificateState } from './certificates.ts';
import { DigestText, Nullable, Time } from './common.ts';

export const RegistryView = Type.Object({
  name: Type.String(),
  host: Type.String(),
  gates: Type.Array(Type.String(), { description: 'Hosts under which engines reach it through the registry gate' }),
  trusted: Type.Array(Type.String(), { description: 'Repositories that only certified images enter' }),
  account: Nullable(Type.String()),
  platform: Nullable(Type.String()),
  reachable: Type.Boolean({ description: 'Whether it answered just now, and took the login where it wants one' }),
  message: Nullable(Type.String({ description: 'Why it is not reachable' })),
});
export type RegistryView = Static<typeof RegistryView>;
export const RegistryList = Type.Object({ items: Type.Array(RegistryView) });
export type RegistryList = Static<typeof RegistryList>;

export const RegistryDiffQuery = Type.Object({
  repository: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
      maxItems: 100,
      description: 'Paths, the same in each registry; default: each that has certified tags',
    }),
  ),
  registry: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
      maxItems: 50,
      description: 'Names of Registry documents, or hosts; default: each that has a document',
    }),
  ),
});
export type RegistryDiffQuery = Static<typeof RegistryDiffQuery>;

/** A tag of a repository in one registry. */
export const RegistryCell = Type.Object({
  state: Type.Enum(['present', 'absent', 'unknown'], { description: 'unknown: it could not be looked at' }),
  digest: Nullable(DigestText),
  certificate: Nullable(CertificateState),
  signed: Nullable(
    Type.Boolean({
      description: 'By the trust roots of that registry; null where it has none, or who signed it could not be checked',
    }),
  ),
  platforms: Nullable(Type.Array(Type.String(), { description: 'null where they are not known' })),
  created: Nullable(Time),
  message: Nullable(Type.String({ description: 'What could not be looked at, and why' })),
});
export type RegistryCell = Static<typeof RegistryCell>;

export const RegistryDifferenceKind = Type.Enum([
  'different-digest',
  'certified-absent',
  'unsigned',
  'platform-missing',
  'older-build',
  'older-base',
]);
export const RegistryDifference = Type.Object({
  kind: RegistryDifferenceKind,
  registries: Type.Array(Type.String(), {
    description:
      'Which it is said of: those that lack something or are behind; all that have the tag where digests differ',
  }),
  message: Type.String(),
});
export type RegistryDifference = Static<typeof RegistryDifference>;

/** The same repositories in several registries, tag by tag. */
export const RegistryDiff = Type.Object({
  registries: Type.Array(Type.Object({ name: Type.String(), host: Type.String() })),
  rows: Type.Array(
    Type.Object({
      repository: Type.String(),
      tag: Type.String(),
      cells: Type.Array(RegistryCell, { description: 'One for each of the registries, in their order' }),
      differences: Type.Array(RegistryDifference),
    }),
  ),
  failures: Type.Array(Type.Object({ registry: Type.String(), repository: Type.String(), message: Type.String() }), {
    description: 'Whose tags could not be listed: they are not absent, but unknown',
  }),
  different: Type.Integer({ description: 'Rows with a difference' }),
  unknown: Type.Integer({ description: 'Lists and cells of which something could not be looked at' }),
  left: Nullable(Type.String({ description: 'What was not compared because it is too much' })),
});
export type RegistryDiff = Static<typeof RegistryDiff>;
