import { describe, expect, it } from 'vitest';
import type { StoreRoom } from './opened-stores.ts';
import { digest } from './specimens.ts';

export function loginContract(room: StoreRoom): void {
  describe('logins', () => {
    it('take a login token once, before it expires', async () => {
      const { logins } = await room.fresh();
      await logins.putLoginToken(digest('fresh'), 100);
      await logins.putLoginToken(digest('old'), 10);
      expect(await logins.takeLoginToken(digest('unknown'), 5)).toBe(false);
      expect(await logins.takeLoginToken(digest('old'), 10)).toBe(false);
      const both = await Promise.all([
        logins.takeLoginToken(digest('fresh'), 50),
        logins.takeLoginToken(digest('fresh'), 50),
      ]);
      expect(both.sort()).toEqual([false, true]);
    });

    it('know sessions until they expire or end', async () => {
      const { logins } = await room.fresh();
      const session = { sessionDigest: digest('s'), created: 0, expires: 100 };
      await logins.putSession(session);
      expect(await logins.sessionValid(digest('s'), 99)).toBe(true);
      expect(await logins.sessionValid(digest('s'), 100)).toBe(false);
      expect(await logins.sessionValid(digest('other'), 0)).toBe(false);
      await logins.endSession(digest('s'));
      expect(await logins.sessionValid(digest('s'), 1)).toBe(false);
    });

    it('name API tokens, each name once', async () => {
      const { logins } = await room.fresh();
      await logins.putApiToken({ tokenDigest: digest('t'), name: 'ci', created: 7, role: 'pull' });
      await expect(
        logins.putApiToken({ tokenDigest: digest('u'), name: 'ci', created: 8, role: 'admin' }),
      ).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await logins.apiToken(digest('t'))).toEqual({ name: 'ci', created: 7, role: 'pull' });
      expect(await logins.apiToken(digest('u'))).toBeUndefined();
      expect(await logins.apiTokens()).toEqual([{ name: 'ci', created: 7, role: 'pull' }]);
      expect(await logins.removeApiToken('ci')).toBe(true);
      expect(await logins.removeApiToken('ci')).toBe(false);
      expect(await logins.apiToken(digest('t'))).toBeUndefined();
    });
  });
}
