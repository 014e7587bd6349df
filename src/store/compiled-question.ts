import type { CompiledQuery } from 'kysely';
import type { Queries } from './database.ts';

/** A text that stands for a value until there is one; nothing else of a question looks like it. */
const placeOf = (at: number): string => `\0${at}`;

interface Statement<Row> {
  compile(): CompiledQuery<Row>;
}

/**
 * A question for one row that is asked again and again with other texts: compiled when it is asked first, since that takes
 * longer than answering it.
 */
export function compileQuestion<Texts extends readonly string[], Row>(
  queries: Queries,
  build: (...texts: Texts) => Statement<Row>,
): (...texts: Texts) => Promise<Row | undefined> {
  let compiled: CompiledQuery<Row> | undefined;
  return async (...texts) => {
    compiled ??= build(...(texts.map((_, at) => placeOf(at)) as unknown as Texts)).compile();
    const parameters = compiled.parameters.map((given) => {
      const at = texts.findIndex((_, index) => given === placeOf(index));
      return at < 0 ? given : texts[at];
    });
    const { rows } = await queries.executeQuery({ ...compiled, parameters } as CompiledQuery<Row>);
    return rows[0];
  };
}

/** Rows that one statement takes. */
const mostRows = 200;

/**
 * Puts rows, compiled once for each number of them. Every row has the same columns in the same order, and the statement has no
 * other values than those.
 */
export function compileInsert<Row extends object>(
  build: (queries: Queries, rows: readonly Row[]) => Statement<unknown>,
): (queries: Queries, rows: readonly Row[]) => Promise<void> {
  const compiled = new Map<number, CompiledQuery<unknown>>();
  return async (queries, all) => {
    for (let at = 0; at < all.length; at += mostRows) {
      const rows = all.slice(at, at + mostRows);
      const statement = compiled.get(rows.length) ?? build(queries, rows).compile();
      compiled.set(rows.length, statement);
      await queries.executeQuery({ ...statement, parameters: rows.flatMap((row) => Object.values(row)) });
    }
  };
}
