import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openSqlite } from './sqlite.ts';

it('says where a transaction failed that could not be committed', async () => {
  const { writing, close } = await openSqlite(':memory:');
  try {
    await sql`create table one (id integer primary key)`.execute(writing);
    await sql`create table two (one integer references one deferrable initially deferred)`.execute(writing);
    const lost = writing.transaction().execute((open) => sql`insert into two values (1)`.execute(open));
    await expect(lost).rejects.toMatchObject({
      name: 'StoreError',
      code: 'conflict',
      message: expect.stringMatching(/^:memory:: /),
    });
  } finally {
    await close();
  }
});
