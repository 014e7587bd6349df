import { digestOf } from '../../base/index.ts';
import type { ApiToken } from '../../model/index.ts';
import type { LoginService } from '../../service/index.ts';

/** How long a token is taken for good without asking, and how long while the store is away, in milliseconds. */
const freshFor = 1000;
const usableFor = 24 * 3_600_000;
const mostRemembered = 10_000;

/**
 * Tokens that were good, so that one image with a hundred layers asks the store once, and so that whoever pulled before goes
 * on pulling while the store is away. Only digests of tokens are kept. A token that is removed is good for a second more.
 */
export function rememberTokens(
  login: Pick<LoginService, 'apiToken'>,
  now: () => number,
): Pick<LoginService, 'apiToken'> {
  const known = new Map<string, { readonly token: ApiToken; readonly at: number }>();
  return {
    async apiToken(secret) {
      const key = digestOf(secret);
      const before = known.get(key);
      if (before && now() - before.at < freshFor) return before.token;
      try {
        const token = await login.apiToken(secret);
        known.delete(key);
        if (token) known.set(key, { token, at: now() });
        const [oldest] = known.keys();
        if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
        return token;
      } catch (error) {
        if (before && now() - before.at < usableFor) return before.token;
        throw error;
      }
    },
  };
}
