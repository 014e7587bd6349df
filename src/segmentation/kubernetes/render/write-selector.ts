import type { LabelSelector } from '../label-selector.ts';

/** As a LabelSelector of the API: equality as `matchLabels`, the rest as expressions. */
export function writeSelector({ requirements }: LabelSelector): object {
  const matchLabels: Record<string, string> = {};
  const matchExpressions: object[] = [];
  for (const { key, operator, values } of requirements) {
    const [value, ...more] = values;
    if (operator === 'In' && value !== undefined && more.length === 0 && !Object.hasOwn(matchLabels, key))
      matchLabels[key] = value;
    else matchExpressions.push({ key, operator, ...(values.length > 0 ? { values } : {}) });
  }
  return {
    ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}),
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
  };
}
