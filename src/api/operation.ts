import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from 'fastify';
import { type Static, type TObject, type TSchema, Type } from 'typebox';
import { ErrorReply } from '../model/wire/index.ts';

/** Gives handlers the types of their schemas. */
export interface WireTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  readonly serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

export type WireServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  WireTypes
>;

const meanings = {
  400: 'The request is not as its schema says',
  401: 'No login, or one that is over',
  403: 'The request comes from a page of another origin',
  404: 'Not known here',
  409: 'In the way of something that is there already',
  413: 'The body is too large',
  415: 'The body is not JSON',
  429: 'Too many tries',
  502: 'A registry could not be read or written, or a trust root cannot be used: nothing was decided',
  500: 'The server failed; its log says why',
  503: 'The server cannot answer now',
} as const;
type ErrorStatus = keyof typeof meanings;

type ErrorReplies<Status extends ErrorStatus> = { readonly [status in Status]: typeof ErrorReply };

/** Error replies of an operation by status. */
export function errors<const Status extends ErrorStatus>(...statuses: readonly Status[]): ErrorReplies<Status> {
  const replies = statuses.map((status) => [status, { ...ErrorReply, description: meanings[status] }]);
  return Object.fromEntries(replies);
}

/** The error replies that every operation behind the login can give, and `more`. */
export function guarded<const Status extends ErrorStatus = never>(...more: readonly Status[]) {
  return { ...errors(401, 500, 503), ...errors(...more) };
}

/** The same, for operations that change something. */
export function changing<const Status extends ErrorStatus = never>(...more: readonly Status[]) {
  return { ...guarded(403), ...errors(...more) };
}

/**
 * The schema with nothing more allowed than it lists: a query that misspells `version` must not be answered as if there
 * were none.
 */
export function exactly<Schema extends TObject>(schema: Schema): Schema {
  return { ...schema, additionalProperties: false };
}

/** A query string that asks for nothing. */
export const NoQuery = exactly(Type.Object({}));

/** A reply without body. */
export const NoContent = Type.Unsafe<undefined>({ type: 'null', description: 'Done' });

/** For operations that are answered without a login. */
export const open = { security: [] } as const;
