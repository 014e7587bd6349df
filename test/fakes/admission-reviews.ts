import { randomUUID } from 'node:crypto';

/** AdmissionReviews as the API server sends them (k8s.io/apiserver, CreateAdmissionObjects): with what it adds by itself. */

export interface ReviewChanges {
  readonly operation?: string;
  readonly object?: object | null;
  readonly oldObject?: object | null;
  readonly subResource?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly dryRun?: boolean;
  readonly username?: string;
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource?: { readonly group: string; readonly version: string; readonly resource: string };
  readonly requestKind?: object;
}

const podKind = { group: '', version: 'v1', kind: 'Pod' };
const podResource = { group: '', version: 'v1', resource: 'pods' };

export function review(changes: ReviewChanges = {}) {
  const kind = changes.kind ?? podKind;
  const resource = changes.resource ?? podResource;
  const { operation = 'CREATE', subResource, object = pod(), oldObject = null } = changes;
  const options =
    operation === 'CONNECT'
      ? null
      : { kind: `${operation[0]}${operation.slice(1).toLowerCase()}Options`, apiVersion: 'meta.k8s.io/v1' };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: changes.uid ?? randomUUID(),
      kind,
      resource,
      ...(subResource === undefined ? {} : { subResource }),
      requestKind: changes.requestKind ?? kind,
      requestResource: resource,
      ...(subResource === undefined ? {} : { requestSubResource: subResource }),
      ...(changes.name === undefined ? {} : { name: changes.name }),
      namespace: changes.namespace ?? 'shop',
      operation,
      userInfo: {
        username: changes.username ?? 'jane@example.com',
        uid: 'd3a0',
        groups: ['developers', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/credential-id': ['JTI=1'] },
      },
      object,
      oldObject,
      dryRun: changes.dryRun ?? false,
      options,
    },
  };
}

export function reviewBytes(changes: ReviewChanges = {}): Buffer {
  return Buffer.from(JSON.stringify(review(changes)));
}

export const digestOne = `sha256:${'1'.repeat(64)}`;
export const digestTwo = `sha256:${'2'.repeat(64)}`;
export const pinnedImage = `registry.example/shop/web:1.0@${digestOne}`;

export function container(changes: object = {}) {
  return {
    name: 'web',
    image: pinnedImage,
    args: ['--port=8080'],
    ports: [{ containerPort: 8080, protocol: 'TCP' }],
    env: [{ name: 'LOG_LEVEL', value: 'info' }],
    resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '500m', memory: '256Mi' } },
    volumeMounts: [
      { name: 'kube-api-access', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true },
    ...changes,
  };
}

export function podSpec(changes: object = {}) {
  return {
    volumes: [
      {
        name: 'kube-api-access',
        projected: {
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
            {
              downwardAPI: {
                items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
              },
            },
          ],
          defaultMode: 420,
        },
      },
    ],
    containers: [container()],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'web',
    serviceAccount: 'web',
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    ...changes,
  };
}

export function pod(spec: object = {}, metadata: object = {}) {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      generateName: 'web-7d4b9c6f5-',
      namespace: 'shop',
      creationTimestamp: null,
      labels: { app: 'web', 'pod-template-hash': '7d4b9c6f5' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'web-7d4b9c6f5',
          uid: 'aa',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: [
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          apiVersion: 'v1',
          time: '2026-11-28T00:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:metadata': { 'f:generateName': {}, 'f:labels': { '.': {}, 'f:app': {} } }, 'f:spec': {} },
        },
      ],
      ...metadata,
    },
    spec: podSpec(spec),
    status: {},
  };
}

export interface MadeWorkload {
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  /** The object around that spec of a Pod. */
  make(spec?: object, templateMetadata?: object): object;
  /** Where the PodSpec is, as a JSON pointer. */
  readonly pointer: string;
}

function workload(
  group: string,
  kind: string,
  resource: string,
  around: (template: object) => object,
  pointer: string,
): MadeWorkload {
  const version = 'v1';
  return {
    kind: { group, version, kind },
    resource: { group, version, resource },
    pointer,
    make: (spec = {}, templateMetadata = {}) => ({
      kind,
      apiVersion: group === '' ? version : `${group}/${version}`,
      metadata: { name: 'web', namespace: 'shop', uid: 'bb', generation: 1 },
      ...around({
        metadata: { creationTimestamp: null, labels: { app: 'web' }, ...templateMetadata },
        spec: podSpec(spec),
      }),
    }),
  };
}

const selector = { matchLabels: { app: 'web' } };
const inSpec = (more: object) => (template: object) => ({ spec: { ...more, selector, template }, status: {} });
const jobSpec = (template: object) => ({ parallelism: 1, completions: 1, backoffLimit: 6, template });

export const workloads: readonly MadeWorkload[] = [
  workload('', 'PodTemplate', 'podtemplates', (template) => ({ template }), '/template/spec'),
  workload('', 'ReplicationController', 'replicationcontrollers', inSpec({ replicas: 1 }), '/spec/template/spec'),
  workload(
    'apps',
    'Deployment',
    'deployments',
    inSpec({ replicas: 2, progressDeadlineSeconds: 600 }),
    '/spec/template/spec',
  ),
  workload('apps', 'ReplicaSet', 'replicasets', inSpec({ replicas: 2 }), '/spec/template/spec'),
  workload('apps', 'StatefulSet', 'statefulsets', inSpec({ replicas: 2, serviceName: 'web' }), '/spec/template/spec'),
  workload('apps', 'DaemonSet', 'daemonsets', inSpec({ revisionHistoryLimit: 10 }), '/spec/template/spec'),
  workload('batch', 'Job', 'jobs', (template) => ({ spec: jobSpec(template), status: {} }), '/spec/template/spec'),
  workload(
    'batch',
    'CronJob',
    'cronjobs',
    (template) => ({ spec: { schedule: '* * * * *', jobTemplate: { spec: jobSpec(template) } }, status: {} }),
    '/spec/jobTemplate/spec/template/spec',
  ),
];
