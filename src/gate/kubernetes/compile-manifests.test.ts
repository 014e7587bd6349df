import { run } from '@bufbuild/cel';
import { describe, expect, it } from 'vitest';
import { pod, type ReviewChanges, review } from '../../../test/fakes/admission-reviews.ts';
import { parseWorkload } from '../../launch/index.ts';
import { compileManifests, ManifestError } from './compile-manifests.ts';
import type { Manifest, ManifestOptions } from './manifest.ts';
import { noMirrorPods } from './webhook-rules.ts';
import { workloadKinds } from './workload-kinds.ts';

const ca = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
const image = `registry.example/portwarden@sha256:${'a'.repeat(64)}`;
const options: ManifestOptions = {
  namespace: 'portwarden',
  serviceName: 'gate',
  caBundle: ca,
  failurePolicy: 'Fail',
  timeoutSeconds: 10,
  excludedNamespaces: ['kube-system'],
  mode: 'enforce',
  server: { image, replicas: 2, certificate: 'C', key: 'K' },
};

/** Objects of Kubernetes are looked into as they are. */
type Loose = ReturnType<typeof JSON.parse>;
const compile = (changes: Partial<ManifestOptions> = {}): readonly Loose[] =>
  compileManifests({ ...options, ...changes });
const of = (objects: readonly Manifest[], kind: string): Loose => objects.find((object) => object.kind === kind);

describe('the webhook configurations', () => {
  it('ask about every kind of workload, and what changes a Pod that runs', () => {
    const [validating] = of(compile(), 'ValidatingWebhookConfiguration').webhooks;
    const asked = validating.rules.flatMap(({ apiGroups, resources, operations }: Loose) =>
      resources.map((resource: string) => `${operations} ${apiGroups}/${resource}`),
    );
    for (const { group, resource } of workloadKinds) expect(asked).toContain(`CREATE,UPDATE ${group}/${resource}`);
    for (const part of ['ephemeralcontainers', 'resize']) expect(asked).toContain(`CREATE,UPDATE /pods/${part}`);
    for (const part of ['exec', 'attach', 'portforward']) expect(asked).toContain(`CONNECT /pods/${part}`);
    expect(asked).toContain('CONNECT /nodes/proxy');
    expect(asked.join()).not.toMatch(/\*|leases|events|DELETE/);
  });

  it('spare namespaces by a label that nobody can forge, and no object by its own', () => {
    for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
      const [webhook] = of(compile(), kind).webhooks;
      expect(webhook).toMatchObject({
        matchPolicy: 'Equivalent',
        failurePolicy: 'Fail',
        timeoutSeconds: 10,
        admissionReviewVersions: ['v1'],
        namespaceSelector: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['portwarden', 'kube-system'] },
          ],
        },
      });
      expect(webhook).not.toHaveProperty('objectSelector');
      expect(webhook.name.split('.').length).toBeGreaterThanOrEqual(3);
      expect(Buffer.from(webhook.clientConfig.caBundle, 'base64').toString()).toBe(ca);
    }
  });

  it('say that a dry run leaves no trace, and that images are pinned again after others', () => {
    expect(of(compile(), 'ValidatingWebhookConfiguration').webhooks[0].sideEffects).toBe('NoneOnDryRun');
    expect(of(compile(), 'MutatingWebhookConfiguration').webhooks[0]).toMatchObject({
      sideEffects: 'None',
      reinvocationPolicy: 'IfNeeded',
    });
  });

  it('of a server outside of the cluster are all there is, and spare no namespace for it', () => {
    const objects = compile({ url: 'https://gate.example:9443', excludedNamespaces: [] });
    expect(objects.map(({ kind }) => kind)).toEqual(['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']);
    expect(objects[1].webhooks[0].clientConfig.url).toBe('https://gate.example:9443/validate');
    expect(objects[1].webhooks[0]).not.toHaveProperty('namespaceSelector');
  });

  it('come after what they ask', () => {
    expect(compile().map(({ kind }) => kind)).toEqual([
      'Namespace',
      'ServiceAccount',
      'ClusterRole',
      'ClusterRoleBinding',
      'Secret',
      'Service',
      'PodDisruptionBudget',
      'Deployment',
      'MutatingWebhookConfiguration',
      'ValidatingWebhookConfiguration',
    ]);
  });
});

describe('the condition', () => {
  const nodes = { username: 'system:node:a', groups: ['system:nodes', 'system:authenticated'] };
  const mirror = pod(
    {},
    { annotations: { 'kubernetes.io/config.mirror': 'x', 'kubernetes.io/config.source': 'file' } },
  );
  const isAsked = (changes: ReviewChanges, userInfo: object = {}) => {
    const { request } = review(changes);
    const asked = { ...request, userInfo: { ...request.userInfo, ...userInfo } };
    return run(noMirrorPods.expression, { request: asked, object: request.object } as Loose);
  };
  it.each([
    ['a mirror Pod that a node makes', { object: mirror }, nodes, false],
    ['a Pod of a node that is no mirror', { object: pod() }, nodes, true],
    ['a mirror Pod that somebody else makes', { object: mirror }, {}, true],
    ['one that only has the name of a node', { object: mirror }, { username: 'system:node:a', groups: [] }, true],
    ['an update of a mirror Pod', { operation: 'UPDATE', object: mirror, oldObject: pod() }, nodes, true],
    [
      'a Deployment with that annotation',
      { resource: { group: 'apps', version: 'v1', resource: 'deployments' }, object: mirror },
      nodes,
      true,
    ],
    ['an exec', { operation: 'CONNECT', subResource: 'exec', object: { command: ['sh'] } }, nodes, true],
  ])('of %s', (_title, changes, userInfo, asked) => expect(isAsked(changes, userInfo)).toBe(asked));
});

describe('the server in the cluster', () => {
  it('may read what Pods name, and nothing else', () => {
    expect(of(compile(), 'ClusterRole').rules).toEqual([
      { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['get'] },
    ]);
  });

  it('is a Pod that can be read, in the restricted form, with what stands in the other objects', () => {
    const objects = compile();
    const deployment = of(objects, 'Deployment');
    const [request] = parseWorkload(deployment).requests;
    expect(request).toMatchObject({
      name: 'portwarden',
      others: [],
      security: { readOnlyRoot: { value: true }, noNewPrivileges: { value: true }, nonRoot: { value: true } },
    });
    expect(request?.security.seccomp?.value).toBe('default');
    expect(request?.image?.value).toBe(image);
    const { template } = deployment.spec;
    const { labels } = template.metadata;
    expect(of(objects, 'Service').spec.selector).toEqual(labels);
    expect(of(objects, 'PodDisruptionBudget').spec.selector.matchLabels).toEqual(labels);
    expect(template.spec.volumes.find(({ secret }: Loose) => secret).secret.secretName).toBe(
      of(objects, 'Secret').metadata.name,
    );
    expect(template.spec.serviceAccountName).toBe(of(objects, 'ServiceAccount').metadata.name);
    expect(template.spec.containers[0].ports[0].name).toBe(of(objects, 'Service').spec.ports[0].targetPort);
    expect(of(objects, 'MutatingWebhookConfiguration').webhooks[0].clientConfig.service.name).toBe(
      of(objects, 'Service').metadata.name,
    );
  });
});

describe('what cannot be', () => {
  it.each([
    ['a namespace that is none', { namespace: 'Port Warden' }],
    ['a spared namespace that is none', { excludedNamespaces: ['*'] }],
    ['no time', { timeoutSeconds: 0 }],
    ['too much time', { timeoutSeconds: 31 }],
    ['part of a second', { timeoutSeconds: 1.5 }],
    ['no CA', { caBundle: '' }],
    ['plain HTTP', { url: 'http://gate.example' }],
    ['a URL with a path', { url: 'https://gate.example/x' }],
    ['a URL with a login', { url: 'https://a:b@gate.example' }],
    ['no replica', { server: { image, replicas: 0, certificate: '', key: '' } }],
    ['no image', { server: { image: '', replicas: 1, certificate: '', key: '' } }],
  ])('%s', (_title, changes) => expect(() => compile(changes)).toThrow(ManifestError));
});
