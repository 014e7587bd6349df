import { type Static, Type } from 'typebox';
import { Nullable, Time } from './common.ts';

/** GET /api/v1/who-runs and `portwarden who-runs`. */
export const WhoRunsQuery = Type.Object({
  name: Type.String({
    minLength: 1,
    maxLength: 512,
    description: 'Name of a component or of its source package, or a package URL with or without a version',
  }),
  version: Type.Optional(Type.String({ maxLength: 256, description: "A range, such as '<2.17.1' or '>=1.0 <2'" })),
  at: Type.Optional(
    Type.String({
      maxLength: 40,
      description: 'An instant, or a date for any time of that day in UTC; now unless said',
    }),
  ),
  evidence: Type.Optional(
    Type.Enum(['installed', 'any'], {
      description: 'any: also images that merely declare it in a lock file, or claim it in a bill of materials',
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, default: 100 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
});
export type WhoRunsQuery = Static<typeof WhoRunsQuery>;

export const RunningContainer = Type.Object({
  id: Type.String({ description: "The engine's full container ID" }),
  name: Type.String(),
  host: Type.String(),
  engine: Type.String(),
  image: Type.String({ description: 'The reference it was started by' }),
  digest: Type.String({ description: 'Digest of the image configuration: the image ID' }),
  started: Time,
  ended: Nullable(Time),
  component: Type.String({ description: 'Package URL of what was found in it' }),
  evidence: Type.Enum(['installed', 'declared', 'claimed']),
  otherComponents: Type.Array(Type.String(), { description: 'Further components of its image that match' }),
});
export type RunningContainer = Static<typeof RunningContainer>;

export const WhoRunsAnswer = Type.Object({
  count: Type.Integer({ description: 'Containers that match, all of them' }),
  images: Type.Integer({ description: 'Distinct images of these containers' }),
  imagesNotRunning: Type.Integer({ description: 'Images that hold it and of which no container matched' }),
  hosts: Type.Array(Type.String(), { description: 'Machines whose own packages match' }),
  merely: Type.Integer({
    description:
      'Containers beside these whose images declare or claim it, and where nothing shows that it is installed',
  }),
  undetermined: Type.Integer({
    description: 'Containers with that component in a version that cannot be compared: neither counted nor cleared',
  }),
  unread: Type.Integer({
    description: 'Containers that ran then and whose image could not be read or was not read yet',
  }),
  containers: Type.Array(RunningContainer),
});
export type WhoRunsAnswer = Static<typeof WhoRunsAnswer>;
