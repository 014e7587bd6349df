import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import { parsePod } from './parse-pod.ts';

type Parts = Readonly<Record<string, unknown>>;

const podOf = (container: Parts = {}, spec: Parts = {}, metadata: Parts = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { containers: [{ name: 'app', image: 'registry.example/app:1', ...container }], ...spec },
});

const read = (container: Parts = {}, spec: Parts = {}, metadata: Parts = {}): LaunchRequest => {
  const [request] = parsePod(podOf(container, spec, metadata)).requests.filter(({ role }) => role === 'container');
  if (request === undefined) throw new Error('no container');
  return request;
};

const own = 'spec.containers[0].securityContext';
const ofPod = 'spec.securityContext';

describe('what a Pod says holds for containers that say nothing', () => {
  it.each<readonly [what: string, container: Parts, spec: Parts, expected: Partial<LaunchRequest>]>([
    [
      'user',
      {},
      { runAsUser: 5, runAsGroup: 6 },
      { user: { path: `${ofPod}.runAsUser`, value: { text: '5:6', uid: 5, gid: 6 } } },
    ],
    [
      'user of its own',
      { runAsUser: 0 },
      { runAsUser: 5, runAsGroup: 6 },
      { user: { path: `${own}.runAsUser`, value: { text: '0:6', uid: 0, gid: 6 } } },
    ],
    ['group alone', {}, { runAsGroup: 6 }, { user: { path: `${ofPod}.runAsGroup`, value: { text: ':6', gid: 6 } } }],
    [
      'user of Windows',
      {},
      { windowsOptions: { runAsUserName: 'ContainerUser' } },
      { user: { path: `${ofPod}.windowsOptions.runAsUserName`, value: { text: 'ContainerUser' } } },
    ],
    [
      'groups',
      {},
      { supplementalGroups: [7], fsGroup: 8 },
      {
        groups: [
          { value: '7', path: `${ofPod}.supplementalGroups[0]` },
          { value: '8', path: `${ofPod}.fsGroup` },
        ],
      },
    ],
    [
      'sysctls',
      {},
      { sysctls: [{ name: 'net.core.somaxconn', value: '9' }] },
      { sysctls: [{ name: 'net.core.somaxconn', value: '9', path: `${ofPod}.sysctls[0]` }] },
    ],
  ])('%s', (_, securityContext, podContext, expected) => {
    expect(read({ securityContext }, { securityContext: podContext })).toMatchObject(expected);
  });

  it.each<readonly [what: string, container: Parts, spec: Parts, expected: Partial<LaunchRequest['security']>]>([
    ['nothing', {}, {}, { seccomp: { value: 'unconfined', path: `${own}.seccompProfile` } }],
    [
      'seccomp',
      {},
      { seccompProfile: { type: 'RuntimeDefault' } },
      { seccomp: { value: 'default', path: `${ofPod}.seccompProfile.type` } },
    ],
    [
      'seccomp of its own',
      { seccompProfile: { type: 'Unconfined' } },
      { seccompProfile: { type: 'RuntimeDefault' } },
      { seccomp: { value: 'unconfined', path: `${own}.seccompProfile.type` } },
    ],
    [
      'a type of seccomp nobody knows',
      { seccompProfile: { type: 'constructor' } },
      {},
      { seccomp: { value: 'unconfined', path: `${own}.seccompProfile.type` } },
    ],
    [
      'privileged, which has no filter',
      { privileged: true, seccompProfile: { type: 'RuntimeDefault' }, capabilities: { drop: ['ALL'] } },
      {},
      {
        privileged: { value: true, path: `${own}.privileged` },
        seccomp: { value: 'unconfined', path: `${own}.privileged` },
        capabilities: [{ value: 'ALL', path: `${own}.privileged` }],
      },
    ],
    [
      'AppArmor',
      {},
      { appArmorProfile: { type: 'Localhost', localhostProfile: 'p' } },
      { apparmor: { value: 'p', path: `${ofPod}.appArmorProfile.localhostProfile` } },
    ],
    [
      'SELinux',
      { seLinuxOptions: { type: 'spc_t', level: 's0:c1,c2' } },
      { seLinuxOptions: { user: 'u' } },
      { selinux: { value: '::spc_t:s0:c1,c2', path: `${own}.seLinuxOptions` } },
    ],
    ['not root', {}, { runAsNonRoot: true }, { nonRoot: { value: true, path: `${ofPod}.runAsNonRoot` } }],
    [
      'root after all',
      { runAsNonRoot: false },
      { runAsNonRoot: true },
      { nonRoot: { value: false, path: `${own}.runAsNonRoot` } },
    ],
    [
      'no escalation',
      { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      {},
      {
        noNewPrivileges: { value: true, path: `${own}.allowPrivilegeEscalation` },
        readOnlyRoot: { value: true, path: `${own}.readOnlyRootFilesystem` },
      },
    ],
    ['/proc', { procMount: 'Unmasked' }, {}, { unmasked: { value: 'procMount=Unmasked', path: `${own}.procMount` } }],
    [
      'capabilities',
      { capabilities: { drop: ['ALL'], add: ['cap_net_admin'] } },
      {},
      { capabilities: [{ value: 'NET_ADMIN', path: `${own}.capabilities.add[0]` }] },
    ],
  ])('%s', (_, securityContext, podContext, expected) => {
    expect(read({ securityContext }, { securityContext: podContext }).security).toMatchObject(expected);
  });

  it('capabilities are those that are left of the default', () => {
    const { capabilities } = read({
      securityContext: { capabilities: { drop: ['NET_RAW'], add: ['CHOWN'] } },
    }).security;
    expect(capabilities?.map(({ value }) => value)).not.toContain('NET_RAW');
    expect(capabilities).toHaveLength(13);
    expect(read({ securityContext: { capabilities: {} } }).security.capabilities).toBeUndefined();
  });

  const apparmor = (value: string) => ({ 'container.apparmor.security.beta.kubernetes.io/app': value });
  const appArmorPath = 'metadata.annotations["container.apparmor.security.beta.kubernetes.io/app"]';
  it.each([
    ['unconfined', 'unconfined'],
    ['runtime/default', 'default'],
    ['localhost/p', 'p'],
    ['nonsense', 'unconfined'],
  ])('AppArmor by the annotation %s', (annotation, value) => {
    const { security } = read(
      {},
      { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } },
      { annotations: apparmor(annotation) },
    );
    expect(security.apparmor).toEqual({ value, path: appArmorPath });
  });

  it('an annotation that claims a filter is not believed', () => {
    const annotations = { 'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default' };
    expect(read({}, {}, { annotations }).security.seccomp).toEqual({
      value: 'unconfined',
      path: 'metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"]',
    });
  });
});
