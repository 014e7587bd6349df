import { type Static, Type } from 'typebox';
import { Nullable, Time } from './common.ts';

const Id = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' });
const Kind = Type.Enum(['webhook', 'slack', 'email']);
const Kinds = Type.Array(Type.Enum(['newly-affected', 'no-longer-affected', 'listed', 'new-peer']), {
  minItems: 1,
  maxItems: 4,
  description: 'Changes of verdicts, and events of traffic',
});
const Threshold = Type.Enum(['critical', 'high', 'medium', 'low', 'negligible']);

/** Somebody to be told of changes. A secret is never given here, only where it is kept. */
export const NotificationInput = Type.Object({
  id: Id,
  kind: Kind,
  address: Type.String({
    minLength: 1,
    maxLength: 2000,
    description: 'https://…, smtp://HOST?from=…&to=…, or where that is kept: env:NAME or file:/path',
  }),
  secret: Type.Optional(
    Type.String({
      pattern: '^(env|file):.+',
      maxLength: 1000,
      description: 'Where the key is kept that signs webhooks',
    }),
  ),
  kinds: Type.Optional(Kinds),
  severity: Type.Optional(Threshold),
  runningOnly: Type.Optional(Type.Boolean()),
});
export type NotificationInput = Static<typeof NotificationInput>;

export const NotificationView = Type.Object({
  id: Type.String(),
  kind: Kind,
  address: Type.String({ description: 'Without user, password, query and all but the beginning of the path' }),
  signed: Type.Boolean(),
  kinds: Kinds,
  severity: Threshold,
  runningOnly: Type.Boolean(),
  state: Type.Enum(['idle', 'waiting', 'failing']),
  backlog: Type.Integer({ description: 'Changes and events that it was not told of yet' }),
  attempts: Type.Integer({ description: 'Of the delivery that fails' }),
  lastDelivered: Nullable(Time),
  lastError: Nullable(Type.String()),
});
export type NotificationView = Static<typeof NotificationView>;
/** What came of a test message. */
export const NotificationTested = Type.Object({ delivered: Type.Boolean(), message: Type.String() });
export type NotificationTested = Static<typeof NotificationTested>;
export const NotificationList = Type.Object({ items: Type.Array(NotificationView) });
export type NotificationList = Static<typeof NotificationList>;
