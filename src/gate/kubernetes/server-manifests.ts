import { commonLabels, type Manifest, type ManifestOptions, type ServerOptions } from './manifest.ts';

const port = 9443;
const name = 'portwarden';

/** The server in the cluster, with the least rights that it can do with. */
export function compileServer(options: ManifestOptions, server: ServerOptions): readonly Manifest[] {
  const { namespace, serviceName } = options;
  const metadata = { name, namespace, labels: commonLabels };
  const account = { kind: 'ServiceAccount', name, namespace };
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { ...commonLabels, 'pod-security.kubernetes.io/enforce': 'restricted' } },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name, labels: commonLabels },
      // What a Pod names is read by its name; no list, no watch, and nothing is written.
      rules: [{ apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['get'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name, labels: commonLabels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [account],
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata, name: 'portwarden-webhook-tls' },
      type: 'kubernetes.io/tls',
      data: {
        'tls.crt': encode(server.certificate),
        'tls.key': encode(server.key),
        'ca.crt': encode(options.caBundle),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, name: serviceName },
      spec: { selector: commonLabels, ports: [{ name: 'https', port: 443, targetPort: 'webhook', protocol: 'TCP' }] },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { minAvailable: 1, selector: { matchLabels: commonLabels } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: server.replicas,
        selector: { matchLabels: commonLabels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: { metadata: { labels: commonLabels }, spec: podSpec(options, server) },
      },
    },
  ];
}

function podSpec({ mode }: ManifestOptions, { image }: ServerOptions): object {
  const probe = { httpGet: { path: '/healthz', port: 'webhook', scheme: 'HTTPS' }, periodSeconds: 5 };
  return {
    serviceAccountName: name,
    automountServiceAccountToken: true,
    terminationGracePeriodSeconds: 30,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      fsGroup: 10_001,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // One node may go without the webhook going.
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: commonLabels },
      },
    ],
    containers: [
      {
        name,
        image,
        args: ['up', '--log', 'info'],
        env: [
          { name: 'PORTWARDEN_DATA', value: '/data' },
          {
            name: 'PORTWARDEN_DATABASE',
            valueFrom: { secretKeyRef: { name: 'portwarden-database', key: 'url' } },
          },
          { name: 'PORTWARDEN_KUBERNETES', value: `0.0.0.0:${port}` },
          { name: 'PORTWARDEN_KUBERNETES_MODE', value: mode },
          { name: 'PORTWARDEN_KUBERNETES_CERT', value: '/tls/tls.crt' },
          { name: 'PORTWARDEN_KUBERNETES_KEY', value: '/tls/tls.key' },
          { name: 'PORTWARDEN_DOCKER_SOCKET', value: '' },
          { name: 'PORTWARDEN_PODMAN_SOCKET', value: '' },
        ],
        ports: [{ name: 'webhook', containerPort: port, protocol: 'TCP' }],
        readinessProbe: probe,
        livenessProbe: { ...probe, periodSeconds: 20, failureThreshold: 3 },
        resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '1Gi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'tls', mountPath: '/tls', readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'data', emptyDir: { sizeLimit: '4Gi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
      { name: 'tls', secret: { secretName: 'portwarden-webhook-tls', defaultMode: 0o440 } },
    ],
  };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
