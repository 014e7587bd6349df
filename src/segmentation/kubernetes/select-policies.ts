import type { ClusterPolicy } from './cluster-policy.ts';
import type { PodIndex } from './pod-index.ts';

/** Which policies select which Pods, in one direction. */
export interface SelectedPolicies {
  /** By index of the Pods: those with the same policies are of one class. */
  readonly classes: readonly number[];
  /** In the order in which they are asked. */
  readonly policiesOf: (of: number) => readonly ClusterPolicy[];
}

/** A class is another with one more subject, so that it costs no more than that however many policies there are. */
interface PolicyClass {
  readonly rest: PolicyClass | undefined;
  readonly numbers: readonly number[];
}

/** Policies are given in the order in which they are asked. */
export function selectPolicies(
  direction: 'inbound' | 'outbound',
  index: PodIndex,
  policies: readonly ClusterPolicy[],
): SelectedPolicies {
  const bySubject = new Map<string, { readonly pods: readonly number[]; readonly numbers: number[] }>();
  for (const [number, policy] of policies.entries()) {
    if (policy[direction] === undefined) continue;
    const name = index.nameOf(policy.subject);
    const known = bySubject.get(name);
    if (known === undefined) bySubject.set(name, { pods: index.select(policy.subject), numbers: [number] });
    else known.numbers.push(number);
  }
  const all: PolicyClass[] = [{ rest: undefined, numbers: [] }];
  const classes = index.pods.map(() => 0);
  for (const { pods, numbers } of bySubject.values()) {
    // Of each class the Pods of the subject become another.
    const split = new Map<number, number>();
    for (const at of pods) {
      const before = classes[at] ?? 0;
      const after = split.get(before) ?? all.push({ rest: all[before], numbers }) - 1;
      split.set(before, after);
      classes[at] = after;
    }
  }
  const known = new Map<number, readonly ClusterPolicy[]>();
  return {
    classes,
    policiesOf: (of) => {
      const found = known.get(of) ?? collect(all[of]).flatMap((number) => policies[number] ?? []);
      known.set(of, found);
      return found;
    },
  };
}

function collect(of: PolicyClass | undefined): readonly number[] {
  const numbers: number[] = [];
  for (let part = of; part !== undefined; part = part.rest) for (const number of part.numbers) numbers.push(number);
  return numbers.sort((a, b) => a - b);
}
