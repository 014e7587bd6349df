import type { LaunchVariable } from '../../model/index.ts';

/** The values by which `$(NAME)` is replaced. */
export interface VariableValues {
  /** Undefined where no variable has that name, or nobody here knows its value. */
  get(name: string): string | undefined;
}

/**
 * The values of variables in the order in which they are set, the last of a name wins; of the first `skipped` those that have
 * no value leave what an earlier one said. What is in the list when it is asked counts. Most containers refer to no variable, so
 * that nothing is indexed before the first question.
 */
export function indexValues(variables: readonly LaunchVariable[], from: number, skipped: number): VariableValues {
  const values = new Map<string, string>();
  let next = from;
  return {
    get(name) {
      for (; next < variables.length; next++) {
        const variable = variables[next] as LaunchVariable;
        if (variable.value !== undefined) values.set(variable.name, variable.value);
        else if (next >= skipped) values.delete(variable.name);
      }
      return values.get(name);
    },
  };
}
