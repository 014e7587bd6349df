import { CodedError, type Digest, type Instant } from '../../src/base/index.ts';
import type { ApiToken, LoginStore } from '../../src/model/index.ts';

/** A LoginStore in memory; `digests` is everything that it was ever given to keep. */
export function createMemoryLoginStore(): LoginStore & { readonly digests: Set<string> } {
  const loginTokens = new Map<Digest, Instant>();
  const sessions = new Map<Digest, Instant>();
  const apiTokens = new Map<Digest, ApiToken>();
  const digests = new Set<string>();
  return {
    digests,
    async putLoginToken(tokenDigest, expires) {
      digests.add(tokenDigest);
      loginTokens.set(tokenDigest, expires);
    },
    async takeLoginToken(tokenDigest, at) {
      const expires = loginTokens.get(tokenDigest);
      loginTokens.delete(tokenDigest);
      return expires !== undefined && at < expires;
    },
    async putSession({ sessionDigest, expires }) {
      digests.add(sessionDigest);
      sessions.set(sessionDigest, expires);
    },
    async sessionValid(sessionDigest, at) {
      return at < (sessions.get(sessionDigest) ?? 0);
    },
    async endSession(sessionDigest) {
      sessions.delete(sessionDigest);
    },
    async putApiToken({ tokenDigest, name, created, role }) {
      if ([...apiTokens.values()].some((token) => token.name === name)) {
        throw new CodedError('conflict', `There is an API token "${name}" already`);
      }
      digests.add(tokenDigest);
      apiTokens.set(tokenDigest, { name, created, role });
    },
    async apiToken(tokenDigest) {
      return apiTokens.get(tokenDigest);
    },
    async apiTokens() {
      return [...apiTokens.values()];
    },
    async removeApiToken(name) {
      for (const [digest, token] of apiTokens) if (token.name === name) return apiTokens.delete(digest);
      return false;
    },
  };
}
