import { type RawBuilder, sql } from 'kysely';
import type { DatabaseKind } from './database.ts';

/**
 * Many values in one bind parameter, as JSON that the database takes apart: the text of a statement stays the same for
 * any number of rows, so that it is prepared once and no limit of parameters is met.
 */
type ColumnType = 'text' | 'bigint';
type Cell = string | number | null;

/** A table to select from: `from (…) as input`, with these columns, a row for each of `rows` in the same order. */
export function tableOf<Column extends string>(
  kind: DatabaseKind,
  columns: Readonly<Record<Column, ColumnType>>,
  rows: readonly (readonly Cell[])[],
): RawBuilder<Record<Column, Cell>> {
  const cells = Object.entries(columns).map(([name, type], index) => {
    const cell = sql`element.value ->> ${sql.lit(index)}`;
    return sql`cast(${cell} as ${sql.raw(String(type))}) as ${sql.ref(name)}`;
  });
  return sql`(select ${sql.join(cells)} from ${elements(kind, rows)}) as input`;
}

/** For `in`: a list of row numbers of any length. */
export function numbersOf(kind: DatabaseKind, numbers: readonly number[]): RawBuilder<number> {
  return sql`(select cast(element.value as bigint) as id from ${elements(kind, numbers)})`;
}

/** For `in`: a list of texts of any length. */
export function textsOf<Text extends string>(kind: DatabaseKind, texts: readonly Text[]): RawBuilder<Text> {
  if (kind === 'sqlite') return sql`(select element.value from json_each(${JSON.stringify(texts)}) as element)`;
  return sql`(select element.value from jsonb_array_elements_text(cast(${JSON.stringify(texts)} as jsonb)) as element(value))`;
}

function elements(kind: DatabaseKind, values: readonly unknown[]): RawBuilder<unknown> {
  const json = JSON.stringify(values);
  return kind === 'sqlite'
    ? sql`json_each(${json}) as element`
    : sql`jsonb_array_elements(cast(${json} as jsonb)) as element(value)`;
}

/** Parts of a list, so that no statement holds the event loop or the server for long. */
export function* chunksOf<Item>(items: readonly Item[], size = 1000): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
