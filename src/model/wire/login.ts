import { type Static, Type } from 'typebox';
import { Time } from './common.ts';

export const LoginInput = Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) });
export type LoginInput = Static<typeof LoginInput>;
export const SessionView = Type.Object({ authenticated: Type.Boolean(), version: Type.String() });
export type SessionView = Static<typeof SessionView>;
export const TokenRoleView = Type.Enum(['admin', 'push', 'pull'], {
  description: 'admin: all of the API. push, pull: images through the registry gate, and nothing else',
});
export const ApiTokenInput = Type.Object({
  name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' }),
  role: Type.Optional(TokenRoleView),
});
export type ApiTokenInput = Static<typeof ApiTokenInput>;
/** The token itself is shown this once. */
export const ApiTokenCreated = Type.Object({ name: Type.String(), token: Type.String() });
export type ApiTokenCreated = Static<typeof ApiTokenCreated>;
export const ApiTokenList = Type.Object({
  items: Type.Array(Type.Object({ name: Type.String(), created: Time, role: TokenRoleView })),
});
export type ApiTokenList = Static<typeof ApiTokenList>;
