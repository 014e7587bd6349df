import { type TSchema, Type } from 'typebox';

/** ISO 8601 in UTC. */
export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });
export const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
/** Text by any name. As a record of typebox it would be a pattern, which loses names with a line end in them. */
export const TextMap = Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: Type.String() });
export const DigestText = Type.String({ pattern: '^sha(256|512):[0-9a-f]+$' });
export const Severity = Type.Enum(['critical', 'high', 'medium', 'low', 'negligible', 'unknown']);
export const Page = <Schema extends TSchema>(items: Schema) =>
  Type.Object({
    items: Type.Array(items),
    total: Type.Integer({ description: 'Of all that match, not of this page' }),
  });
/** Query strings of every list. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
};
export const ErrorReply = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    remedy: Type.Optional(Type.String()),
  }),
});
