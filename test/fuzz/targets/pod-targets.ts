import {
  indexClusterObjects,
  LaunchError,
  parseClusterObject,
  parseManifests,
  parsePodExec,
  parseWorkloads,
} from '../../../src/launch/index.ts';
import { parseQuantity, quantityToNumber } from '../../../src/launch/pod/quantity.ts';
import { compilePodSecurity, judgePodSecurity, parsePodSecuritySet } from '../../../src/policy/index.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const objects = indexClusterObjects([
  parseClusterObject({ kind: 'ConfigMap', metadata: { name: 'c' }, data: { A: '1', 'app.conf': 'x=$(A)' } }),
  parseClusterObject({ kind: 'Secret', metadata: { name: 's' }, data: { token: 'czNjcjN0' } }),
]);

const pod = {
  kind: 'Pod',
  metadata: {
    name: 'p',
    labels: { a: 'b' },
    annotations: { 'container.apparmor.security.beta.kubernetes.io/w': 'unconfined' },
  },
  spec: {
    hostNetwork: true,
    securityContext: { runAsUser: 1, sysctls: [{ name: 'kernel.msgmax', value: '1' }], supplementalGroups: [3] },
    volumes: [
      { name: 'h', hostPath: { path: '/' } },
      { name: 'c', configMap: { name: 'c' } },
      { name: 'p', projected: { sources: [{ secret: { name: 's' } }, { serviceAccountToken: { path: 't' } }] } },
      { name: 'i', image: { reference: 'registry.example/data:1' } },
    ],
    containers: [
      {
        name: 'w',
        image: 'registry.example/w:1',
        command: ['sh', '-c', 'echo $(A) $$(B)'],
        env: [
          { name: 'A', valueFrom: { configMapKeyRef: { name: 'c', key: 'A' } } },
          { name: 'B', value: '$(A)$(A)' },
          { name: 'L', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a']" } } },
        ],
        envFrom: [{ prefix: 'P_', secretRef: { name: 's' } }],
        volumeMounts: [
          { name: 'h', mountPath: '/host', subPath: 'etc', mountPropagation: 'Bidirectional' },
          { name: 'c', mountPath: '/c', subPath: 'app.conf' },
          { name: 'p', mountPath: '/p', readOnly: true },
        ],
        ports: [{ containerPort: 80, hostPort: 80 }],
        livenessProbe: { exec: { command: ['true'] } },
        lifecycle: { preStop: { httpGet: { host: 'h', port: 80 } } },
        resources: { limits: { cpu: '100m', memory: '1.5Gi', 'nvidia.com/gpu': 1 }, claims: [{ name: 'r' }] },
        securityContext: {
          capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        },
      },
    ],
  },
};

export const podTargets: readonly FuzzTarget[] = [
  {
    name: 'launch/pod',
    covers: ['launch/pod/'],
    seeds: [
      JSON.stringify(pod),
      JSON.stringify({ kind: 'CronJob', spec: { jobTemplate: { spec: { template: { spec: pod.spec } } } } }),
      JSON.stringify({ kind: 'List', items: [pod, { kind: 'Rollout', spec: { template: { spec: pod.spec } } }] }),
    ],
    words: [
      'null',
      'true',
      '-1',
      '1e400',
      '"__proto__":{}',
      '"Privileged":true',
      '"hostPid":true',
      '$(A)',
      '$$(',
      '"privileged":true',
      '"procMount":"Unmasked"',
      '"ephemeralContainers":[]',
      '"hostUsers":false',
    ],
    refuses: [LaunchError, SyntaxError],
    run(bytes) {
      const sets = parseWorkloads(JSON.parse(Buffer.from(bytes).toString()), { objects });
      for (const { set } of parseManifests([{ value: JSON.parse(Buffer.from(bytes).toString()), at: 'f.yaml:1' }])
        .launches)
        if (set.requests.some(({ path }) => path === '')) throw new FuzzFinding('a container stands nowhere');
      for (const { pod: spec, requests } of sets) {
        if (spec === undefined) throw new FuzzFinding('a Pod is not shown to the Pod Security Standards');
        const baseline = judgePodSecurity(spec, 'baseline', 'latest');
        if (baseline.length > 0 && judgePodSecurity(spec, 'restricted', 'latest').length === 0)
          throw new FuzzFinding('restricted lets pass what the baseline refuses');
        for (const request of requests) judgePodSecurity(compilePodSecurity(request), 'restricted', '1.0');
      }
      return sets;
    },
  },
  {
    name: 'launch/quantity',
    covers: ['launch/pod/quantity.ts', 'policy/pod-security/parse-pod-security-set.ts'],
    seeds: ['100m', '1.5Gi', '1e3', 'pss:baseline@1.24', '.5', '-2Ki'],
    words: ['Ki', 'E', 'e-9', '.', '+', 'pss:', '@latest'],
    run(bytes) {
      const text = Buffer.from(bytes).toString();
      const quantity = parseQuantity(text);
      if (quantity !== undefined && Number.isNaN(quantityToNumber(quantity)))
        throw new FuzzFinding('a quantity is no number');
      return { quantity: quantity !== undefined, set: parsePodSecuritySet(text) };
    },
  },
  {
    name: 'launch/pod-exec',
    covers: ['launch/pod/parse-pod-exec.ts'],
    seeds: ['{"kind":"PodExecOptions","command":["sh","-c","id"],"container":"app"}', '{"kind":"PodAttachOptions"}'],
    words: ['"stdin":true', '"Command":[]', 'null'],
    refuses: [LaunchError, SyntaxError],
    run(bytes) {
      const set = parsePodExec(JSON.parse(Buffer.from(bytes).toString()), { name: 'p' });
      if (set.requests.some(({ action }) => action !== 'exec')) throw new FuzzFinding('an exec became a start');
      return set;
    },
  },
];
