import type { At, LaunchVariable } from '../../model/index.ts';
import { parseDevice, parseDockerUser, parsePort } from '../docker-defaults.ts';
import { parseImageText } from '../image-text.ts';
import { type JsonValue, quoteName } from '../json-value.ts';
import { type LaunchDraft, shellCommand } from '../launch-draft.ts';
import { LaunchError } from '../launch-error.ts';
import { splitShellWords } from '../shell-words.ts';
import { isJsonMap } from '../yaml-text.ts';
import { type PairAt, type ValueReader, wrongType } from './compose-scope.ts';
import { readFileGrants } from './file-grants.ts';
import { parseVariablesFile } from './variables-file.ts';
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

/** How each field of a service is read (Compose specification, 05-services.md); `services.ts` lists the others. */
export const serviceFields: ReadonlyMap<string, ReadField> = new Map<string, ReadField>([
  ...harmlessFields.map((name): [string, ReadField] => [name, () => {}]),
  // Read by who knows the other services.
  ['extends', () => {}],
  ['image', (draft, value, path, read) => void (draft.image = parseImageText(read.text(value, path), path))],
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
      for (const pair of read.pairs(value, path)) draft.variables.set(pair.name, toVariable(pair));
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
  ['mem_limit', (draft, value, path, read) => void (draft.resources.memoryBytes = read.size(value, path))],
  ['cpus', (draft, value, path, read) => void (draft.resources.cpus = read.number(value, path))],
  [
    'pids_limit',
    (draft, value, path, read) => {
      const limit = read.number(value, path);
      if (limit.value > 0) draft.resources.pids = limit;
    },
  ],
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

/** A text is split into words as a shell would, and nothing in it means anything further (go-shellwords). */
function readCommand(value: JsonValue, path: string, read: ValueReader): readonly At<string>[] | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return read.texts(value, path);
  return splitShellWords(read.text(value, path), path).map((token) => ({ value: token.text, path }));
}

function readHealthcheck(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  const fields = read.fields(value, path);
  const disable = fields.get('disable');
  if (disable && read.boolean(disable.value, disable.path).value) {
    draft.healthcheck = undefined;
    return;
  }
  const test = fields.get('test');
  if (!test || test.value === null) return;
  if (!Array.isArray(test.value)) {
    draft.healthcheck = { purpose: 'healthcheck', command: shellCommand(read.text(test.value, test.path), test.path) };
    return;
  }
  const [kind, ...words] = read.texts(test.value, test.path);
  draft.healthcheck = undefined;
  if (!kind || kind.value === 'NONE') return;
  if (kind.value === 'CMD') draft.healthcheck = { purpose: 'healthcheck', command: words };
  else if (kind.value === 'CMD-SHELL') {
    const script = words.map((word) => word.value).join(' ');
    draft.healthcheck = { purpose: 'healthcheck', command: shellCommand(script, words[0]?.path ?? test.path) };
  } else throw wrongType(kind.path, 'NONE, CMD or CMD-SHELL');
}

function readHooks(
  purpose: 'post-start' | 'pre-stop',
  draft: LaunchDraft,
  value: JsonValue,
  path: string,
  read: ValueReader,
): void {
  for (const hook of read.list(value, path))
    for (const [name, field] of read.fields(hook.value, hook.path)) {
      if (name === 'command') {
        const command = readCommand(field.value, field.path, read);
        if (command) draft.hooks.push({ purpose, command });
      } else if (name === 'environment')
        draft.hookVariables.push(...read.pairs(field.value, field.path).map(toVariable));
      else if (name === 'privileged') {
        if (read.boolean(field.value, field.path).value) draft.privileged = { value: true, path: field.path };
      } else if (name !== 'working_dir') draft.other(`${purpose} ${name}`, describe(field.value), field.path);
    }
}

/** What is not set is taken from the host, whole or in part. */
function toVariable({ name, path, value }: PairAt): LaunchVariable {
  if (!value) return { name, path, from: { kind: 'host', name } };
  const [unset] = value.unset;
  if (unset === undefined) return { name, path, value: value.text };
  const from = { kind: 'host', name: unset } as const;
  return value.text === '' ? { name, path, from } : { name, path, value: value.text, from };
}

function readVariableFiles(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  const items = Array.isArray(value) ? read.list(value, path) : [{ value, path }];
  for (const item of items) {
    const fields = isJsonMap(item.value) ? read.fields(item.value, item.path) : undefined;
    const named = fields ? fields.get('path') : item;
    if (!named) throw wrongType(item.path, 'a path');
    const name = read.text(named.value, named.path);
    const content = read.scope.files.get(name);
    if (content === undefined) draft.other('env_file', name, item.path);
    else if (fields?.get('format')?.value === 'raw') draft.other('env_file', `${name} (raw)`, item.path);
    else
      for (const variable of parseVariablesFile(content, item.path, read.scope.variables)) {
        const found = variable.value === undefined ? undefined : { text: variable.value, unset: [] };
        draft.fileVariables.set(variable.name, toVariable({ name: variable.name, path: item.path, value: found }));
      }
  }
}

/** A network that is the host's by its name or driver is one of the host. */
function readNetworks(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  const named = isJsonMap(value)
    ? [...read.fields(value, path)].map(([name, field]) => ({ value: name, path: field.path }))
    : read.texts(value, path);
  const { networks } = read.scope.top;
  for (const { value: name, path: at } of named) {
    const declared = isJsonMap(networks) ? networks[name] : undefined;
    if (!isJsonMap(declared)) continue;
    const driver = typeof declared.driver === 'string' ? read.text(declared.driver, at) : '';
    const real = typeof declared.name === 'string' ? read.text(declared.name, at) : name;
    if (driver === 'host' || real === 'host')
      draft.namespaces.set('network', { kind: 'network', path: at, mode: 'host' });
    else if (driver !== '' && driver !== 'bridge' && driver !== 'overlay' && driver !== 'default')
      draft.other('network driver', driver, at);
  }
}

function readDevices(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  for (const item of read.list(value, path)) {
    if (!isJsonMap(item.value)) {
      draft.devices.push(parseDevice(read.text(item.value, item.path), item.path));
      continue;
    }
    const fields = read.fields(item.value, item.path, new Set(['source', 'target', 'permissions']));
    const part = (name: string): string => {
      const field = fields.get(name);
      return field ? read.text(field.value, field.path) : '';
    };
    const text = [part('source'), part('target') || part('source'), part('permissions') || 'rwm'].join(':');
    draft.devices.push(
      part('permissions') === '' ? parseDevice(part('source'), item.path) : parseDevice(text, item.path),
    );
  }
}

/** Devices that a driver is asked for: `gpus`, and `deploy.resources.reservations.devices`. */
function readDeviceRequests(kind: string, draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  if (!Array.isArray(value)) {
    draft.devices.push({ path, device: `${kind}=${read.text(value, path)}`, kind: 'request' });
    return;
  }
  for (const item of read.list(value, path)) {
    const words = [...read.fields(item.value, item.path)].map(([name, field]) => {
      const text = Array.isArray(field.value)
        ? read.texts(field.value, field.path).map((each) => each.value)
        : [isJsonMap(field.value) ? describe(field.value) : read.text(field.value, field.path)];
      return `${name}=${text.join('+')}`;
    });
    draft.devices.push({ path: item.path, device: [kind, ...words].join(','), kind: 'request' });
  }
}

const portFields = new Set(['name', 'mode', 'host_ip', 'target', 'published', 'protocol', 'app_protocol']);

function readPorts(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  for (const item of read.list(value, path)) {
    if (!isJsonMap(item.value)) {
      const text = read.text(item.value, item.path);
      draft.addPorts(parsePort(text, item.path), item.path);
      continue;
    }
    const fields = read.fields(item.value, item.path, portFields);
    const part = (name: string): string => {
      const field = fields.get(name);
      return field ? read.text(field.value, field.path) : '';
    };
    const address = part('host_ip');
    const front = address === '' ? '' : `${address.includes(':') ? `[${address}]` : address}:`;
    const text = `${front}${part('published')}:${part('target')}/${part('protocol') || 'tcp'}`;
    draft.addPorts(parsePort(front === '' && part('published') === '' ? text.slice(1) : text, item.path), item.path);
  }
}

const harmlessDeploy = new Set(
  'mode replicas endpoint_mode labels rollback_config update_config restart_policy placement'.split(' '),
);

function readDeploy(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  if (value === null) return;
  for (const [name, field] of read.fields(value, path)) {
    if (harmlessDeploy.has(name)) continue;
    if (name !== 'resources') draft.other(`deploy.${name}`, describe(field.value), field.path);
    else
      for (const [part, { value: inner, path: at }] of read.fields(field.value, field.path)) {
        if (part === 'limits') readLimits(draft, inner, at, read);
        else if (part === 'reservations') {
          const devices = read.fields(inner, at).get('devices');
          if (devices) readDeviceRequests('device', draft, devices.value, devices.path, read);
        } else draft.other(`deploy.resources.${part}`, describe(inner), at);
      }
  }
}

function readLimits(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  for (const [name, field] of read.fields(value, path)) {
    if (name === 'memory') draft.resources.memoryBytes = read.size(field.value, field.path);
    else if (name === 'cpus') draft.resources.cpus = read.number(field.value, field.path);
    else if (name === 'pids') draft.resources.pids = read.number(field.value, field.path);
    else throw new LaunchError('bad-launch', field.path, `the limit ${quoteName(name)} is not known`);
  }
}

/** A value that has no place, in short. */
export function describe(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}
