import type { VariableValues } from './known-values.ts';
import { type PodBudget, spend } from './pod-reading.ts';

/**
 * Replaces `$(NAME)` by the value of that variable, as the kubelet does in arguments, values of variables and subPathExpr
 * (k8s.io/kubernetes/third_party/forked/golang/expansion): `$$` is a dollar sign, and a name that is not known stays. Throws
 * LaunchError where the budget is spent: each variable may name the one before twice.
 */
export function expandReferences(text: string, values: VariableValues, budget: PodBudget, path: string): string {
  if (!text.includes('$')) return text;
  const parts: string[] = [];
  let length = 0;
  let from = 0;
  let closed = true;
  const put = (part: string) => {
    length += part.length;
    if (length > budget.expanded) spend(budget, 'expanded', path, length);
    parts.push(part);
  };
  for (let at = text.indexOf('$'); at >= 0 && at + 1 < text.length; at = text.indexOf('$', from)) {
    const next = text[at + 1];
    const end = next === '(' && closed ? text.indexOf(')', at + 2) : -1;
    // A search for the end that fails once fails for all that follow.
    if (next === '(' && end < 0) closed = false;
    const name = end < 0 ? '' : text.slice(at + 2, end);
    put(text.slice(from, at));
    if (end >= 0) {
      put(values.get(name) ?? text.slice(at, end + 1));
      from = end + 1;
    } else {
      put(next === '$' ? '$' : text.slice(at, at + 2));
      from = at + 2;
    }
  }
  put(text.slice(from));
  spend(budget, 'expanded', path, length);
  return parts.join('');
}
