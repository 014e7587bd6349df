import type { ManifestField } from './manifest-field.ts';

export type Labels = ReadonlyMap<string, string>;

export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** All must hold; none are all. `matchLabels` are written as `In` of one (meta/v1 LabelSelector). */
export interface LabelSelector {
  readonly requirements: readonly LabelRequirement[];
  /** Equal for equal selectors: what they are indexed and named by. */
  readonly key: string;
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/** A LabelSelector; absent is undefined, which is not the same as empty. */
export function readLabelSelector(field: ManifestField): LabelSelector | undefined {
  if (field.isAbsent) return undefined;
  const requirements: LabelRequirement[] = [];
  field.only('matchLabels', 'matchExpressions');
  for (const [key, value] of field.field('matchLabels').texts())
    requirements.push({ key, operator: 'In', values: [value] });
  for (const expression of field.field('matchExpressions').items() ?? []) {
    expression.only('key', 'operator', 'values');
    const operator = expression.field('operator').need(expression.field('operator').oneOf(operators));
    const values = (expression.field('values').items() ?? []).map((value) => value.need(value.text()));
    const takesValues = operator === 'In' || operator === 'NotIn';
    if (takesValues !== values.length > 0)
      expression
        .field('values')
        .fail(takesValues ? `must not be empty with ${operator}` : `must be empty with ${operator}`);
    const key = expression.field('key').need(expression.field('key').text());
    requirements.push({ key, operator, values: [...new Set(values)].sort() });
  }
  return selectorOf(requirements);
}

export function selectorOf(requirements: readonly LabelRequirement[]): LabelSelector {
  const words = requirements.map(writeRequirement).sort();
  return { requirements, key: [...new Set(words)].join(',') };
}

/** As `kubectl -l` has it; names that hold its signs are quoted, so that no two selectors are written the same. */
function writeRequirement({ key, operator, values }: LabelRequirement): string {
  const name = quoteText(key);
  if (operator === 'Exists') return name;
  if (operator === 'DoesNotExist') return `!${name}`;
  if (operator === 'In' && values.length === 1) return `${name}=${quoteText(values[0] ?? '')}`;
  return `${name} ${operator === 'In' ? 'in' : 'notin'} (${values.map(quoteText).join(',')})`;
}

export function quoteText(text: string): string {
  return /^[\w./-]*$/.test(text) ? text : JSON.stringify(text);
}

export const everyLabel: LabelSelector = selectorOf([]);

/** A label that is not there is not in any set: `NotIn` holds then (labels.Requirement.Matches). */
export function requirementHolds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = labels.get(key);
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  const isIn = value !== undefined && values.includes(value);
  return operator === 'In' ? isIn : !isIn;
}

export function selectorHolds(selector: LabelSelector, labels: Labels): boolean {
  return selector.requirements.every((requirement) => requirementHolds(requirement, labels));
}
