import type { ClusterPods } from './cluster-pods.ts';
import {
  everyLabel,
  type LabelSelector,
  type Labels,
  quoteText,
  requirementHolds,
  selectorHolds,
} from './label-selector.ts';

/** Pods by their labels, in namespaces by name or by theirs. */
export interface PodSelection {
  readonly namespaces: { readonly name: string } | LabelSelector;
  readonly pods: LabelSelector;
}

/** Says which workloads a selection has, by an index of labels: a selector costs what it finds, about. */
export class PodIndex {
  readonly pods: readonly ClusterPods[];
  private readonly namespaces: ReadonlyMap<string, Labels>;
  private readonly byNamespace = new Map<string, number[]>();
  /** By key, then value; ascending. */
  private readonly byLabel = new Map<string, Map<string, number[]>>();
  private readonly found = new Map<string, readonly number[]>();
  private readonly foundNamespaces = new Map<string, ReadonlySet<string>>();

  constructor(pods: readonly ClusterPods[], namespaces: ReadonlyMap<string, Labels>) {
    this.pods = pods;
    this.namespaces = namespaces;
    for (const [index, { namespace, labels }] of pods.entries()) {
      append(this.byNamespace, namespace, index);
      for (const [key, value] of labels) {
        const values = this.byLabel.get(key) ?? new Map<string, number[]>();
        this.byLabel.set(key, values);
        append(values, value, index);
      }
    }
  }

  /** Equal for selections that are written the same: `*` is all. */
  nameOf({ namespaces, pods }: PodSelection): string {
    const where =
      'name' in namespaces ? quoteText(namespaces.name) : namespaces.key === '' ? '*' : `{${namespaces.key}}`;
    if (pods.key === '') return where === '*' ? '*' : `${where}/*`;
    return `${where}/{${pods.key}}`;
  }

  /** Ascending indices. */
  select(selection: PodSelection): readonly number[] {
    const name = this.nameOf(selection);
    const known = this.found.get(name);
    if (known !== undefined) return known;
    const indices = this.search(selection);
    this.found.set(name, indices);
    return indices;
  }

  private search({ namespaces, pods }: PodSelection): readonly number[] {
    const labeled = this.narrow(pods);
    if ('name' in namespaces) {
      const inside = this.byNamespace.get(namespaces.name) ?? [];
      const candidates = labeled !== undefined && labeled.length < inside.length ? labeled : inside;
      return candidates.filter((index) => {
        const pod = this.pods[index];
        return pod !== undefined && pod.namespace === namespaces.name && selectorHolds(pods, pod.labels);
      });
    }
    const all = namespaces.key === everyLabel.key;
    const wanted = all ? undefined : this.namespacesOf(namespaces);
    const candidates = labeled ?? (wanted === undefined ? this.pods.keys() : this.within(wanted));
    return [...candidates].filter((index) => {
      const pod = this.pods[index];
      return (
        pod !== undefined && (wanted === undefined || wanted.has(pod.namespace)) && selectorHolds(pods, pod.labels)
      );
    });
  }

  /** Those that hold what of a selector an index answers, the fewest of them; undefined where none does. */
  private narrow(selector: LabelSelector): readonly number[] | undefined {
    let fewest: readonly number[] | undefined;
    for (const requirement of selector.requirements) {
      if (requirement.operator !== 'In') continue;
      const values = this.byLabel.get(requirement.key);
      const lists = requirement.values.map((value) => values?.get(value) ?? []);
      const found = lists.length === 1 ? (lists[0] ?? []) : [...new Set(lists.flat())].sort((a, b) => a - b);
      if (fewest === undefined || found.length < fewest.length) fewest = found;
    }
    return fewest;
  }

  private namespacesOf(selector: LabelSelector): ReadonlySet<string> {
    const known = this.foundNamespaces.get(selector.key);
    if (known !== undefined) return known;
    const names = new Set<string>();
    for (const [name, labels] of this.namespaces)
      if (selector.requirements.every((requirement) => requirementHolds(requirement, labels))) names.add(name);
    this.foundNamespaces.set(selector.key, names);
    return names;
  }

  private within(namespaces: ReadonlySet<string>): readonly number[] {
    const indices: number[] = [];
    for (const name of namespaces) for (const index of this.byNamespace.get(name) ?? []) indices.push(index);
    return indices.sort((a, b) => a - b);
  }
}

function append<Key>(lists: Map<Key, number[]>, key: Key, index: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [index]);
  else list.push(index);
}
