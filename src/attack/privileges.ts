import { dirname } from 'node:path';
import type { Attack, AttackHost } from './attack.ts';
import { json } from './bodies.ts';
import { containerAttack, findWitness, isSet, type Witness } from './container-attack.ts';
import { refusalIn } from './judge-answer.ts';

type Rights = Readonly<Record<string, unknown>>;
type Row = readonly [name: string, title: string, why: string, rights: (host: AttackHost) => Rights];

const rights = 'rights over the kernel of the host';
const device = 'the disks and the memory of the host';
const open = 'the walls that the engine puts up by itself, away';
const names = 'what runs beside it on the host';
const files = 'files of the host, and root by them';
const socket = 'every container of the host, by the socket of its engine';

const disguise = { type: 'none', o: 'bind', device: '/etc' };
/** Not beside the dropping of all: some engines refuse what contradicts itself, and that would be no refusal of the right. */
const capability = (name: string): Rights => ({ CapAdd: [name], CapDrop: [] });
const bind = (source: string): Rights => ({ Binds: [`${source}:/portwarden-attack:ro`] });

const rows: readonly Row[] = [
  ['capability', 'A capability that is as good as root', rights, () => capability('SYS_ADMIN')],
  ['capability-all', 'Every capability, in small letters', rights, () => capability('all')],
  ['capability-prefix', 'A capability with a prefix', rights, () => capability('cap_sys_admin')],
  [
    'device',
    'A device',
    device,
    () => ({ Devices: [{ PathOnHost: '/dev/kmsg', PathInContainer: '/dev/x', CgroupPermissions: 'rwm' }] }),
  ],
  ['device-rule', 'A rule that opens every disk', device, () => ({ DeviceCgroupRules: ['b *:* rwm'] })],
  [
    'device-request',
    'A request for devices',
    device,
    () => ({ DeviceRequests: [{ Driver: 'nvidia', Count: -1, Capabilities: [['gpu']] }] }),
  ],
  ['no-seccomp', 'No seccomp', open, () => ({ SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'] })],
  ['no-apparmor', 'No AppArmor', open, () => ({ SecurityOpt: ['no-new-privileges', 'apparmor:unconfined'] })],
  [
    'no-masks',
    'Nothing of /proc masked',
    open,
    () => ({ SecurityOpt: ['no-new-privileges', 'systempaths=unconfined'] }),
  ],
  ['masked-paths', 'An empty list of masked paths', open, () => ({ MaskedPaths: [] })],
  ['readonly-paths', 'An empty list of read-only paths', open, () => ({ ReadonlyPaths: [] })],
  ['pid-host', 'The processes of the host', names, () => ({ PidMode: 'host' })],
  ['network-host', 'The network of the host', names, () => ({ NetworkMode: 'host' })],
  ['ipc-host', 'The shared memory of the host', names, () => ({ IpcMode: 'host' })],
  ['uts-host', 'The name of the host', names, () => ({ UTSMode: 'host' })],
  ['users-host', 'The users of the host', names, () => ({ UsernsMode: 'host' })],
  [
    'runtime',
    'Another runtime',
    'a start that no wrapper of the first runtime sees',
    () => ({ Runtime: 'io.containerd.runc.v2' }),
  ],
  ['cgroup-parent', 'The root of all cgroups', 'more than the limits of the host allow', () => ({ CgroupParent: '/' })],
  ['sysctl', 'A setting of the kernel', rights, () => ({ Sysctls: { 'kernel.shm_rmid_forced': '1' } })],
  ['root-path', 'All files of the host', files, () => bind('/')],
  ['etc', 'The directory /etc', files, () => bind('/etc')],
  [
    'etc-mount',
    '/etc as a mount',
    files,
    () => ({ Mounts: [{ Type: 'bind', Source: '/etc', Target: '/portwarden-attack', ReadOnly: true }] }),
  ],
  ['etc-dots', '/etc by a path with dots', files, () => bind('/srv/../etc/.')],
  ['etc-symlink', '/etc behind a symlink', files, ({ link }) => bind(link)],
  ['below-symlink', 'What is below a symlink', files, ({ link }) => bind(`${link}/ssl`)],
  ['proc-root', '/etc behind /proc/self/root', files, () => bind('/proc/self/root/etc')],
  ['proc-root-dots', '/etc behind /proc and dots', files, () => bind('/srv/../proc/thread-self/root/etc')],
  ['engine-socket', "The engine's socket", socket, (host) => bind(host.socket)],
  ['engine-directory', "The directory of the engine's socket", socket, (host) => bind(dirname(host.socket))],
  ['run', '/run, above most sockets', socket, () => bind('/run')],
  ['var-run', '/var/run, the same behind a symlink', socket, () => bind('/var/run')],
  ['engine-data', "The engine's data", 'the files and settings of every container', (host) => bind(host.dataRoot)],
  [
    'volume-in-disguise',
    '/etc as a volume of the request',
    files,
    () => ({
      Mounts: [
        {
          Type: 'volume',
          Target: '/portwarden-attack',
          VolumeOptions: { DriverConfig: { Name: 'local', Options: disguise } },
        },
      ],
    }),
  ],
];

/** What must be set in the container for each right to have been given. */
function witnessesOf(given: Rights): readonly Witness[] {
  return Object.keys(given).flatMap((key): readonly Witness[] => {
    if (key === 'CapDrop') return [];
    // Podman shows mounts among all mounts of a container.
    if (key === 'Mounts')
      return [
        ['HostConfig.Mounts', isSet],
        ['Mounts', isSet],
      ];
    // Engines say null where nothing was asked, and an empty list where that was.
    const isEmpty = key === 'MaskedPaths' || key === 'ReadonlyPaths';
    return [[`HostConfig.${key}`, isEmpty ? (value) => Array.isArray(value) && value.length === 0 : isSet]];
  });
}

const own: readonly Attack[] = rows.map(
  ([name, title, why, ask]): Attack => rightsAttack(`docker/right/${name}`, title, why, ask),
);

const usersHost = 'docker/right/users-host';

function rightsAttack(id: string, title: string, why: string, ask: (host: AttackHost) => Rights): Attack {
  return {
    id,
    title,
    why,
    reference: 'CIS Docker Benchmark, section 5',
    async run(host, signal) {
      // Without a namespace of users there is none to be left.
      if (id === usersHost && !host.remapsUsers)
        return { state: 'not-applicable', reason: 'the engine gives containers no users of their own' };
      const asked = ask(host);
      const { HostConfig, ...top } = host.harmless();
      const body = json({ ...top, HostConfig: { ...HostConfig, ...asked } });
      return containerAttack({
        ...{ id, title, why, reference: '' },
        witnesses: witnessesOf(asked),
        requests: (_, container) => [{ path: `/${host.api}/containers/create?name=${container}`, body }],
      }).run(host, signal);
    },
  };
}

/** Rights that are taken from another container, which is made for it. */
const borrowed = (
  [
    [
      'network-of-container',
      'The network of another container',
      (other: string) => ({ NetworkMode: `container:${other}` }),
    ],
    ['pid-of-container', 'The processes of another container', (other: string) => ({ PidMode: `container:${other}` })],
    ['volumes-from', 'The mounts of another container', (other: string) => ({ VolumesFrom: [other] })],
  ] as const
).map(
  ([name, title, ask]): Attack => ({
    id: `docker/right/${name}`,
    title,
    why: 'what another container is allowed',
    reference: 'CIS Docker Benchmark, section 5',
    async run(host, signal) {
      const other = await host.waiting(signal);
      if ('missing' in other) return { state: 'undetermined', reason: other.missing };
      return rightsAttack('', title, '', () => ask(other.name)).run(host, signal);
    },
  }),
);

/** Limits that are lifted once the container is there. */
const update: Attack = {
  id: 'docker/update/oversize',
  title: 'Limits lifted by an update of 1.2 MiB',
  why: 'all memory of the host, and other settings past the gate',
  reference: 'CVE-2026-34040',
  async run(host, signal) {
    const container = await host.waiting(signal);
    if ('missing' in container) return { state: 'undetermined', reason: container.missing };
    const body = json({ CpuShares: 77, padding: 'x'.repeat(1_200_000) });
    const answer = await host.send([{ path: `/${host.api}/containers/${container.name}/update`, body }], signal);
    const inspected = await host.read(`/containers/${container.name}/json`, signal);
    const witness = findWitness(inspected, [['HostConfig.CpuShares', (value) => value === 77]]);
    if (witness !== undefined) return { state: 'broken', witness };
    return refusalIn(answer) ?? { state: 'held', by: 'engine', words: 'the engine changed nothing' };
  },
};

/** What a container may ask for that hands the host over. */
export const privilegeAttacks: readonly Attack[] = [...own, ...borrowed, update];
