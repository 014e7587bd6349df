import { describe, expect, it } from 'vitest';
import {
  at,
  certified,
  digest,
  judge,
  type LaunchCase,
  now,
  reference,
  secured,
  told,
  volume,
} from '../../../test/fakes/launch-facts.ts';
import { launchRuleIds } from '../../model/index.ts';
import { launchRules } from './launch-rules.ts';

it('every rule is on the list, once', () => {
  expect(launchRules.map(({ id }) => id).sort()).toEqual([...launchRuleIds].sort());
});

const named = (title: string, cases: readonly LaunchCase[]) =>
  describe(title, () => {
    it.each(cases.map((each) => [each[0], each] as const))('%s', (_, [, spec, asked, expected, of]) =>
      expect(told(judge(spec, asked, of))).toBe(expected),
    );
  });
const image = (more: object) => ({ image: { value: 'a', path: 'Image', ...more } });
const user = (text: string, uid?: number, gid?: number) => ({
  user: at({ text, ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) }, 'User'),
});
const caps = (...names: string[]) => secured({ capabilities: names.map((name) => at(name)) });
const start = (text?: string) => ({
  start: { entrypoint: [], command: [], environment: [], ...(text === undefined ? {} : { user: text }) },
});
const refused = { image: { state: 'refused', reason: 'a new flaw' } } as const;
const unknown = { image: { state: 'unknown', cause: 'nobody looked' } } as const;
const imageVolume: LaunchCase[2] = {
  mounts: [{ type: 'image', path: 'm', target: '/x', source: 'r.example/a', readOnly: true }],
};
const demanded = { image: { notCertified: 'refuse' } } as const;
const port = (host: number | undefined, hostAddress?: string) => ({
  ports: [
    {
      path: 'p',
      container: 80,
      protocol: 'tcp' as const,
      ...(host === undefined ? {} : { host }),
      ...(hostAddress === undefined ? {} : { hostAddress }),
    },
  ],
});

named('an image', [
  ['that is certified', demanded, {}, 'allow'],
  [
    'whose certificate has ended',
    demanded,
    {},
    'deny launch/image',
    { image: { ...certified, expires: now } as never },
  ],
  ['that is refused', demanded, {}, 'deny launch/image', refused],
  ['of which nobody knows', demanded, {}, 'undecided', unknown],
  ['that is refused, by an empty policy', {}, {}, 'allow (launch/image)', refused],
  ['of which nobody knows, by an empty policy', {}, {}, 'allow', unknown],
  ['that is refused, allowed', { image: { notCertified: 'allow' } }, {}, 'allow', refused],
  ['of an exec was judged before', demanded, { action: 'exec' }, 'allow', unknown],
  ['that was admitted', demanded, {}, 'allow (launch/image)', { ...refused, admitted: { at: now - 1 } }],
  ['of which nobody knows, that was admitted', demanded, {}, 'allow', { ...unknown, admitted: { at: now - 1 } }],
  [
    'that was admitted, judged anew',
    { ...demanded, restart: { admitted: 'judge' } },
    {},
    'deny launch/image',
    { ...refused, admitted: { at: now - 1 } },
  ],
  [
    'that was admitted long ago',
    { ...demanded, restart: { maxAge: '1d' } },
    {},
    'deny launch/image',
    { ...refused, admitted: { at: now - 86_400_001 } },
  ],
  ['that was admitted in the future', demanded, {}, 'deny launch/image', { ...refused, admitted: { at: now + 1 } }],
  ['of a listed repository', { image: { registries: ['r.example/team/**'] } }, {}, 'allow'],
  ['of another repository', { image: { registries: ['r.example/tea/**'] } }, {}, 'deny launch/registry'],
  [
    'that is called like a listed one',
    { image: { registries: ['r.example/team/**'] } },
    {},
    'deny launch/registry (launch/image)',
    { image: { state: 'refused', reason: 'x', image: { registry: 'evil.example', repository: 'a', digest } } },
  ],
  ['without a name', { image: { registries: ['r.example/**'] } }, image({ id: digest }), 'undecided', unknown],
  [
    'that is a volume',
    { image: { registries: ['r.example/team/**'] } },
    { mounts: [{ type: 'image', path: 'm', target: '/x', source: 'evil.example/a', readOnly: true }] },
    'deny launch/registry',
  ],
  [
    'that is a volume and cannot be read',
    { image: { registries: ['r.example/team/**'] } },
    { mounts: [{ type: 'image', path: 'm', target: '/x', source: 'A B', readOnly: true }] },
    'undecided',
  ],
  ['that is a volume of which nobody knows', demanded, imageVolume, 'undecided'],
  ['that is a volume of which nobody knows, by an empty policy', {}, imageVolume, 'allow'],
  ['that is a certified volume', demanded, imageVolume, 'allow', { volumeImages: [{ path: 'm', image: certified }] }],
  [
    'that is a refused volume',
    demanded,
    imageVolume,
    'deny launch/image',
    { volumeImages: [{ path: 'm', ...refused }] },
  ],
  ['by its tag', { image: { notPinned: 'refuse' } }, {}, 'deny launch/pinned'],
  ['by its digest', { image: { notPinned: 'refuse' } }, image({ reference: { ...reference, digest } }), 'allow'],
  ['by its ID', { image: { notPinned: 'refuse' } }, image({ id: digest }), 'allow'],
]);

const noRoot = { user: { root: 'refuse' } } as const;
const ranges = { user: { uids: ['1000-65535'], gids: ['1000-65535'] } };
named('a user', [
  ['that is root', noRoot, user('0', 0), 'deny launch/user'],
  ['that is root by name', noRoot, user('root'), 'deny launch/user'],
  ['that is root with a group', noRoot, user('0:1000', 0, 1000), 'deny launch/user'],
  ['that is root by an empty name', noRoot, user(':1000'), 'deny launch/user'],
  ['that is nobody', noRoot, user('65534', 65_534), 'allow'],
  ['that overflows to root', noRoot, user('4294967296', 4_294_967_296), 'deny launch/user'],
  ['that overflows, by an empty policy', {}, user('2147483648', 2_147_483_648), 'deny launch/user'],
  ['that is a number to some', noRoot, user('+0'), 'deny launch/user'],
  ['that is a number of many zeros', noRoot, user('00'), 'deny launch/user'],
  ['that the image knows', noRoot, user('app'), 'undecided'],
  ['that is listed', { user: { root: 'refuse', named: ['app'] } }, user('app'), 'allow'],
  ['that Kubernetes looks at', noRoot, { ...user('app'), ...secured({ nonRoot: at(true) }) }, 'allow'],
  ['that the image says', noRoot, {}, 'allow', start('1000')],
  ['that the image does not say', noRoot, {}, 'deny launch/user', start()],
  ['that nobody knows', noRoot, {}, 'undecided'],
  ['that nobody knows, by an empty policy', {}, {}, 'allow'],
  ['that is root, by an empty policy', {}, user('0', 0), 'allow (launch/user)'],
  ['that is root of its own namespace', { user: { root: 'refuse', remapped: true } }, user('0', 0), 'allow'],
  [
    'that is root of the namespace of the host',
    { user: { root: 'refuse', remapped: true } },
    { ...user('0', 0), namespaces: [{ kind: 'user', path: 'n', mode: 'host' }] },
    'deny launch/user (launch/host-namespace)',
  ],
  ['that is another on the host', noRoot, { user: at({ text: '0', uid: 0, hostUid: 100_000 }) }, 'allow'],
  ['within the ranges', ranges, user('1000:1000', 1000, 1000), 'allow'],
  ['outside of them', ranges, user('999:1000', 999, 1000), 'deny launch/user'],
  ['with a group outside of them', ranges, user('1000:0', 1000, 0), 'deny launch/user'],
  ['whose group nobody knows', ranges, user('1000', 1000), 'undecided'],
  ['with another group besides', ranges, { ...user('1000:1000', 1000, 1000), groups: [at('0')] }, 'deny launch/user'],
  ['of an exec that says none', noRoot, { action: 'exec' }, 'allow', start()],
  ['of an exec that says root', noRoot, { action: 'exec', ...user('0', 0) }, 'deny launch/user'],
]);

named('privileges', [
  ['all of them', {}, secured({ privileged: at(true) }), 'deny launch/privileged'],
  ['all of them, for an exec', {}, { action: 'exec', ...secured({ privileged: at(true) }) }, 'deny launch/privileged'],
  ['none of them', {}, secured({ privileged: at(false) }), 'allow'],
  ['all of them, observed', { privileged: 'observe' }, secured({ privileged: at(true) }), 'allow (launch/privileged)'],
  ['SYS_ADMIN', {}, caps('CHOWN', 'SYS_ADMIN'), 'deny launch/capability'],
  ['SYS_ADMIN in another spelling', {}, caps('cap_sys_admin'), 'deny launch/capability'],
  ['ALL', {}, caps('ALL'), 'deny launch/capability'],
  ['the default set', {}, caps('CHOWN', 'KILL'), 'allow'],
  ['more than the default set', {}, caps('NET_ADMIN'), 'allow (launch/capability)'],
  ['what is not listed', { capabilities: { allow: [] } }, caps('NET_ADMIN'), 'deny launch/capability'],
  ['what is listed', { capabilities: { allow: ['SYS_ADMIN'] } }, caps('SYS_ADMIN'), 'allow'],
  ['the default set, refused', { capabilities: { defaults: 'refuse' } }, caps('CHOWN'), 'deny launch/capability'],
  ['the default set, kept though refused', { capabilities: { defaults: 'refuse' } }, {}, 'deny launch/capability'],
  ['none at all', { capabilities: { defaults: 'refuse' } }, caps(), 'allow'],
  ['new ones', { noNewPrivileges: 'require' }, {}, 'deny launch/no-new-privileges'],
  ['no new ones', { noNewPrivileges: 'require' }, secured({ noNewPrivileges: at(true) }), 'allow'],
  ['to write', { readOnlyRoot: 'require' }, secured({ readOnlyRoot: at(false) }), 'deny launch/read-only-root'],
  ['to read', { readOnlyRoot: 'require' }, secured({ readOnlyRoot: at(true) }), 'allow'],
  ['to see all of /proc', {}, secured({ unmasked: at('systempaths=unconfined') }), 'deny launch/masked-paths'],
]);

const unsaid = {
  form: 'pod',
  ...secured({ seccomp: at('unconfined', 'spec.securityContext.seccompProfile') }),
} as const;
named('confinement', [
  ['without seccomp', {}, secured({ seccomp: at('unconfined') }), 'deny launch/seccomp'],
  [
    'without seccomp, since it is privileged',
    {},
    secured({ privileged: at(true, 'p'), seccomp: at('unconfined', 'p') }),
    'deny launch/privileged',
  ],
  [
    'privileged, and without seccomp by itself',
    { privileged: 'allow' },
    secured({ privileged: at(true, 'p'), seccomp: at('unconfined', 's') }),
    'deny launch/seccomp',
  ],
  ['by the default', {}, secured({ seccomp: at('default'), apparmor: at('default') }), 'allow'],
  ['of a Pod that says nothing', {}, unsaid, 'allow (launch/seccomp)'],
  ['of a Pod that says nothing, refused', { seccomp: { unsaid: 'refuse' } }, unsaid, 'deny launch/seccomp'],
  [
    'of a Pod that says none',
    {},
    { form: 'pod', ...secured({ seccomp: at('unconfined', 'spec.securityContext.seccompProfile.type') }) },
    'deny launch/seccomp',
  ],
  [
    'by its own profile',
    { seccomp: { profile: 'refuse' } },
    secured({ seccomp: at('profile') }),
    'deny launch/seccomp',
  ],
  ['without AppArmor', {}, secured({ apparmor: at('Unconfined') }), 'deny launch/apparmor'],
  ['by a listed profile', { apparmor: { profiles: ['a-*'] } }, secured({ apparmor: at('a-b') }), 'allow'],
  ['by another profile', { apparmor: { profiles: ['a-*'] } }, secured({ apparmor: at('b') }), 'deny launch/apparmor'],
  ['without SELinux', {}, secured({ selinux: at('disable') }), 'allow (launch/selinux)'],
  [
    'by a type that is none',
    { selinux: { disable: 'refuse' } },
    secured({ selinux: at('::spc_t:') }),
    'deny launch/selinux',
  ],
  [
    'by another type',
    { selinux: { types: ['container_t'] } },
    secured({ selinux: at('::a_t:') }),
    'deny launch/selinux',
  ],
  ['by a level', { selinux: { types: ['container_t'] } }, secured({ selinux: at(':::s0') }), 'allow'],
]);

const device = (name: string, kind: 'path' | 'cgroup-rule' | 'request' = 'path') => ({
  devices: [{ path: 'd', device: name, kind }],
});
const listed = { devices: ['/dev/fuse', '/dev/dri/*', 'nvidia=*', 'c 10:229 rwm'] };
named('a device', [
  ['by an empty policy', {}, device('/dev/sda'), 'deny launch/device'],
  ['that is listed', listed, device('/dev/fuse'), 'allow'],
  ['that is listed, with slashes', listed, device('//dev/./fuse'), 'allow'],
  ['that is listed by a pattern', listed, device('/dev/dri/card0'), 'allow'],
  ['that climbs', listed, device('/dev/dri/../fuse'), 'deny launch/device'],
  ['that begins so', listed, device('/dev/fuse2'), 'deny launch/device'],
  ['that is asked for', listed, device('nvidia=all', 'request'), 'allow'],
  ['by a rule', listed, device('c  10:229   rwm', 'cgroup-rule'), 'allow'],
  ['by another rule', listed, device('a *:* rwm', 'cgroup-rule'), 'deny launch/device'],
]);

const namespace = (kind: 'pid' | 'network' | 'user' | 'cgroup', mode: 'host' | 'shared', target?: string) => ({
  namespaces: [{ kind, mode, path: 'n', ...(target === undefined ? {} : { target }) }],
});
named('a namespace', [
  ['of the host', {}, namespace('network', 'host'), 'deny launch/host-namespace'],
  ['of the host, usual', {}, namespace('cgroup', 'host'), 'allow (launch/host-namespace)'],
  ['of the host, listed', { namespaces: { host: ['network'] } }, namespace('network', 'host'), 'allow'],
  [
    'of the host, not listed',
    { namespaces: { host: ['pid'] } },
    namespace('cgroup', 'host'),
    'deny launch/host-namespace',
  ],
  ['of a container', {}, namespace('network', 'shared', 'db'), 'allow (launch/host-namespace)'],
  [
    'of a container, refused',
    { namespaces: { shared: [] } },
    namespace('pid', 'shared', 'db'),
    'deny launch/host-namespace',
  ],
  [
    'by a path that an engine wrote',
    {},
    { form: 'config', ...namespace('network', 'shared', '/proc/7/ns/net') },
    'allow (launch/host-namespace)',
  ],
  [
    'by a path',
    { namespaces: { shared: ['pid'] } },
    namespace('pid', 'shared', '/proc/1/ns/pid'),
    'deny launch/host-namespace',
  ],
]);

named('a mount', [
  ['of a plain volume', {}, volume({}), 'allow'],
  [
    'of a volume that is a bind',
    {},
    volume({ type: 'none', o: 'bind', device: '/srv' }),
    'deny launch/volume-driver (launch/host-path)',
  ],
  [
    'of one in capitals',
    {},
    volume({ TYPE: 'none', O: 'RBIND', Device: '/srv' }),
    'deny launch/volume-driver (launch/host-path)',
  ],
  ['of a disk', {}, volume({ type: 'ext4', device: '/dev/sda1' }), 'deny launch/host-path launch/volume-driver'],
  ['of layers', {}, volume({ type: 'overlay', o: 'lowerdir=/etc,upperdir=/a' }), 'deny launch/volume-driver'],
  ['of a network', {}, volume({ type: 'nfs', o: 'addr=192.0.2.1', device: ':/a' }), 'allow'],
  [
    'of a driver that is not listed',
    { volumes: { drivers: ['nfs'] } },
    volume({}, 'evil'),
    'deny launch/volume-driver',
  ],
  ['of a driver that is listed', { volumes: { drivers: ['nfs*'] } }, volume({}, 'nfs4'), 'allow'],
  ['of another container', {}, { volumesFrom: [at('db')] }, 'allow (launch/volumes-from)'],
  ['of another container, refused', { volumesFrom: 'refuse' }, { volumesFrom: [at('db')] }, 'deny launch/volumes-from'],
  [
    'that is passed on',
    { propagation: 'refuse', hostPaths: [{ path: '/srv' }] },
    { mounts: [{ type: 'bind', path: 'm', target: '/x', source: '/srv', readOnly: false, propagation: 'shared' }] },
    'deny launch/propagation',
  ],
]);

const sysctl = (name: string) => ({ sysctls: [{ name, ...at('1') }] });
named('a limit', [
  ['of a safe parameter', {}, sysctl('net.ipv4.tcp_syncookies'), 'allow'],
  ['of another parameter', {}, sysctl('kernel.msgmax'), 'allow (launch/sysctl)'],
  ['of one that is not listed', { sysctls: ['net.ipv4.*'] }, sysctl('net/ipv6/conf'), 'deny launch/sysctl'],
  ['of one that is listed, with slashes', { sysctls: ['net.ipv4.*'] }, sysctl('net/ipv4/ip_forward'), 'allow'],
  ['that must be there', { resources: { require: ['memory'] } }, {}, 'deny launch/resource'],
  ['of nothing', { resources: { require: ['pids'] } }, { resources: { pids: at(-1) } }, 'deny launch/resource'],
  ['that is there', { resources: { require: ['memory'] } }, { resources: { memoryBytes: at(1) } }, 'allow'],
  [
    'that is too high',
    { resources: { maxMemory: '1KiB' } },
    { resources: { memoryBytes: at(1025) } },
    'deny launch/resource',
  ],
  ['that is missing below a maximum', { resources: { maxCpus: 2 } }, {}, 'deny launch/resource'],
  ['that an update leaves', { resources: { maxCpus: 2 } }, { action: 'update' }, 'allow'],
  [
    'that an update takes away',
    { resources: { maxCpus: 2 } },
    { action: 'update', resources: { cpus: at(0) } },
    'deny launch/resource',
  ],
  ['to ports', { ports: { host: ['80-90'] } }, port(80), 'allow'],
  ['to other ports', { ports: { host: ['80-90'] } }, port(443), 'deny launch/port'],
  ['to any free port', { ports: { host: ['80-90'] } }, port(0), 'deny launch/port'],
  ['to no port', { ports: { host: [], addresses: [] } }, port(undefined), 'allow'],
  ['to an address', { ports: { addresses: ['127.0.0.1'] } }, port(80, '127.0.0.1'), 'allow'],
  ['to all addresses', { ports: { addresses: ['127.0.0.1'] } }, port(80), 'deny launch/port'],
  ['to all addresses, spelled', { ports: { addresses: ['127.0.0.1'] } }, port(80, '[::]'), 'deny launch/port'],
  ['to all addresses, allowed', { ports: { addresses: ['*'] } }, port(80, '0.0.0.0'), 'allow'],
  ['by another runtime', {}, { runtime: at('runsc') }, 'allow (launch/runtime)'],
  ['by a program', {}, { runtime: at('/tmp/x') }, 'deny launch/runtime'],
  ['by a runtime that is listed', { runtimes: ['runsc'] }, { runtime: at('runsc') }, 'allow'],
  ['by one that is not', { runtimes: ['runsc'] }, { runtime: at('runc2') }, 'deny launch/runtime'],
  ['of another', { cgroupParent: 'refuse' }, { cgroupParent: at('/a') }, 'deny launch/cgroup-parent'],
]);
