import { workloadKinds } from './workload-kinds.ts';

/** Of a webhook configuration (k8s.io/api/admissionregistration/v1, RuleWithOperations). */
export interface WebhookRule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
}

/** What comes with a Pod in its object, and changes what runs. */
const podParts = ['pods/ephemeralcontainers', 'pods/resize'];

/** Every object that makes or changes Pods. Nothing else is asked about: leases, events and the like never come. */
export const workloadRules: readonly WebhookRule[] = ['', 'apps', 'batch'].map((group) => {
  const resources = workloadKinds.filter((kind) => kind.group === group).map(({ resource }) => resource);
  return {
    operations: ['CREATE', 'UPDATE'],
    apiGroups: [group],
    apiVersions: ['v1'],
    resources: group === '' ? [...resources, ...podParts] : resources,
    scope: 'Namespaced',
  };
});

/** Processes in containers that run, and the ways around them. */
export const connectRules: readonly WebhookRule[] = [
  {
    operations: ['CONNECT'],
    apiGroups: [''],
    apiVersions: ['v1'],
    resources: ['pods/exec', 'pods/attach', 'pods/portforward'],
    scope: 'Namespaced',
  },
  { operations: ['CONNECT'], apiGroups: [''], apiVersions: ['v1'], resources: ['nodes/proxy'], scope: 'Cluster' },
];

/**
 * CEL that is false for the mirror Pods of static Pods: a kubelet makes them for what runs already, from a file on its node, and
 * to refuse one stops nothing. What the request leaves out is not there for CEL: it looks at what always is.
 * Whoever is no node does not pass by it, and what a node makes so is run by no kubelet.
 */
export const noMirrorPods = {
  name: 'no-mirror-pods',
  expression: [
    "!(request.resource.group == '' && request.resource.resource == 'pods'",
    "request.operation == 'CREATE'",
    "request.userInfo.username.startsWith('system:node:')",
    "'system:nodes' in request.userInfo.groups",
    'has(object.metadata.annotations)',
    "'kubernetes.io/config.mirror' in object.metadata.annotations)",
  ].join(' && '),
};
