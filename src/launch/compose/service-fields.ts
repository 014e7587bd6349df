import { parseDockerImage } from '../docker/docker-image.ts';
import { parseDockerUser, parsePort } from '../docker-defaults.ts';
import type { JsonValue } from '../json-value.ts';
import type { LaunchDraft } from '../launch-draft.ts';
import { isJsonMap } from '../yaml-text.ts';
import { readCommand, readHealthcheck, readHooks } from './commands.ts';
import { type ValueReader, wrongType } from './compose-scope.ts';
import { readDeploy, readDeviceRequests, readDevices } from './devices.ts';
import { readFileGrants } from './file-grants.ts';
import { readNetworks, readPorts } from './networks.ts';
import { readVariableFiles, toVariable } from './variables.ts';
import { readVolumes } from './volumes.ts';

type ReadField = (draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader) => void;

/** Fields that give a container nothing of the host or of another container, and take nothing away that protects. */
const harmlessFields = [
  'attach',
  'blkio_config',
  'container_name',
  'cpu_count',
  'cpu_percent',
  'cpu_period',
  'cpu_quota',
  'cpu_rt_period',
  'cpu_rt_runtime',
  'cpu_shares',
  'cpuset',
  'depends_on',
  'dns',
  'dns_opt',
  'dns_search',
  'domainname',
  'external_links',
  'extra_hosts',
  'hostname',
  'init',
  'links',
  'mac_address',
  'mem_reservation',
  'mem_swappiness',
  'memswap_limit',
  'platform',
  'profiles',
  'pull_policy',
  'pull_refresh_after',
  'restart',
  'scale',
  'shm_size',
  'stdin_open',
  'stop_grace_period',
  'stop_signal',
  'storage_opt',
  'tty',
  'ulimits',
];

/** Log drivers that keep what the container says on its host. */
const localLogs = new Set(['json-file', 'local', 'journald', 'none']);

/** How each field of a service is read (Compose specification, 05-services.md); what is not here is listed among `others`. */
export const serviceFields: ReadonlyMap<string, ReadField> = new Map<string, ReadField>([
  ...harmlessFields.map((name): [string, ReadField] => [name, () => {}]),
  // Read by who knows the other services.
  ['extends', () => {}],
  ['image', (draft, value, path, read) => void (draft.image = parseDockerImage(read.text(value, path), path))],
  [
    'build',
    (draft, value, path, read) => {
      const context = isJsonMap(value) ? (value.context ?? '.') : value;
      const text = `build:${read.text(context, path)}`;
      draft.other('build', text, path);
      draft.image ??= { value: text, path, problem: 'it is built from files, and nobody has looked at the result' };
    },
  ],
  ['command', (draft, value, path, read) => void (draft.command = readCommand(value, path, read))],
  ['entrypoint', (draft, value, path, read) => void (draft.entrypoint = readCommand(value, path, read))],
  ['healthcheck', readHealthcheck],
  ['post_start', (draft, value, path, read) => readHooks('post-start', draft, value, path, read)],
  ['pre_stop', (draft, value, path, read) => readHooks('pre-stop', draft, value, path, read)],
  [
    'environment',
    (draft, value, path, read) => {
      for (const pair of read.pairs(value, path)) draft.namedVariables.set(pair.name, toVariable(pair));
    },
  ],
  ['env_file', readVariableFiles],
  ['volumes', readVolumes],
  [
    'tmpfs',
    (draft, value, path, read) => {
      for (const { value: text, path: at } of read.textOrTexts(value, path)) {
        const [target = ''] = text.split(':', 1);
        if (!target.startsWith('/')) throw wrongType(at, 'an absolute path');
        draft.addMount({ mount: { type: 'tmpfs', path: at, target, readOnly: false }, others: [] });
      }
    },
  ],
  ['secrets', (draft, value, path, read) => readFileGrants('secret', draft, value, path, read)],
  ['configs', (draft, value, path, read) => readFileGrants('config', draft, value, path, read)],
  ['working_dir', (draft, value, path, read) => void (draft.workingDirectory = read.at(value, path))],
  [
    'user',
    (draft, value, path, read) => {
      const user = parseDockerUser(read.text(value, path), path);
      draft.user = user && { value: user, path };
    },
  ],
  ['group_add', (draft, value, path, read) => void draft.groups.push(...read.texts(value, path))],
  ['cap_add', (draft, value, path, read) => void draft.capAdd.push(...read.texts(value, path))],
  ['cap_drop', (draft, value, path, read) => void draft.capDrop.push(...read.texts(value, path))],
  ['security_opt', (draft, value, path, read) => void draft.securityOptions.push(...read.texts(value, path))],
  ['privileged', (draft, value, path, read) => void (draft.privileged = read.boolean(value, path))],
  ['read_only', (draft, value, path, read) => void (draft.readOnlyRoot = read.boolean(value, path))],
  ['pid', (draft, value, path, read) => draft.setNamespace('pid', value === null ? '' : read.text(value, path), path)],
  ['ipc', (draft, value, path, read) => draft.setNamespace('ipc', read.text(value, path), path)],
  ['uts', (draft, value, path, read) => draft.setNamespace('uts', read.text(value, path), path)],
  ['cgroup', (draft, value, path, read) => draft.setNamespace('cgroup', read.text(value, path), path)],
  ['userns_mode', (draft, value, path, read) => draft.setNamespace('user', read.text(value, path), path)],
  ['network_mode', (draft, value, path, read) => draft.setNamespace('network', read.text(value, path), path)],
  ['networks', readNetworks],
  ['cgroup_parent', (draft, value, path, read) => void (draft.cgroupParent = read.at(value, path))],
  ['runtime', (draft, value, path, read) => void (draft.runtime = read.at(value, path))],
  ['devices', readDevices],
  [
    'device_cgroup_rules',
    (draft, value, path, read) => {
      for (const { value: device, path: at } of read.texts(value, path))
        draft.devices.push({ path: at, device, kind: 'cgroup-rule', permissions: device.split(' ').at(-1) ?? '' });
    },
  ],
  ['gpus', (draft, value, path, read) => readDeviceRequests('gpu', draft, value, path, read)],
  [
    'sysctls',
    (draft, value, path, read) => {
      for (const sysctl of read.textPairs(value, path)) draft.sysctls.set(sysctl.name, sysctl);
    },
  ],
  ['ports', readPorts],
  [
    'expose',
    (draft, value, path, read) => {
      for (const { value: text, path: at } of read.texts(value, path)) draft.addPorts(parsePort(text, at, false), at);
    },
  ],
  ['mem_limit', (draft, value, path, read) => draft.setLimit('memoryBytes', read.size(value, path))],
  ['cpus', (draft, value, path, read) => draft.setLimit('cpus', read.number(value, path))],
  ['pids_limit', (draft, value, path, read) => draft.setLimit('pids', read.number(value, path))],
  ['deploy', readDeploy],
  [
    'labels',
    (draft, value, path, read) => {
      for (const { name, value: text } of read.textPairs(value, path)) draft.workload.labels[name] = text;
    },
  ],
  [
    'annotations',
    (draft, value, path, read) => {
      for (const { name, value: text, path: at } of read.textPairs(value, path))
        draft.other('annotation', `${name}=${text}`, at);
    },
  ],
  ['volumes_from', (draft, value, path, read) => void draft.volumesFrom.push(...read.texts(value, path))],
  [
    'use_api_socket',
    (draft, value, path, read) => {
      if (!read.boolean(value, path).value) return;
      const socket = '/var/run/docker.sock';
      draft.addMount({ mount: { type: 'bind', path, target: socket, source: socket, readOnly: false }, others: [] });
      draft.other('use_api_socket', 'true', path);
    },
  ],
  [
    'logging',
    (draft, value, path, read) => {
      const fields = read.fields(value, path);
      const driver = fields.get('driver');
      const name = driver ? read.text(driver.value, driver.path) : 'json-file';
      if (!localLogs.has(name)) draft.other('logging', name, driver?.path ?? path);
    },
  ],
]);
