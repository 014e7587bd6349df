import type { SecurityGroup } from '../../../model/index.ts';
import { invertPods } from './join-selectors.ts';
import { exceptNamespaces, isNamespace, type PodPeers, type SelectedPods, selectPods } from './select-pods.ts';

export interface GroupMembers {
  /** By index of the selector: undefined where no Pod can be a member by it. */
  readonly selected: readonly (SelectedPods | undefined)[];
  /** Pods that are surely members. */
  readonly sure: readonly PodPeers[];
  /** Members of the default group are too many to say: they are those that no other group has. */
  readonly isTooMany: boolean;
}

/** Which Pods each group has, by name. The default has those that no other may have. */
export function groupMembers(
  groups: readonly SecurityGroup[],
  namespaces: readonly string[],
): ReadonlyMap<string, GroupMembers> {
  const members = new Map<string, GroupMembers>();
  const perhaps: PodPeers[] = [];
  for (const group of groups) {
    if (group.isDefault) continue;
    const selected = group.members.map((selector) => selectPods(selector, namespaces));
    for (const one of selected) if (one !== undefined) perhaps.push(one.pods);
    // In namespaces that are not known, whoever may be a member by a pattern is none of the default.
    for (const { namespace, ...selector } of group.members) {
      const wide = namespace?.includes('*') ? selectPods(selector, namespaces) : undefined;
      if (wide !== undefined) perhaps.push({ ...wide.pods, namespaces: exceptNamespaces(namespaces) });
    }
    const sure = selected.flatMap((one) => (one !== undefined && one.unsaid.length === 0 ? [one.pods] : []));
    members.set(group.name, { selected, sure, isTooMany: false });
  }
  const others = groups.some(({ isDefault }) => isDefault) ? invertPods(perhaps) : [];
  for (const { name, isDefault } of groups)
    if (isDefault) members.set(name, { selected: [], sure: others ?? [], isTooMany: others === undefined });
  return members;
}

/** Namespaces that policies are made for: those that are given, and those that groups name. */
export function knownNamespaces(groups: readonly SecurityGroup[], given: readonly string[]): readonly string[] {
  const named = groups.flatMap(({ members }) => members.flatMap(({ namespace }) => namespace ?? []));
  return [...new Set([...given, ...named.filter(isNamespace)])].sort();
}
