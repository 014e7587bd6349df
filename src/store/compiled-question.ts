import type { CompiledQuery } from 'kysely';
import type { Queries } from './database.ts';

/** A text that stands for a value until there is one; nothing else of a question looks like it. */
const placeOf = (at: number): string => `\0${at}`;

interface Question<Row> {
  compile(): CompiledQuery<Row>;
}

/**
 * A question for one row that is asked again and again with other texts: compiled when it is asked first, since that takes
 * longer than answering it.
 */
export function compileQuestion<Texts extends readonly string[], Row>(
  queries: Queries,
  build: (...texts: Texts) => Question<Row>,
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
