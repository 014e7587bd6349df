import type { CelInput, CelList } from '@bufbuild/cel';
import { formatInstant } from '../base/index.ts';

type Cel = typeof import('@bufbuild/cel');

/** The library has no bounds of its own. Steps are items of lists that one evaluation goes through, some 10 µs each. */
export const conditionLimits = {
  characters: 4096,
  depth: 32,
  comprehensions: 2,
  steps: 100_000,
  textCharacters: 65_536,
};

/** Counted down by each item that is gone through; below 0 the evaluation ends. */
export interface BudgetedSteps {
  left: number;
}

/** A time among the variables, which CEL knows as a timestamp. */
export class ConditionTime {
  readonly text: string;
  constructor(instant: number) {
    this.text = formatInstant(instant);
  }
}

const deepest = 128;

/**
 * A value as the library takes it. Lists count what is gone through and convert an item when it is asked for; objects
 * become maps, so that no name of theirs means anything. Throws where a text is longer than is looked at.
 */
export function celInput(cel: Cel, value: unknown, steps: BudgetedSteps, depth = 0): CelInput {
  if (depth > deepest) throw new TypeError(`a value nests deeper than ${deepest} levels`);
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string') {
    if (value.length > conditionLimits.textCharacters)
      throw new TypeError(`a text is longer than ${conditionLimits.textCharacters} characters`);
    return value;
  }
  if (value instanceof ConditionTime) return cel.run('timestamp(text)', { text: value.text }) as CelInput;
  if (Array.isArray(value)) return countedList(cel, value, steps, depth);
  if (typeof value !== 'object') throw new TypeError('a value is none that JSON has');
  return cel.celMap(
    new Map(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, celInput(cel, item, steps, depth + 1)] as const),
    ),
  );
}

/** The library lets nobody implement its list: this is one of its own, whose items are looked at through a counter. */
function countedList(cel: Cel, items: readonly unknown[], steps: BudgetedSteps, depth: number): CelList {
  const take = (item: unknown): CelInput => {
    if (--steps.left < 0) throw new RangeError(`it takes more than ${conditionLimits.steps} steps`);
    return celInput(cel, item, steps, depth + 1);
  };
  // A list of one converts its item as the library does.
  const get = (index: number) => (index in items ? cel.celList([take(items[index])]).get(0) : undefined);
  function* values() {
    for (let index = 0; index < items.length; index++) yield get(index);
  }
  return Object.create(cel.celList([]), {
    size: { value: items.length },
    get: { value: get },
    values: { value: values },
    [Symbol.iterator]: { value: values },
  });
}
