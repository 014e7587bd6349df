import { type Static, Type } from 'typebox';
import { launchGates } from '../launch-record.ts';
import { PolicyFindingView } from './certificates.ts';
import { DigestText, Nullable, Page, PageQuery, Time } from './common.ts';

const Outcome = Type.Enum(['allow', 'deny', 'undecided'], {
  description: 'undecided: what had to be known could not be looked at; no gate takes it for allow',
});
const Gate = Type.Enum([...launchGates]);

export const LaunchFindingView = Type.Object({
  ...PolicyFindingView.properties,
  path: Type.String({ description: 'Where it stands in what was asked: HostConfig.Binds[0]' }),
  observed: Type.Boolean({ description: 'It refuses nothing: policies only observe it' }),
  confidence: Type.Enum(['certain', 'likely', 'guess']),
});
export type LaunchFindingView = Static<typeof LaunchFindingView>;

/** One container of a launch. */
export const LaunchContainerView = Type.Object({
  name: Nullable(Type.String()),
  action: Type.Enum(['start', 'exec', 'update']),
  image: Nullable(Type.String({ description: 'As it was asked for' })),
  digest: Nullable(DigestText),
  standing: Type.Enum(['certified', 'refused', 'unknown'], { description: 'Of the image, when it was decided' }),
  standingReason: Nullable(Type.String()),
  contract: Nullable(Type.String({ description: 'Input contract that it was held against' })),
  fingerprint: DigestText,
});
export type LaunchContainerView = Static<typeof LaunchContainerView>;

export const LaunchView = Type.Object({
  id: Type.String(),
  at: Time,
  gate: Gate,
  host: Type.String(),
  who: Nullable(Type.String({ description: 'Where the engine tells' })),
  outcome: Outcome,
  observed: Type.Boolean({ description: 'A policy that only observes let it pass' }),
  cause: Nullable(Type.String({ description: 'Why it could not be decided, or not be read' })),
  message: Type.String({ description: 'What who asked was told' }),
  containers: Type.Array(LaunchContainerView),
  findings: Type.Array(LaunchFindingView),
});
export type LaunchView = Static<typeof LaunchView>;

/** A launch with what was asked, without its secrets. */
export const LaunchDetail = Type.Object({
  ...LaunchView.properties,
  requests: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  inputs: Type.Array(
    Type.Object({
      path: Type.String(),
      place: Type.String(),
      name: Nullable(Type.String()),
      kind: Type.String(),
      secret: Type.Boolean(),
    }),
  ),
  ticket: Nullable(Type.String({ description: 'That waits for a person, or was answered' })),
});
export type LaunchDetail = Static<typeof LaunchDetail>;

export const LaunchListQuery = Type.Object({
  outcome: Type.Optional(Outcome),
  gate: Type.Optional(Gate),
  host: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
  observed: Type.Optional(Type.Boolean()),
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 300, description: 'Of an image, or the start of an ID' })),
  ...PageQuery,
});
export type LaunchListQuery = Static<typeof LaunchListQuery>;
export const LaunchPage = Page(LaunchView);
export type LaunchPage = Static<typeof LaunchPage>;

const State = Type.Enum(['open', 'approved', 'refused']);
export const TicketView = Type.Object({
  id: Type.String(),
  fingerprint: DigestText,
  decision: Type.String({ description: 'The launch that was held first' }),
  openedAt: Time,
  host: Type.String(),
  who: Nullable(Type.String()),
  image: Nullable(Type.String()),
  state: State,
  answer: Nullable(
    Type.Object({ by: Type.String(), at: Time, reason: Type.String(), until: Nullable(Time), isOver: Type.Boolean() }),
  ),
  request: Type.Record(Type.String(), Type.Unknown()),
});
export type TicketView = Static<typeof TicketView>;
export const TicketQuery = Type.Object({ state: Type.Optional(State), ...PageQuery });
export type TicketQuery = Static<typeof TicketQuery>;
export const TicketPage = Page(TicketView);
export type TicketPage = Static<typeof TicketPage>;

export const TicketAnswerInput = Type.Object({
  state: Type.Enum(['approved', 'refused']),
  reason: Type.String({ minLength: 1, maxLength: 2000 }),
  until: Type.Optional(
    Type.String({ format: 'date-time', description: 'Until when the same launch passes; a year from now at most' }),
  ),
});
export type TicketAnswerInput = Static<typeof TicketAnswerInput>;
