import { digestOf, lazyLibrary } from '../../../base/index.ts';
import type { LabelSelector } from '../label-selector.ts';
import type { WrittenRule } from './render-rule.ts';
import { writeSelector } from './write-selector.ts';

const yaml = lazyLibrary<typeof import('yaml')>('yaml');

/** Of one namespace, for both directions. */
export interface WrittenPolicy {
  readonly namespace: string;
  readonly pods: LabelSelector;
  readonly ingress: readonly WrittenRule[];
  readonly egress: readonly WrittenRule[];
}

/** Documents of YAML, each of another name within its namespace. */
export function writePolicies(group: string, policies: readonly WrittenPolicy[]): string {
  const counts = new Map<string, number>();
  return policies
    .map(({ namespace, pods, ingress, egress }) => {
      const number = (counts.get(namespace) ?? 0) + 1;
      counts.set(namespace, number);
      return writeYaml({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: {
          name: `portwarden-${objectName(group)}${number > 1 ? `-${number}` : ''}`,
          namespace,
          labels: { 'app.kubernetes.io/managed-by': 'portwarden' },
        },
        spec: { podSelector: writeSelector(pods), policyTypes: ['Ingress', 'Egress'], ingress, egress },
      });
    })
    .join('---\n');
}

/** A group may be called what no object can be: `a..b`. */
function objectName(group: string): string {
  const isName = group.split('.').every((part) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(part));
  return isName ? group : `${group.replace(/[.-]+/g, '-')}-${digestOf(group).slice(-12)}`;
}

export function writeYaml(object: object): string {
  return yaml().stringify(object, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.2' });
}
