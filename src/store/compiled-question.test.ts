import { afterAll, expect, it } from 'vitest';
import { compileInsert, compileQuestion } from './compiled-question.ts';
import { openSqlite } from './sqlite.ts';

const { reading: queries, close } = await openSqlite(':memory:');
afterAll(close);
await queries.schema
  .createTable('launch_tickets')
  .addColumn('fingerprint', 'text')
  .addColumn('ticket_id', 'text')
  .execute();

type Row = { readonly fingerprint: string; readonly ticket_id: string };
const put = compileInsert((given, rows: readonly Row[]) => given.insertInto('launch_tickets').values(rows as never));
const first = compileQuestion(queries, (fingerprint: string, after: string) =>
  queries
    .selectFrom('launch_tickets')
    .where('fingerprint', '=', fingerprint as never)
    .where('ticket_id', '>', after)
    .orderBy('ticket_id')
    .limit(1)
    .select('ticket_id'),
);

it('puts any number of rows, each value at its place', async () => {
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => ({
      fingerprint: `f${(from + at) % 3}`,
      ticket_id: String(1000 + from + at),
    }));
  await put(queries, []);
  for (const [from, count] of [
    [0, 2],
    [2, 2],
    [4, 401],
  ] as const)
    await put(queries, rows(from, count));
  const found = await queries
    .selectFrom('launch_tickets')
    .select(['fingerprint', 'ticket_id'])
    .orderBy('ticket_id')
    .execute();
  expect(found).toEqual(rows(0, 405));
});

it('asks with other texts, also where two are the same', async () => {
  expect(await first('f1', '1001')).toEqual({ ticket_id: '1004' });
  expect(await first('f2', '1001')).toEqual({ ticket_id: '1002' });
  expect(await first('f2', 'f2')).toBeUndefined();
  expect(await first("' or 1 --", '')).toBeUndefined();
});
