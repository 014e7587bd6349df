import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/base/index.ts';
import { kubernetesManifests } from '../../src/wiring/kubernetes-manifests.ts';
import { readKubernetesSettings } from '../../src/wiring/kubernetes-settings.ts';
import { listenKubernetes } from '../../src/wiring/listen-kubernetes.ts';
import { container, digestOne, pinnedImage, pod, workloads } from '../fakes/admission-reviews.ts';
import { fakeApiServer } from '../fakes/api-server.ts';
import { allow, deny, fakeLaunches } from '../fakes/scripted-launches.ts';

/**
 * The gate as it is wired, by the manifests that it prints, asked by what stands in for an API server. No cluster runs here: that a
 * real one takes the manifests is not tested.
 */
describe('a cluster that asks', () => {
  const stop = new AbortController();
  const launches = fakeLaunches(({ set }) =>
    set.requests.some(({ security, action }) => security.privileged?.value === true || action === 'exec')
      ? deny()
      : allow(),
  );
  let data: string;
  let api: ReturnType<typeof fakeApiServer>;
  let url: string;
  const manifests = (changes: object = {}) =>
    kubernetesManifests({
      data,
      url,
      namespace: 'portwarden',
      service: 'portwarden',
      replicas: 2,
      failurePolicy: 'Fail',
      timeoutSeconds: 5,
      excludedNamespaces: ['kube-system'],
      mode: 'enforce',
      ...changes,
    });

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'portwarden-cluster-'));
    const settings = readKubernetesSettings({ PORTWARDEN_KUBERNETES: '127.0.0.1:0', PORTWARDEN_CLUSTER: 'harbor-1' });
    if (!settings) throw new Error('it does not listen');
    const resolveImage = async ({ repository }: { repository: string }) =>
      repository.startsWith('shop/') ? { digest: digestOne } : undefined;
    url = await listenKubernetes({ settings, data, launches, resolveImage, log: silentLog, signal: stop.signal });
    api = fakeApiServer(await manifests());
  });
  afterAll(() => {
    api.close();
    stop.abort();
    rmSync(data, { recursive: true, force: true });
  });

  const tagged = { containers: [container({ image: 'registry.example/shop/web:1.0' })] };
  const privileged = { containers: [container({ securityContext: { privileged: true } })] };

  it('starts what is allowed, pinned to what was judged', async () => {
    const { admitted, object, asked } = await api.admit({ object: pod(tagged) });
    expect([admitted, asked]).toEqual([true, ['/mutate', '/validate']]);
    expect(object.spec.containers[0].image).toBe(pinnedImage);
    expect(launches.asked.at(-1)).toMatchObject({ host: 'harbor-1', who: 'jane@example.com', gate: 'kubernetes' });
  });

  it.each(workloads.map((made) => [made.kind.kind, made] as const))(
    'takes a %s, then a change of it, and not a bad one',
    async (_kind, { kind, resource, make }) => {
      const first = await api.admit({ kind, resource, object: make(tagged) });
      expect(first.admitted).toBe(true);
      const again = await api.admit({
        kind,
        resource,
        operation: 'UPDATE',
        object: make(tagged),
        oldObject: first.object,
      });
      expect(again.admitted).toBe(true);
      expect(again.object).toEqual(first.object);
      const worse = await api.admit({
        kind,
        resource,
        operation: 'UPDATE',
        object: make(privileged),
        oldObject: first.object,
      });
      expect(worse.admitted).toBe(false);
      expect(worse.message).toContain('launch/privileged');
    },
  );

  it('lets nobody in', async () => {
    const answer = await api.admit({
      operation: 'CONNECT',
      subResource: 'exec',
      name: 'web-1',
      object: { kind: 'PodExecOptions', apiVersion: 'v1', command: ['sh'] },
    });
    expect([answer.admitted, answer.asked]).toEqual([false, ['/validate']]);
  });

  it('does not start what nothing certified is known of', async () => {
    const { admitted, message } = await api.admit({
      object: pod({ containers: [container({ image: 'docker.io/other:1' })] }),
    });
    expect(admitted).toBe(false);
    expect(message).toContain('no certified image is known by that name');
  });

  it('is not asked about spared namespaces and what makes no Pods', async () => {
    const mirror = pod(privileged, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    const lease = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' };
    expect((await api.admit({ namespace: 'kube-system', object: pod(privileged) })).asked).toEqual([]);
    expect((await api.admit({ resource: lease, object: {} })).asked).toEqual([]);
    // Who is no node is asked about all the same.
    expect((await api.admit({ object: mirror })).admitted).toBe(false);
  });

  it('refuses, or lets everything start, while nothing answers, as the failure policy says', async () => {
    for (const [failurePolicy, isAdmitted] of [
      ['Fail', false],
      ['Ignore', true],
    ] as const) {
      const away = fakeApiServer(await manifests({ url: 'https://127.0.0.1:1', failurePolicy }));
      expect((await away.admit({ object: pod(tagged) })).admitted).toBe(isAdmitted);
      away.close();
    }
  });
});
