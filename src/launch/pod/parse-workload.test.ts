import { describe, expect, it } from 'vitest';
import { LaunchError } from '../launch-error.ts';
import { embedsPod, parseWorkload, parseWorkloads } from './parse-workload.ts';

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { hostPID: true, containers: [{ name: 'app', image: 'app', securityContext: { privileged: true } }] },
};
const of = (kind: string, spec: unknown = { template }) => ({
  kind,
  metadata: { name: 'web', namespace: 'shop' },
  spec,
});
const pod = { kind: 'Pod', metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } }, spec: template.spec };

describe('parseWorkload', () => {
  it.each<readonly [kind: string, value: Readonly<Record<string, unknown>>, path: string]>([
    ['Pod', pod, 'spec'],
    ['PodTemplate', { kind: 'PodTemplate', metadata: { name: 'web', namespace: 'shop' }, template }, 'template.spec'],
    ['Deployment', of('Deployment'), 'spec.template.spec'],
    ['ReplicaSet', of('ReplicaSet'), 'spec.template.spec'],
    ['ReplicationController', of('ReplicationController'), 'spec.template.spec'],
    ['StatefulSet', of('StatefulSet'), 'spec.template.spec'],
    ['DaemonSet', of('DaemonSet'), 'spec.template.spec'],
    ['Job', of('Job'), 'spec.template.spec'],
    ['CronJob', of('CronJob', { jobTemplate: { spec: { template } } }), 'spec.jobTemplate.spec.template.spec'],
    ['Rollout', of('Rollout'), 'spec.template.spec'],
    ['constructor', of('constructor'), 'spec.template.spec'],
  ])('%s', (kind, value, path) => {
    const set = parseWorkload(value);
    expect(set.requests[0]).toMatchObject({
      path: `${path}.containers[0]`,
      workload: { kind, name: 'web', namespace: 'shop', labels: { app: 'web' } },
      security: { privileged: { value: true, path: `${path}.containers[0].securityContext.privileged` } },
      namespaces: [{ kind: 'pid', path: `${path}.hostPID` }],
      others: [],
    });
    expect(set.pod?.spec).toMatchObject({ path, hostPID: true });
    expect(embedsPod(value)).toBe(true);
  });

  it('reads a List', () => {
    const list = { kind: 'List', items: [pod, of('Deployment')] };
    expect(parseWorkloads(list).map(({ requests }) => requests[0]?.path)).toEqual([
      'items[0].spec.containers[0]',
      'items[1].spec.template.spec.containers[0]',
    ]);
    expect(parseWorkload({ kind: 'PodList', items: [pod] }).requests).toHaveLength(1);
    expect(parseWorkload({ kind: 'List', items: [] }).requests).toEqual([]);
  });

  it('knows the claims of a StatefulSet', () => {
    const [app] = template.spec.containers;
    const spec = { containers: [{ ...app, volumeMounts: [{ name: 'data', mountPath: '/data' }] }] };
    const { requests, pod: security } = parseWorkload(
      of('StatefulSet', { template: { spec }, volumeClaimTemplates: [{ metadata: { name: 'data' } }] }),
    );
    expect(requests[0]?.mounts).toMatchObject([{ type: 'volume', kind: 'persistentVolumeClaim', target: '/data' }]);
    expect(requests[0]?.others).toEqual([]);
    expect(security?.spec.volumes.map(({ kinds }) => kinds)).toEqual([['persistentVolumeClaim']]);
  });

  it.each<readonly [what: string, value: unknown, path: string]>([
    ['no object', 'Pod', ''],
    ['what embeds no Pod', { kind: 'ConfigMap', data: {} }, 'kind'],
    ['a template without containers', of('Rollout', { template: { spec: {} } }), 'kind'],
    ['a Deployment without a template', of('Deployment', {}), 'kind'],
    ['a Deployment whose template is empty', of('Deployment', { template: {} }), 'spec.template.spec'],
    ['a template in another case', of('Deployment', { template, Template: {} }), 'spec.Template'],
    ['a spec in another case', { ...of('Deployment'), Spec: {} }, 'Spec'],
    ['several at once', { kind: 'List', items: [pod, pod] }, 'items'],
    ['a List of what is none', { kind: 'List', items: [pod, { kind: 'Service' }] }, 'items[1].kind'],
    ['a List of Lists', { kind: 'List', items: [{ kind: 'List', items: [pod] }] }, 'items[0]'],
  ])('refuses %s', (_, value, path) => {
    expect(() => parseWorkload(value)).toThrow(expect.objectContaining({ path, code: 'bad-launch' }));
    expect(() => parseWorkload(value)).toThrow(LaunchError);
  });

  it.each([{ kind: 'Service', spec: {} }, {}, of('Gateway', { template: { spec: { listeners: [] } } })])(
    '%j embeds none',
    (value) => expect(embedsPod(value)).toBe(false),
  );
});
