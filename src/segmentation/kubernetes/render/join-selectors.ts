import { everyLabel, type LabelRequirement, type LabelSelector, selectorOf } from '../label-selector.ts';
import { exceptNamespaces, inNamespaces, type PodPeers } from './select-pods.ts';

/** Selectors of one part of a complement, beyond which it is not said. */
const mostParts = 32;

/** What both select; undefined where nothing can be both. */
export function joinSelectors(a: LabelSelector, b: LabelSelector): LabelSelector | undefined {
  const byKey = new Map<string, LabelRequirement[]>();
  for (const requirement of [...a.requirements, ...b.requirements])
    byKey.set(requirement.key, [...(byKey.get(requirement.key) ?? []), requirement]);
  const joined: LabelRequirement[] = [];
  for (const [key, of] of byKey) {
    const requirements = joinOfKey(key, of);
    if (requirements === undefined) return undefined;
    joined.push(...requirements);
  }
  return selectorOf(joined);
}

function joinOfKey(key: string, of: readonly LabelRequirement[]): readonly LabelRequirement[] | undefined {
  const has = (operator: LabelRequirement['operator']) => of.some((one) => one.operator === operator);
  const not = new Set(of.flatMap(({ operator, values }) => (operator === 'NotIn' ? values : [])));
  let values: readonly string[] | undefined;
  for (const one of of)
    if (one.operator === 'In') values = one.values.filter((value) => values === undefined || values.includes(value));
  if (has('DoesNotExist'))
    return values !== undefined || has('Exists') ? undefined : [{ key, operator: 'DoesNotExist', values: [] }];
  if (values !== undefined) {
    const left = values.filter((value) => !not.has(value));
    return left.length === 0 ? undefined : [{ key, operator: 'In', values: left }];
  }
  return [
    ...(has('Exists') ? [{ key, operator: 'Exists' as const, values: [] }] : []),
    ...(not.size > 0 ? [{ key, operator: 'NotIn' as const, values: [...not].sort() }] : []),
  ];
}

const opposites = { In: 'NotIn', NotIn: 'In', Exists: 'DoesNotExist', DoesNotExist: 'Exists' } as const;

/** Selectors that together have all that none of these has; undefined where it takes too many. */
export function invertSelectors(selectors: readonly LabelSelector[]): readonly LabelSelector[] | undefined {
  let parts: readonly LabelSelector[] = [everyLabel];
  for (const { requirements } of selectors) {
    const next = new Map<string, LabelSelector>();
    for (const part of parts)
      for (const requirement of requirements) {
        const inverse = selectorOf([{ ...requirement, operator: opposites[requirement.operator] }]);
        const joined = joinSelectors(part, inverse);
        if (joined !== undefined) next.set(joined.key, joined);
      }
    parts = withoutCovered([...next.values()]);
    if (parts.length > mostParts) return undefined;
  }
  return parts;
}

/** Without those that another has anyway. */
function withoutCovered(parts: readonly LabelSelector[]): readonly LabelSelector[] {
  return parts.filter((part) => !parts.some((other) => other !== part && joinSelectors(part, other)?.key === part.key));
}

/** Pods that none of these has, in all namespaces; undefined where it takes too many selectors. */
export function invertPods(selections: readonly PodPeers[]): readonly PodPeers[] | undefined {
  const named = new Set(
    selections.flatMap(({ namespaces }) => namespaces.requirements.flatMap(({ values }) => values)),
  );
  const parts = new Map<string, { readonly names: string[]; readonly inverse: readonly LabelSelector[] }>();
  for (const name of [...named].sort()) {
    const inverse = invertPodsIn(name, selections);
    if (inverse === undefined) return undefined;
    const key = inverse.map((selector) => selector.key).join('\n');
    const known = parts.get(key);
    if (known === undefined) parts.set(key, { names: [name], inverse });
    else known.names.push(name);
  }
  const elsewhere = invertPodsIn(undefined, selections);
  if (elsewhere === undefined) return undefined;
  const others = named.size === 0 ? everyLabel : exceptNamespaces([...named].sort());
  return [
    ...[...parts.values()].flatMap(({ names, inverse }) =>
      inverse.map((pods) => ({ namespaces: inNamespaces(names), pods })),
    ),
    ...elsewhere.map((pods) => ({ namespaces: others, pods })),
  ];
}

/** The same in one namespace, or in one that no selection names. */
export function invertPodsIn(
  namespace: string | undefined,
  selections: readonly PodPeers[],
): readonly LabelSelector[] | undefined {
  return invertSelectors(selections.filter((one) => isIn(one, namespace)).map(({ pods }) => pods));
}

/** Whether a selection has Pods of a namespace, undefined being one that it does not name. */
export function isIn({ namespaces }: PodPeers, namespace: string | undefined): boolean {
  return namespaces.requirements.every(
    ({ operator, values }) => (operator === 'In') === (namespace !== undefined && values.includes(namespace)),
  );
}
