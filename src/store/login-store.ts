import type { LoginStore } from '../model/index.ts';
import { plainText } from './codec.ts';
import type { Database } from './database.ts';
import { StoreError } from './store-error.ts';

export function createLoginStore(database: Database): LoginStore {
  const { reading } = database;
  return {
    async putLoginToken(tokenDigest, expires) {
      await database.write((queries) =>
        queries
          .insertInto('login_tokens')
          .values({ token_digest: tokenDigest, expires })
          .onConflict((conflict) => conflict.column('token_digest').doUpdateSet({ expires }))
          .execute(),
      );
    },
    takeLoginToken(tokenDigest, at) {
      return database.write(async (queries) => {
        const taken = await queries
          .deleteFrom('login_tokens')
          .where('token_digest', '=', tokenDigest)
          .returning('expires')
          .executeTakeFirst();
        await queries.deleteFrom('login_tokens').where('expires', '<=', at).execute();
        return taken !== undefined && taken.expires > at;
      });
    },
    async putSession({ sessionDigest, created, expires }) {
      await database.write(async (queries) => {
        await queries.deleteFrom('sessions').where('expires', '<=', created).execute();
        await queries
          .insertInto('sessions')
          .values({ session_digest: sessionDigest, created, expires })
          .onConflict((conflict) => conflict.column('session_digest').doUpdateSet({ created, expires }))
          .execute();
      });
    },
    async sessionValid(sessionDigest, at) {
      const found = reading.selectFrom('sessions').select('expires').where('session_digest', '=', sessionDigest);
      return (await found.where('expires', '>', at).executeTakeFirst()) !== undefined;
    },
    async endSession(sessionDigest) {
      await database.write((queries) =>
        queries.deleteFrom('sessions').where('session_digest', '=', sessionDigest).execute(),
      );
    },
    async putApiToken({ tokenDigest, name, created, role }) {
      const row = { token_digest: tokenDigest, name: plainText(name), created, role };
      const put = await database.write((queries) =>
        queries
          .insertInto('api_tokens')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .returning('name')
          .executeTakeFirst(),
      );
      if (!put)
        throw new StoreError('conflict', `There is an API token "${name}" already`, { remedy: 'Choose another name' });
    },
    async apiToken(tokenDigest) {
      const found = reading.selectFrom('api_tokens').where('token_digest', '=', tokenDigest);
      return found.select(['name', 'created', 'role']).executeTakeFirst();
    },
    async apiTokens() {
      return reading.selectFrom('api_tokens').select(['name', 'created', 'role']).orderBy('name').execute();
    },
    async removeApiToken(name) {
      const removed = await database.write((queries) =>
        queries.deleteFrom('api_tokens').where('name', '=', plainText(name)).returning('name').executeTakeFirst(),
      );
      return removed !== undefined;
    },
  };
}
