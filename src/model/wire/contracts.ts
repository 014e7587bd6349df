import { type Static, Type } from 'typebox';
import { contractPlaces } from '../contract-place.ts';
import { Nullable, Time } from './common.ts';

const Days = Type.Integer({
  minimum: 1,
  maximum: 30,
  default: 7,
  description: 'Of how many days starts are looked at',
});
const ContractText = Type.String({ maxLength: 1_048_576, description: 'One InputContract document, as YAML or JSON' });

export const ContractDraftInput = Type.Object({
  image: Type.String({ minLength: 1, maxLength: 512, description: 'registry/repository, with or without a tag' }),
});
export type ContractDraftInput = Static<typeof ContractDraftInput>;
/** An input contract as starts would have it, for a person to read and sign. */
export const ContractDraft = Type.Object({
  text: Type.String({ description: 'An InputContract document as YAML' }),
  starts: Type.Integer({ description: 'From how many starts it was learned' }),
  since: Nullable(Time),
});
export type ContractDraft = Static<typeof ContractDraft>;

/** What was seen of one input in recorded starts. Never a secret: of those nothing but how often. */
export const SeenInput = Type.Object({
  starts: Type.Integer(),
  refused: Type.Integer({ description: 'Of these starts: how many were refused, for whatever reason' }),
  containers: Type.Integer({ description: 'How many names of containers passed it' }),
  hosts: Type.Integer(),
  lastAt: Time,
  launch: Type.String({ description: 'The last of them' }),
  kinds: Type.Array(Type.Object({ kind: Type.String(), starts: Type.Integer() }), {
    description: 'What it was: url, path, number; "from secret" where it was taken from elsewhere; of a mount its type',
  }),
  secret: Type.Boolean({ description: 'It is one in at least one start: values are not told' }),
  values: Type.Array(Type.String(), { description: 'At most five different ones, where they are short and no secret' }),
  distinct: Type.Integer({ description: 'How many different values were recorded' }),
  lengths: Nullable(Type.Object({ min: Type.Integer(), max: Type.Integer() })),
  hidden: Type.Integer({ description: 'In how many starts its value is not in the record' }),
});
export type SeenInput = Static<typeof SeenInput>;

/** One input: what a contract makes of what was seen of it. */
export const ContractInput = Type.Object({
  place: Type.Enum([...contractPlaces]),
  name: Type.String({ description: 'Of a variable its name, of an argument its flag, empty where it is none' }),
  listed: Type.Boolean({ description: 'The contract has a line for it' }),
  unfit: Type.Array(
    Type.Object({
      evidence: Type.String({ description: 'What the contract has against it, without its value' }),
      starts: Type.Integer(),
      launches: Type.Array(Type.String(), { description: 'The last of them, three at most' }),
    }),
  ),
  seen: Nullable(SeenInput),
  suggestion: Nullable(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'The line that would allow what was seen, where it has none and can have one',
    }),
  ),
});
export type ContractInput = Static<typeof ContractInput>;

/** What a contract would refuse, the same starts counted once. */
export const RefusedStart = Type.Object({
  id: Type.String({ description: 'The last of them' }),
  at: Time,
  host: Type.String(),
  image: Type.String(),
  name: Nullable(Type.String({ description: 'Of the container' })),
  count: Type.Integer(),
  findings: Type.Array(Type.Object({ path: Type.String(), subject: Type.String(), evidence: Type.String() })),
});
export type RefusedStart = Static<typeof RefusedStart>;

const Held = {
  starts: Type.Integer({ description: 'Recorded starts of its images; a start that two gates saw counts twice' }),
  refuses: Type.Integer({ description: 'How many of them have an input that it does not allow' }),
  lastAt: Nullable(Time),
};

/** A contract held against recorded starts. */
export const ContractSight = Type.Object({
  ...Held,
  days: Type.Integer(),
  since: Nullable(Type.String({ format: 'date-time', description: 'The first of the starts' })),
  whole: Type.Boolean({ description: 'False: only the newest starts of these days were looked at' }),
  containers: Type.Integer(),
  hosts: Type.Integer(),
  conflicts: Type.Array(Type.String(), { description: 'Contracts that speak of some of these images as exactly' }),
  inputs: Type.Array(ContractInput),
  refused: Type.Array(RefusedStart, { description: 'The newest, a hundred at most' }),
});
export type ContractSight = Static<typeof ContractSight>;

const Effect = Nullable(
  Type.Enum(['refuse', 'observe', 'ignore', 'mixed'], {
    description: 'What launch policies in force make of what does not fit, in its starts',
  }),
);
const Mode = Type.Enum(['enforce', 'observe']);

/** A contract in force. */
export const ContractRow = Type.Object({
  name: Type.String(),
  description: Type.String(),
  images: Type.Array(Type.String()),
  mode: Mode,
  effect: Effect,
  ...Held,
  unlisted: Type.Integer({
    description: 'Inputs that were seen, and that it closes out since it has no line for them',
  }),
  appliedAt: Time,
  appliedBy: Type.String(),
});
export type ContractRow = Static<typeof ContractRow>;

/** Contracts in force, and images that start without one. */
export const ContractList = Type.Object({
  days: Type.Integer(),
  whole: Type.Boolean({ description: 'False: only the newest starts of these days were looked at' }),
  items: Type.Array(ContractRow),
  without: Type.Array(
    Type.Object({
      image: Type.String({ description: 'registry/repository' }),
      starts: Type.Integer(),
      lastAt: Time,
      attested: Type.Boolean({ description: 'A contract came with the image' }),
    }),
  ),
});
export type ContractList = Static<typeof ContractList>;

export const ContractQuery = Type.Object({ days: Type.Optional(Days) });
export type ContractQuery = Static<typeof ContractQuery>;

/** A contract in force beside what was seen. */
export const ContractDetail = Type.Object({
  name: Type.String(),
  mode: Mode,
  effect: Effect,
  appliedAt: Time,
  appliedBy: Type.String(),
  text: Type.String({ description: 'As YAML' }),
  sight: ContractSight,
});
export type ContractDetail = Static<typeof ContractDetail>;

export const ContractLookInput = Type.Object({ text: ContractText, days: Type.Optional(Days) });
export type ContractLookInput = Static<typeof ContractLookInput>;

export const ContractTestInput = Type.Object({
  text: ContractText,
  launches: Type.String({
    minLength: 1,
    maxLength: 1_048_576,
    description:
      'A compose file, a manifest of Kubernetes, a config.json, a body of the Docker API, lines of docker run',
  }),
});
export type ContractTestInput = Static<typeof ContractTestInput>;
/** Launches held against a contract. */
export const ContractTrials = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String(),
      container: Type.String(),
      contract: Nullable(Type.String()),
      state: Type.Enum(['good', 'bad', 'no-contract', 'unreadable'], {
        description: 'no-contract: it does not speak of this image; unreadable: it is no launch',
      }),
      findings: Type.Array(Type.Object({ path: Type.String(), subject: Type.String(), evidence: Type.String() })),
    }),
  ),
});
export type ContractTrials = Static<typeof ContractTrials>;
