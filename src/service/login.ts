import { randomBytes } from 'node:crypto';
import { type Clock, type Digest, digestOf } from '../base/index.ts';
import type { LoginStore } from '../model/index.ts';
import { ServiceError } from './service-error.ts';
import type { LoginService } from './services.ts';

/** Milliseconds that a one-time login token can be used. */
export const loginTokenLifetime = 60 * 60 * 1000;
/** Milliseconds that a session lasts, used or not. */
export const sessionLifetime = 12 * 60 * 60 * 1000;

type SecretKind = 'login' | 'session' | 'token';

/**
 * Who may use the server. A secret is 256 random bits behind a prefix that says what it is for, so that a leaked one is
 * recognized; it is shown once and the store keeps its SHA-256 digest alone. Digests of 256 random bits need no salt
 * and no slow hash: there is nothing to guess.
 */
export function createLoginService(options: {
  readonly logins: LoginStore;
  readonly clock: Clock;
  /** Random bytes, as many as asked for; of the operating system unless given. */
  readonly random?: (bytes: number) => Uint8Array;
}): LoginService {
  const { logins, clock, random = randomBytes } = options;

  function newSecret(kind: SecretKind): string {
    return `pw_${kind}_${Buffer.from(random(32)).toString('base64url')}`;
  }

  return {
    async issueLoginToken() {
      const token = newSecret('login');
      await logins.putLoginToken(digestOf(token), clock.now() + loginTokenLifetime);
      return token;
    },

    async redeemLoginToken(token) {
      const digest = digestOfSecret('login', token);
      const now = clock.now();
      if (digest === undefined || !(await logins.takeLoginToken(digest, now))) return undefined;
      const session = newSecret('session');
      const expires = now + sessionLifetime;
      await logins.putSession({ sessionDigest: digestOf(session), created: now, expires });
      return { session, expires };
    },

    async sessionValid(session) {
      const digest = digestOfSecret('session', session);
      return digest !== undefined && (await logins.sessionValid(digest, clock.now()));
    },

    async endSession(session) {
      const digest = digestOfSecret('session', session);
      if (digest !== undefined) await logins.endSession(digest);
    },

    async createApiToken(name, role = 'admin') {
      // Two at the same time get past this: then the store refuses the second as a conflict.
      if ((await logins.apiTokens()).some((token) => token.name === name)) {
        throw new ServiceError('token-exists', `There is an API token named ${name} already`, {
          remedy: 'Choose another name, or remove that token first',
        });
      }
      const token = newSecret('token');
      await logins.putApiToken({ tokenDigest: digestOf(token), name, created: clock.now(), role });
      return token;
    },

    async apiToken(token) {
      const digest = digestOfSecret('token', token);
      return digest === undefined ? undefined : logins.apiToken(digest);
    },

    apiTokens: () => logins.apiTokens(),
    removeApiToken: (name) => logins.removeApiToken(name),
  };
}

/** Undefined for text that cannot be a secret of ours: a session is no API token, and nothing long is ever hashed. */
function digestOfSecret(kind: SecretKind, secret: string): Digest | undefined {
  const prefix = `pw_${kind}_`;
  return secret.length === prefix.length + 43 && secret.startsWith(prefix) ? digestOf(secret) : undefined;
}
