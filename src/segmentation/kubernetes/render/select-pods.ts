import { globMatches, type MemberSelector } from '../../../model/index.ts';
import { everyLabel, type LabelRequirement, type LabelSelector, selectorOf } from '../label-selector.ts';

/** Every namespace has it, and nobody can change it. */
export const namespaceLabel = 'kubernetes.io/metadata.name';

/** Pods as a peer of a policy selects them: both must hold. */
export interface PodPeers {
  readonly namespaces: LabelSelector;
  readonly pods: LabelSelector;
}

/** Members of a group, as labels of Pods and of namespaces can say them. */
export interface SelectedPods {
  /** All members, and with `unsaid` others, too. */
  readonly pods: PodPeers;
  /** What of the selector no policy can ask of a Pod: `image`. */
  readonly unsaid: readonly string[];
  /** Pods of any namespace may be members, or of any that fits a pattern. */
  readonly isOfMany: boolean;
  /** By labels that compose gives its containers, and nobody gives a Pod unasked. */
  readonly composeLabels: readonly string[];
}

const ofHosts = ['host', 'engine', 'name', 'image', 'project', 'service'] as const;
const ofCompose = { project: 'com.docker.compose.project', service: 'com.docker.compose.service' } as const;
const labelName = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;

/** Undefined where no Pod can be a member. A pattern of namespaces is held against those that are known. */
export function selectPods(selector: MemberSelector, namespaces: readonly string[]): SelectedPods | undefined {
  const requirements: LabelRequirement[] = [];
  const composed = (['project', 'service'] as const).filter((field) => isLabelValue(selector[field]));
  const labels = composed.map((field) => [ofCompose[field], selector[field] ?? ''] as const);
  for (const [key, value] of [...Object.entries(selector.labels ?? {}), ...labels]) {
    if (!labelName.test(key) || !isLabelValue(value)) return undefined;
    const operator = value === '*' ? 'Exists' : 'In';
    requirements.push({ key, operator, values: value === '*' ? [] : [value] });
  }
  const names = namesOf(selector.namespace, namespaces)?.filter(isNamespace);
  if (names?.length === 0) return undefined;
  return {
    pods: { namespaces: inNamespaces(names), pods: selectorOf(requirements) },
    // Every container has a host and a name.
    unsaid: ofHosts.filter(
      (field) =>
        selector[field] !== undefined &&
        !(selector[field] === '*' && (field === 'host' || field === 'name')) &&
        !composed.some((other) => other === field),
    ),
    isOfMany: selector.namespace === undefined || selector.namespace.includes('*'),
    composeLabels: composed.map((field) => ofCompose[field]),
  };
}

/** `*`: any. */
function isLabelValue(value: string | undefined): boolean {
  return value !== undefined && (value === '*' || labelValue.test(value));
}

/** Whether a namespace can be called so (RFC 1123 label). */
export function isNamespace(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}

/** Undefined: every one. */
export function inNamespaces(names: readonly string[] | undefined): LabelSelector {
  return names === undefined ? everyLabel : selectorOf([{ key: namespaceLabel, operator: 'In', values: names }]);
}

export function exceptNamespaces(names: readonly string[]): LabelSelector {
  return names.length === 0 ? everyLabel : selectorOf([{ key: namespaceLabel, operator: 'NotIn', values: names }]);
}

/** Undefined: every one. */
function namesOf(pattern: string | undefined, known: readonly string[]): readonly string[] | undefined {
  if (pattern === undefined || pattern === '*') return undefined;
  return pattern.includes('*') ? known.filter((name) => globMatches(pattern, name)).sort() : [pattern];
}
