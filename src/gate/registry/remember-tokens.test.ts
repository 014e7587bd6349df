import { expect, it } from 'vitest';
import { rememberTokens } from './remember-tokens.ts';

const good = { name: 'ci', created: 0, role: 'pull' } as const;

it('asks once a second, hears of removal, and goes on while the store is away, for a day', async () => {
  let now = 0;
  let asked = 0;
  let store: 'there' | 'removed' | 'away' = 'there';
  const tokens = rememberTokens(
    {
      async apiToken() {
        asked++;
        if (store === 'away') throw new Error('away');
        return store === 'there' ? good : undefined;
      },
    },
    () => now,
  );
  expect(await tokens.apiToken('secret')).toEqual(good);
  now = 999;
  expect(await tokens.apiToken('secret')).toEqual(good);
  expect(asked).toBe(1);
  store = 'away';
  now = 5000;
  expect(await tokens.apiToken('secret')).toEqual(good);
  await expect(tokens.apiToken('never seen')).rejects.toThrow('away');
  now = 25 * 3_600_000;
  await expect(tokens.apiToken('secret')).rejects.toThrow('away');
  store = 'removed';
  expect(await tokens.apiToken('secret')).toBeUndefined();
  store = 'away';
  await expect(tokens.apiToken('secret')).rejects.toThrow('away');
});
