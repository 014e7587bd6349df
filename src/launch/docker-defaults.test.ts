import { describe, expect, it } from 'vitest';
import { type At, engineCapabilities, type LaunchMount, type LaunchPort, type LaunchSecurity } from '../model/index.ts';
import {
  compileCapabilities,
  linuxCapabilities,
  parseBind,
  parseBoolean,
  parseDevice,
  parseDockerUser,
  parseMountText,
  parsePort,
  parseSecurityOptions,
  parseSize,
  podmanCapabilities,
} from './docker-defaults.ts';
import { LaunchError } from './launch-error.ts';

const at = (values: readonly string[], name: string): readonly At<string>[] =>
  values.map((value, index) => ({ value, path: `${name}[${index}]` }));

function refusal(run: () => unknown): LaunchError {
  try {
    run();
  } catch (error) {
    if (error instanceof LaunchError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('capabilities', () => {
  const without = (...names: string[]) => engineCapabilities.filter((name) => !names.includes(name));

  it.each<[add: string[], drop: string[], set: readonly string[] | undefined]>([
    [[], [], undefined],
    [['SYS_ADMIN'], [], [...engineCapabilities, 'SYS_ADMIN']],
    [['cap_sys_admin', 'Net_Admin'], [], [...engineCapabilities, 'SYS_ADMIN', 'NET_ADMIN']],
    [['CHOWN'], [], engineCapabilities],
    // Go's upper case of the long s is S, as JavaScript's is.
    [['\u017fYS_TIME'], [], [...engineCapabilities, 'SYS_TIME']],
    [[], ['NET_RAW', 'cap_mknod'], without('NET_RAW', 'MKNOD')],
    [[], ['ALL'], []],
    [['NET_BIND_SERVICE'], ['all'], ['NET_BIND_SERVICE']],
    [['ALL'], [], ['ALL']],
    [['all'], ['ALL'], ['ALL']],
    [['ALL'], ['SYS_ADMIN'], [...linuxCapabilities].filter((name) => name !== 'SYS_ADMIN')],
    [['NET_RAW'], ['NET_RAW'], [...without('NET_RAW'), 'NET_RAW']],
  ])('add %j, drop %j', (add, drop, set) => {
    const names = compileCapabilities(at(add, 'CapAdd'), at(drop, 'CapDrop'), 'x')?.map(({ value }) => value);
    expect(names?.toSorted()).toEqual(set?.toSorted());
  });

  it('says where each was asked', () => {
    const set = compileCapabilities(at(['SYS_TIME', 'KILL'], 'CapAdd'), at(['CHOWN'], 'CapDrop'), 'HostConfig');
    expect(set).toContainEqual({ value: 'SYS_TIME', path: 'CapAdd[0]' });
    expect(set).toContainEqual({ value: 'KILL', path: 'CapAdd[1]' });
    expect(set).toContainEqual({ value: 'FOWNER', path: 'HostConfig' });
  });

  it.each(['SYS_GOD', '', 'CAP_', 'CAP_ALL', 'SYS_ADMIN ', 'CAP_CAP_CHOWN', '__proto__'])('refuses %j', (name) => {
    expect(refusal(() => compileCapabilities(at([name], 'CapAdd'), [], '')).path).toBe('CapAdd[0]');
    expect(refusal(() => compileCapabilities([], at([name], 'CapDrop'), '')).path).toBe('CapDrop[0]');
  });

  it('knows how many there are', () => {
    expect([engineCapabilities.length, podmanCapabilities.length, linuxCapabilities.size]).toEqual([14, 11, 41]);
  });
});

describe('security options', () => {
  it.each<[options: string[], security: Partial<Record<keyof LaunchSecurity, unknown>>]>([
    [[], {}],
    [['seccomp=unconfined'], { seccomp: 'unconfined' }],
    [['seccomp:unconfined'], { seccomp: 'unconfined' }],
    [['seccomp=builtin'], { seccomp: 'default' }],
    [['seccomp=/etc/profile.json'], { seccomp: 'profile' }],
    [['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'], { seccomp: 'profile' }],
    [['seccomp=builtin', 'seccomp=unconfined'], { seccomp: 'unconfined' }],
    [['apparmor=unconfined'], { apparmor: 'unconfined' }],
    [['apparmor:my-profile'], { apparmor: 'my-profile' }],
    [['apparmor=docker-default'], { apparmor: 'default' }],
    [['no-new-privileges'], { noNewPrivileges: true }],
    [['no-new-privileges:true'], { noNewPrivileges: true }],
    [['no-new-privileges=1'], { noNewPrivileges: true }],
    [['no-new-privileges', 'no-new-privileges=false'], { noNewPrivileges: false }],
    [['label=disable'], { selinux: 'disable' }],
    [['label:disable'], { selinux: 'disable' }],
    [['disable'], { selinux: 'disable' }],
    [['label=type:container_runtime_t', 'label=disable'], { selinux: 'disable' }],
    [['label=type:spc_t'], { selinux: '::spc_t:' }],
    [['label:user:a', 'label=level:s0:c1,c2'], { selinux: 'a:::s0:c1,c2' }],
    [['systempaths=unconfined'], { unmasked: 'ALL' }],
    [['unmask=/proc/acpi:/sys/firmware'], { unmasked: '/proc/acpi:/sys/firmware' }],
  ])('%j', (options, security) => {
    const read = parseSecurityOptions(at(options, '--security-opt'));
    const values = Object.fromEntries(
      Object.entries(read.security).map(([key, at]) => [key, (at as At<string>).value]),
    );
    expect(values).toEqual(security);
    expect(read.others).toEqual([]);
  });

  it.each([
    ['mask=/proc/kcore', 'security-opt mask'],
    ['seccomp', 'security-opt seccomp'],
    ['systempaths=other', 'security-opt systempaths'],
    ['label=nested', 'security-opt label'],
    ['Seccomp=unconfined', 'security-opt Seccomp'],
    ['credentialspec=file://x', 'security-opt credentialspec'],
    ['__proto__=x', 'security-opt __proto__'],
  ])('lists %s among others', (option, name) => {
    const read = parseSecurityOptions(at([option], 'SecurityOpt'));
    expect(read.security).toEqual({});
    expect(read.others).toMatchObject([{ name, path: 'SecurityOpt[0]' }]);
  });

  it.each(['', '=x', 'no-new-privileges=yes', 'no-new-privileges='])('refuses %j', (option) => {
    expect(refusal(() => parseSecurityOptions(at([option], 'o'))).path).toBe('o[0]');
  });
});

describe('mounts', () => {
  const bind = { type: 'bind', readOnly: false } as const;
  const volume = { type: 'volume', readOnly: false } as const;

  it.each<[text: string, mount: Partial<LaunchMount>]>([
    ['/a:/b', { ...bind, source: '/a', target: '/b' }],
    ['/a:/b:ro', { ...bind, source: '/a', target: '/b', readOnly: true }],
    ['/a:/b:ro,rslave', { ...bind, source: '/a', target: '/b', readOnly: true, propagation: 'slave' }],
    ['/a:/b:shared,z', { ...bind, source: '/a', target: '/b', propagation: 'shared' }],
    ['/a:/b:rprivate', { ...bind, source: '/a', target: '/b' }],
    ['/a/../etc/:/b/../c/', { ...bind, source: '/a/../etc/', target: '/c' }],
    ['./a:/b', { ...bind, source: './a', target: '/b' }],
    ['~/.docker:/b', { ...bind, source: '~/.docker', target: '/b' }],
    ['$PWD:/b', { ...bind, source: '$PWD', target: '/b' }],
    ['data:/b:nocopy', { ...volume, source: 'data', target: '/b' }],
    ['/b', { ...volume, target: '/b' }],
  ])('-v %s', (text, mount) => {
    expect(parseBind(text, 'p')).toEqual({ mount: { path: 'p', ...mount }, others: [] });
  });

  it('gives a named volume its driver', () => {
    expect(parseBind('data:/b', 'p', 'nfs').mount.driver).toBe('nfs');
    expect(parseBind('/data:/b', 'p', 'nfs').mount.driver).toBeUndefined();
  });

  it.each(['', ':/b', '/a:', '/a:b', 'a', '/a:/b:xx', '/a:/b:RO', '/a:/b:ro:rw', '/a:/b:,'])(
    'refuses -v %j',
    (text) => {
      expect(refusal(() => parseBind(text, 'p')).path).toBe('p');
    },
  );

  it.each<[text: string, mount: Partial<LaunchMount>]>([
    ['type=bind,src=/a,dst=/b', { ...bind, source: '/a', target: '/b' }],
    ['TYPE=BIND,Source=/a,destination=/b,readonly', { ...bind, source: '/a', target: '/b', readOnly: true }],
    ['type=bind,src=/a,dst=/b,ro=false', { ...bind, source: '/a', target: '/b' }],
    [
      'type=bind,src=/a,dst=/b,bind-propagation=rshared',
      { ...bind, source: '/a', target: '/b', propagation: 'shared' },
    ],
    ['src=data,target=/b', { ...volume, source: 'data', target: '/b' }],
    ['src=/etc,target=/b', { ...bind, source: '/etc', target: '/b' }],
    ['type=tmpfs,dst=/b,tmpfs-size=64m,tmpfs-mode=1777', { type: 'tmpfs', readOnly: false, target: '/b' }],
    ['type=image,src=a:1,dst=/b', { type: 'image', readOnly: false, source: 'a:1', target: '/b' }],
    ['type=bind,"src=/a,b",dst=/b', { ...bind, source: '/a,b', target: '/b' }],
    ['type=bind,src=/x,src=/a,dst=/b', { ...bind, source: '/a', target: '/b' }],
    [
      'type=volume,src=v,dst=/b,volume-driver=local,"volume-opt=o=bind,ro",volume-opt=device=/etc',
      { ...volume, source: 'v', target: '/b', driver: 'local', options: { o: 'bind,ro', device: '/etc' } },
    ],
  ])('--mount %s', (text, mount) => {
    expect(parseMountText(text, 'p')).toEqual({ mount: { path: 'p', ...mount }, others: [] });
  });

  it.each([
    '',
    'type=bind,src=/a',
    'type=bind,src=/a,dst=b',
    'type=bind,src=/a,dst=/b,readonly=maybe',
    'type=bind,src=/a,dst=/b,privileged',
    'type=bind,src=/a,dst=/b,bind-propagation=all',
    'type=bind,src="/a",dst=/b',
    'type=bind,src=/a,dst=/b,',
  ])('refuses --mount %j', (text) => {
    expect(refusal(() => parseMountText(text, 'p')).path).toBe('p');
  });

  it('lists a kind that it does not know', () => {
    const { mount, others } = parseMountText('type=devpts,dst=/dev/pts', 'p');
    expect(mount.type).toBe('other');
    expect(others).toEqual([{ name: 'mount type', value: 'devpts', path: 'p' }]);
    expect(parseBind('/a:/b:U', 'p').others).toEqual([{ name: 'mount option', value: 'U', path: 'p' }]);
  });
});

describe('ports', () => {
  const tcp = (port: Partial<LaunchPort>) => ({ path: 'p', protocol: 'tcp', ...port });

  it.each<[text: string, ports: readonly unknown[]]>([
    ['80', [tcp({ container: 80, host: 0 })]],
    ['8080:80', [tcp({ container: 80, host: 8080 })]],
    ['127.0.0.1:8080:80/TCP', [tcp({ container: 80, host: 8080, hostAddress: '127.0.0.1' })]],
    ['127.0.0.1::80', [tcp({ container: 80, host: 0, hostAddress: '127.0.0.1' })]],
    ['[::1]:53:53/udp', [{ path: 'p', container: 53, host: 53, hostAddress: '::1', protocol: 'udp' }]],
    ['9000-9001:80-81', [tcp({ container: 80, host: 9000 }), tcp({ container: 81, host: 9001 })]],
    ['9000-9005:80', [tcp({ container: 80, host: 9000 })]],
    ['80-81', [tcp({ container: 80, host: 0 }), tcp({ container: 81, host: 0 })]],
  ])('%s', (text, ports) => {
    expect(parsePort(text, 'p')).toEqual(ports);
  });

  it('gives those that are exposed no part of the host', () => {
    expect(parsePort('80-81/udp', 'p', false)).toEqual([
      { path: 'p', container: 80, protocol: 'udp' },
      { path: 'p', container: 81, protocol: 'udp' },
    ]);
    expect(refusal(() => parsePort('80:80', 'p', false)).path).toBe('p');
  });

  it.each(['', 'http', '80:', '65536', '90-80', '1-2:1-3', '80:90-91', '80/icmp', '8:0x50', '-1', '80-'])(
    'refuses %j',
    (text) => {
      expect(refusal(() => parsePort(text, 'p')).path).toBe('p');
    },
  );
});

describe('single values', () => {
  it.each([
    ['1000', { uid: 1000 }],
    ['1000:1001', { uid: 1000, gid: 1001 }],
    ['+0:-0', { uid: 0, gid: 0 }],
    ['00', { uid: 0 }],
    ['root', {}],
    ['www-data:33', { gid: 33 }],
    [':33', { uid: 0, gid: 33 }],
    ['0x0', {}],
  ])('user %s', (text, ids) => {
    expect(parseDockerUser(text, 'p')).toEqual({ text, ...ids });
  });

  it('reads no user as the own one of the image, and refuses what wraps around', () => {
    expect(parseDockerUser('', 'p')).toBeUndefined();
    for (const text of ['4294967296', '2147483648:0', '-1', '1:2:3', '99999999999999999999'])
      expect(refusal(() => parseDockerUser(text, 'p')).path).toBe('p');
  });

  it.each([
    ['512', 512],
    ['512b', 512],
    ['1k', 1024],
    ['512m', 512 * 1024 ** 2],
    ['1.5GiB', 1.5 * 1024 ** 3],
    ['2 GB', 2 * 1024 ** 3],
  ])('size %s', (text, bytes) => {
    expect(parseSize(text, 'p')).toBe(bytes);
  });

  it.each(['', '-1', 'm', '1e3', '1x', '9999999p', '0x10', '1..5'])('refuses size %j', (text) => {
    expect(refusal(() => parseSize(text, 'p')).path).toBe('p');
  });

  it.each([
    ['/dev/sda', { device: '/dev/sda', kind: 'path', permissions: 'rwm' }],
    ['/dev/sda:r', { device: '/dev/sda', kind: 'path', permissions: 'r' }],
    ['/dev/sda:/dev/x:rw', { device: '/dev/sda', kind: 'path', permissions: 'rw' }],
    ['/dev/sda:/dev/x', { device: '/dev/sda', kind: 'path', permissions: 'rwm' }],
    ['nvidia.com/gpu=all', { device: 'nvidia.com/gpu=all', kind: 'request' }],
  ])('device %s', (text, device) => {
    expect(parseDevice(text, 'p')).toEqual({ path: 'p', ...device });
  });

  it.each(['', 'sda', '/dev/a:/dev/b:x', '/dev/a:/b:r:w', '/dev/a:/b:rr'])('refuses device %j', (text) => {
    expect(refusal(() => parseDevice(text, 'p')).path).toBe('p');
  });

  it('reads true and false as Go does', () => {
    expect([parseBoolean('T', 'p'), parseBoolean('0', 'p')]).toEqual([true, false]);
    for (const text of ['yes', 'tRUE', '']) expect(refusal(() => parseBoolean(text, 'p')).path).toBe('p');
  });
});
