/**
 * The ways in which section 4A of the field asks for a privileged container past a gate, and what a container may ask for that
 * hands the host over.
 */
import type { RawRequest } from './raw-http.ts';

/** What the referee lets start. */
export const image = 'trusted.example/harbor/busybox:1';
export const json = (value: unknown) => JSON.stringify(value);

/** Makes the body 1.2 MiB, which dockerd does not show. */
export const padding = 'x'.repeat(1_200_000);
export const contentType = (...types: readonly string[]) => types.map((type) => ['Content-Type', type] as const);
export const privileged = { Image: image, HostConfig: { Privileged: true } };
export const created = (body: unknown, rest: Partial<RawRequest> = {}): RawRequest => ({
  path: '/v1.41/containers/create?name=attack',
  body: typeof body === 'string' ? body : json(body),
  ...rest,
});
export const host = (HostConfig: object) => created({ Image: image, HostConfig });

export const readings: readonly (readonly [string, RawRequest])[] = [
  ['plainly', created(privileged)],
  ['with lower-case keys', created(`{"Image":"${image}","hostconfig":{"privileged":true}}`)],
  ['with an upper-case key', created(`{"Image":"${image}","HostConfig":{"PRIVILEGED":true}}`)],
  ['with a key twice', created(`{"Image":"${image}","HostConfig":{},"HostConfig":{"Privileged":true}}`)],
  [
    'with a key twice, once escaped',
    created(`{"Image":"${image}","HostConfig":{},"Host\\u0043onfig":{"Privileged":true}}`),
  ],
  ['with a key twice, deep', created(`{"Image":"${image}","HostConfig":{"Privileged":false,"Privileged":true}}`)],
  ['with a long s', created(`{"Image":"${image}","Ho\u017ftConfig":{"Privileged":true}}`)],
  [
    'with a Kelvin sign',
    created(`{"Image":"${image}","HostConfig":{"NetworkMode":"none","Ulim\u0131ts":[],"Networ\u212aMode":"host"}}`),
  ],
  ['with a second document', created(`{"Image":"${image}"}{"HostConfig":{"Privileged":true}}`)],
  [
    'with a second document before',
    created(`{"HostConfig":{"Privileged":true},"Image":"${image}"}{"Image":"${image}"}`),
  ],
  ['with a byte order mark', created(`\ufeff${json(privileged)}`)],
  ['with a number beyond doubles', created(`{"Image":"${image}","HostConfig":{"Privileged":true,"Memory":1e400}}`)],
  ['with a prototype', created(`{"Image":"${image}","__proto__":{"HostConfig":{}},"HostConfig":{"Privileged":true}}`)],
  [
    'with a nest',
    created(`{"Image":"${image}","Labels":${'['.repeat(9000)}${']'.repeat(9000)},"HostConfig":{"Privileged":true}}`),
  ],
  [
    'with bytes that are no UTF-8',
    created('', {
      body: Buffer.from(`{"Image":"${image}","Labels":{"a":"\xff"},"HostConfig":{"Privileged":true}}`, 'latin1'),
    }),
  ],
  ['as text for a truth value', created(`{"Image":"${image}","HostConfig":{"Privileged":"true"}}`)],
  ['in the old place', created(`{"Image":"${image}","Privileged":true,"Binds":["/etc:/x"]}`)],
  ['in 1.2 MiB', created({ ...privileged, Labels: { padding } })],
  ['in 1.2 MiB, chunked', created({ ...privileged, Labels: { padding } }, { isChunked: true })],
  ['in 1 MiB to the byte', created({ ...privileged, Labels: { p: 'x'.repeat(1_048_576 - 92) } })],
  ['in spaces of 1.2 MiB', created(`${json(privileged)}${' '.repeat(1_200_000)}`)],
  ['in spaces of 1.2 MiB, before', created(`${' '.repeat(1_200_000)}${json(privileged)}`, { isChunked: true })],
  ['in chunks', created(privileged, { isChunked: true })],
  ['as JSON of another type', created(privileged, { headers: contentType('text/json') })],
  ['as JSON in capitals', created(privileged, { headers: contentType('APPLICATION/JSON') })],
  ['as JSON with a parameter', created(privileged, { headers: contentType('application/json; charset=utf-8') })],
  [
    'as JSON and a form',
    created(privileged, { headers: contentType('application/json', 'application/x-www-form-urlencoded') }),
  ],
  [
    'as a form and JSON',
    created(privileged, { headers: contentType('application/x-www-form-urlencoded', 'application/json') }),
  ],
  ['as nothing', created(privileged, { headers: [] })],
  ['without a version', created(privileged, { path: '/containers/create?name=attack' })],
  ['in API 1.23', created(privileged, { path: '/v1.23/containers/create?name=attack' })],
  ['in API 1.24', created(privileged, { path: '/v1.24/containers/create?name=attack' })],
  ['in API 1.024', created(privileged, { path: '/v1.024/containers/create?name=attack' })],
  ['in API 1.41.0', created(privileged, { path: '/v1.41.0/containers/create?name=attack' })],
  [
    'with a path that ends in /auth',
    created({ ...privileged, Labels: { padding } }, { path: '/v1.41/containers/create?name=attack&x=/auth' }),
  ],
  ['with an encoded slash', created(privileged, { path: '/v1.41/containers%2Fcreate?name=attack' })],
  ['with an encoded letter', created(privileged, { path: '/v1.41/containers/%63reate?name=attack' })],
  ['with two slashes', created(privileged, { path: '/v1.41//containers/create?name=attack' })],
  ['with a dot', created(privileged, { path: '/v1.41/./containers/create?name=attack' })],
  ['with dots', created(privileged, { path: '/v1.41/images/../containers/create?name=attack' })],
  ['with encoded dots', created(privileged, { path: '/v1.41/images/%2e%2e/containers/create?name=attack' })],
  ['with a slash at the end', created(privileged, { path: '/v1.41/containers/create/?name=attack' })],
  ['with a whole URI', created(privileged, { path: 'http://docker/v1.41/containers/create?name=attack' })],
  ['with a name twice', created(privileged, { path: '/v1.41/containers/create?name=harmless&name=attack' })],
  ['in HTTP 1.0', created(privileged, { version: '1.0' })],
  ['with another method', created(privileged, { method: 'post' })],
  [
    'with a method beside',
    created(privileged, {
      method: 'GET',
      headers: [['X-HTTP-Method-Override', 'POST'], ...contentType('application/json')],
    }),
  ],
];

/** `directory` holds a symlink to /etc of the name `link`. */
export const rightsOf = (directory: string): readonly (readonly [string, object])[] => [
  ['a capability', { CapAdd: ['SYS_ADMIN'] }],
  ['every capability', { CapAdd: ['all'] }],
  ['a capability with a prefix', { CapAdd: ['cap_sys_admin'] }],
  ['a device', { Devices: [{ PathOnHost: '/dev/kmsg', PathInContainer: '/dev/x', CgroupPermissions: 'rwm' }] }],
  ['a rule of devices', { DeviceCgroupRules: ['b *:* rwm'] }],
  ['a request for devices', { DeviceRequests: [{ Driver: 'nvidia', Count: -1, Capabilities: [['gpu']] }] }],
  ['no seccomp', { SecurityOpt: ['seccomp=unconfined'] }],
  ['no AppArmor', { SecurityOpt: ['apparmor:unconfined'] }],
  ['paths that are not masked', { SecurityOpt: ['systempaths=unconfined'] }],
  ['no masked paths', { MaskedPaths: [] }],
  ['no read-only paths', { ReadonlyPaths: [] }],
  ['the processes of the host', { PidMode: 'host' }],
  ['the network of the host', { NetworkMode: 'host' }],
  ['the IPC of the host', { IpcMode: 'host' }],
  ['the name of the host', { UTSMode: 'host' }],
  ['the users of the host', { UsernsMode: 'host' }],
  ['the network of another container', { NetworkMode: 'container:plain' }],
  ['the processes of another container', { PidMode: 'container:plain' }],
  ['mounts of another container', { VolumesFrom: ['plain'] }],
  ['another runtime', { Runtime: 'io.containerd.runc.v2' }],
  ['another cgroup', { CgroupParent: '/' }],
  ['a sysctl', { Sysctls: { 'kernel.shm_rmid_forced': '1' } }],
  ['the files of the host', { Binds: ['/:/host'] }],
  ['/etc', { Binds: ['/etc:/x:ro'] }],
  ['/etc as a mount', { Mounts: [{ Type: 'bind', Source: '/etc', Target: '/x' }] }],
  ['/etc with a longer name', { Binds: ['/srv/../etc/.:/x'] }],
  ['/etc behind a symlink', { Binds: [`${directory}/link:/x`] }],
  ['what is below a symlink', { Binds: [`${directory}/link/ssl:/x`] }],
  ['/etc behind /proc', { Binds: ['/proc/self/root/etc:/x'] }],
  ['/etc behind /proc and dots', { Binds: ['/srv/../proc/thread-self/root/etc:/x'] }],
  ["the directory of dockerd's socket", { Binds: ['/var/run:/x'] }],
  ["dockerd's data", { Binds: ['/var/lib/docker:/x'] }],
  [
    '/etc as a volume of the request',
    {
      Mounts: [
        {
          Type: 'volume',
          Target: '/x',
          VolumeOptions: { DriverConfig: { Name: 'local', Options: { type: 'none', o: 'bind', device: '/etc' } } },
        },
      ],
    },
  ],
  ['/etc as a volume that is there', { Binds: ['disguised:/x'] }],
  ['/etc as a volume that is there, as a mount', { Mounts: [{ Type: 'volume', Source: 'disguised', Target: '/x' }] }],
];
