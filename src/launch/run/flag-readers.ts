import type { At, LaunchNamespace, LaunchVariable } from '../../model/index.ts';
import {
  parseBind,
  parseBoolean,
  parseDevice,
  parseDockerUser,
  parseMountText,
  parsePort,
  parseSize,
} from '../docker-defaults.ts';
import { type JsonValue, quoteName } from '../json-value.ts';
import { type LaunchDraft, shellCommand } from '../launch-draft.ts';
import { LaunchError } from '../launch-error.ts';
import { parseNamespace } from '../namespace-text.ts';
import type { ShellWord } from '../shell-words.ts';
import { parseStrictJson } from '../strict-json.ts';

/** What a flag of the line was given. */
export interface FlagUse {
  readonly value: ShellWord;
  readonly path: string;
  readonly isPodman: boolean;
}

type ReadFlag = (draft: LaunchDraft, use: FlagUse) => void;

/** Flags that give a container nothing of the host or of another container, and take nothing away that protects. */
const harmless =
  'add-host arch attach authfile blkio-weight blkio-weight-device cidfile cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpuset-cpus cpuset-mems creds cert-dir decryption-key detach detach-keys device-read-bps device-read-iops device-write-bps device-write-iops disable-content-trust dns dns-option dns-search domainname health-interval health-log-destination health-max-log-count health-max-log-size health-on-failure health-retries health-start-interval health-start-period health-startup-interval health-startup-retries health-startup-success health-startup-timeout health-timeout help hostname http-proxy image-volume init interactive io-maxbandwidth io-maxiops ip ip6 kernel-memory link link-local-ip log-opt mac-address memory-reservation memory-swap memory-swappiness network-alias no-hostname no-hosts os passwd platform pull quiet read-only-tmpfs replace requires restart retry retry-delay rm rmi shm-size shm-size-systemd sig-proxy stop-signal stop-timeout storage-opt systemd timeout tty tz ulimit umask unsetenv unsetenv-all variant';
const localLogs = new Set(['json-file', 'local', 'journald', 'none', 'k8s-file', 'passthrough', 'passthrough-tty']);

const at = ({ value, path }: FlagUse): At<string> => ({ value: value.text, path });
const isTrue = ({ value, path }: FlagUse): At<boolean> => ({ value: parseBoolean(value.text, path), path });

/** Podman takes several of these in one flag, with commas between. */
function parts(use: FlagUse): readonly At<string>[] {
  const texts = use.isPodman ? use.value.plain.split(',') : [use.value.plain];
  return texts.map((value) => ({ value, path: use.path }));
}

function namespace(kind: LaunchNamespace['kind']): ReadFlag {
  return (draft, { value, path }) => draft.setNamespace(kind, value.text, path);
}

/** How the flags are read that have a place in a launch, or none that matters. */
export const readers: ReadonlyMap<string, ReadFlag> = new Map<string, ReadFlag>([
  ...harmless.split(' ').map((name): [string, ReadFlag] => [name, () => {}]),
  ['name', (draft, use) => void (draft.name = use.value.text)],
  ['env', (draft, use) => readVariable(draft, use)],
  [
    'label',
    (draft, { value }) => {
      const [name = '', ...rest] = value.text.split('=');
      draft.workload.labels[name] = rest.join('=');
    },
  ],
  ['entrypoint', (draft, use) => void (draft.entrypoint = readEntrypoint(use))],
  ['health-cmd', (draft, use) => readHealthCommand(draft, use)],
  ['health-startup-cmd', (draft, use) => readHealthCommand(draft, use)],
  ['no-healthcheck', (draft, use) => void (isTrue(use).value && (draft.healthcheck = undefined))],
  ['user', (draft, use) => readUser(draft, use)],
  ['workdir', (draft, use) => void (draft.workingDirectory = at(use))],
  ['group-add', (draft, use) => void draft.groups.push(...parts(use))],
  ['volume', (draft, { value, path }) => draft.addMount(parseBind(absoluteTarget(value.plain), path))],
  ['mount', (draft, { value, path }) => draft.addMount(parseMountText(absoluteMount(value.plain), path))],
  [
    'tmpfs',
    (draft, { value, path }) => {
      const [target = ''] = value.plain.split(':', 1);
      if (!/^[/$<]/.test(target)) throw new LaunchError('bad-launch', path, `${quoteName(target)} is no absolute path`);
      draft.addMount({ mount: { type: 'tmpfs', path, target, readOnly: false }, others: [] });
    },
  ],
  ['volumes-from', (draft, use) => void draft.volumesFrom.push(...parts(use))],
  [
    'use-api-socket',
    (draft, use) => {
      if (!isTrue(use).value) return;
      const socket = '/var/run/docker.sock';
      const mount = { type: 'bind', path: use.path, target: socket, source: socket, readOnly: false } as const;
      draft.addMount({ mount, others: [] });
      draft.other('use-api-socket', 'true', use.path);
    },
  ],
  ['cap-add', (draft, use) => void draft.capAdd.push(...parts(use))],
  ['cap-drop', (draft, use) => void draft.capDrop.push(...parts(use))],
  ['security-opt', (draft, use) => void draft.securityOptions.push(at(use))],
  ['privileged', (draft, use) => void (draft.privileged = isTrue(use))],
  ['read-only', (draft, use) => void (draft.readOnlyRoot = isTrue(use))],
  ['pid', namespace('pid')],
  ['ipc', namespace('ipc')],
  ['uts', namespace('uts')],
  ['userns', namespace('user')],
  ['cgroupns', namespace('cgroup')],
  ['network', (draft, use) => readNetwork(draft, use)],
  [
    'device',
    (draft, use) => {
      for (const { value, path } of parts(use)) draft.devices.push(parseDevice(value, path));
    },
  ],
  [
    'device-cgroup-rule',
    (draft, { value, path }) =>
      void draft.devices.push({
        path,
        device: value.text,
        kind: 'cgroup-rule',
        permissions: value.text.split(' ').at(-1) ?? '',
      }),
  ],
  [
    'gpus',
    (draft, { value, path }) =>
      void draft.devices.push({ path, device: `gpu=${value.text.replaceAll('"', '')}`, kind: 'request' }),
  ],
  [
    'sysctl',
    (draft, use) => {
      for (const { value, path } of parts(use)) {
        const [name = '', ...rest] = value.split('=');
        draft.sysctls.set(name, { name, value: rest.join('='), path });
      }
    },
  ],
  ['publish', (draft, use) => readPublish(draft, use)],
  [
    'publish-all',
    (draft, use) => {
      if (isTrue(use).value) draft.addPorts([{ path: use.path, host: 0, protocol: 'tcp' }], use.path);
    },
  ],
  [
    'expose',
    (draft, use) => {
      if (use.value.expansions.length > 0) return;
      for (const { value, path } of parts(use)) draft.addPorts(parsePort(value, path, false), path);
    },
  ],
  [
    'memory',
    (draft, { value, path }) => {
      if (value.expansions.length === 0) draft.setLimit('memoryBytes', { value: parseSize(value.text, path), path });
    },
  ],
  ['cpus', (draft, use) => readNumber(use, (number) => draft.setLimit('cpus', number))],
  ['pids-limit', (draft, use) => readNumber(use, (number) => draft.setLimit('pids', number))],
  ['runtime', (draft, use) => void (draft.runtime = at(use))],
  ['cgroup-parent', (draft, use) => void (draft.cgroupParent = at(use))],
  [
    'log-driver',
    (draft, { value, path }) => {
      if (!localLogs.has(value.text)) draft.other('log-driver', value.text, path);
    },
  ],
  ['tls-verify', (draft, use) => void (isTrue(use).value || draft.other('tls-verify', 'false', use.path))],
  ['volume-driver', (draft, use) => void (draft.volumeDriver = use.value.text)],
  ['secret', (draft, use) => readSecret(draft, use)],
]);

/** A whole word that the shell would put something in for. */
const wholeExpansion = /^(?:\$\w+|\$[@*#?$!-]|\$\{[^}]*\}|\$\([\s\S]*\)|`[^`]*`|<[^>]*>)$/;

function readVariable(draft: LaunchDraft, { value, path }: FlagUse): void {
  const equals = value.text.indexOf('=');
  const name = equals < 0 ? value.text : value.text.slice(0, equals);
  if (name === '') throw new LaunchError('bad-launch', path, 'a variable has no name');
  const text = value.text.slice(equals + 1);
  const [expansion] = value.expansions;
  const from: LaunchVariable['from'] = { kind: 'host', name: expansion ?? name };
  if (equals < 0 || (expansion !== undefined && wholeExpansion.test(text))) draft.variables.push({ name, path, from });
  else draft.variables.push({ name, path, value: text, ...(expansion === undefined ? {} : { from }) });
}

function readUser(draft: LaunchDraft, { value, path }: FlagUse): void {
  // What the shell puts in is not known, so neither are the numbers.
  const user = value.expansions.length > 0 ? { text: value.text } : parseDockerUser(value.text, path);
  draft.user = user && { value: user, path };
}

function readEntrypoint({ value, path, isPodman }: FlagUse): readonly At<string>[] {
  const words = isPodman ? parseWords(value.text, path) : undefined;
  return words ?? (value.text === '' ? [] : [{ value: value.text, path }]);
}

function readHealthCommand(draft: LaunchDraft, { value, path, isPodman }: FlagUse): void {
  const words = isPodman ? parseWords(value.text, path) : undefined;
  if (value.text === '' || (isPodman && value.text === 'none')) return;
  const command = words ?? shellCommand(value.text, path);
  draft.healthcheck = { purpose: 'healthcheck', command: words?.[0]?.value === 'CMD' ? words.slice(1) : command };
}

/** Podman takes a list in JSON in place of a text. */
function parseWords(text: string, path: string): readonly At<string>[] | undefined {
  if (!text.startsWith('[')) return undefined;
  let list: JsonValue;
  try {
    list = parseStrictJson(text);
  } catch (error) {
    // As podman does: what is no JSON is a text.
    if (error instanceof LaunchError) return undefined;
    throw error;
  }
  if (!Array.isArray(list) || !list.every((word) => typeof word === 'string')) return undefined;
  return list.map((value: string) => ({ value, path }));
}

/** What the shell puts in for a path in the container is an absolute one, or docker refuses it. */
function absoluteTarget(text: string): string {
  const [first = '', ...rest] = text.split(':');
  const absolute = (path: string) => (/^[$<%]/.test(path) ? `/${path}` : path);
  if (rest.length === 0) return absolute(first);
  const [target = '', ...modes] = rest;
  return [first, absolute(target), ...modes].join(':');
}

function absoluteMount(text: string): string {
  return text.replace(/(^|,)((?:target|dst|destination)=)(?=[$<%])/gi, '$1$2/');
}

function readNetwork(draft: LaunchDraft, { value, path }: FlagUse): void {
  const named = /(?:^|,)name=([^,]*)/.exec(value.plain)?.[1];
  const namespace = parseNamespace('network', named ?? value.text, path);
  // A further network takes the first one not away.
  if (namespace && namespace !== 'unknown') draft.namespaces.set('network', namespace);
}

function readPublish(draft: LaunchDraft, use: FlagUse): void {
  for (const { value, path } of parts(use)) {
    if (value.includes('=')) {
      const fields = new Map(value.split(',').map((field) => field.split('=', 2) as [string, string]));
      const text = `${fields.get('published') ?? ''}:${fields.get('target') ?? ''}/${fields.get('protocol') ?? 'tcp'}`;
      draft.addPorts(parsePort(text.replace(/^:/, ''), path), path);
    } else if (use.value.expansions.length > 0) draft.addPorts([{ path, host: 0, protocol: 'tcp' }], path);
    else draft.addPorts(parsePort(value, path), path);
  }
}

function readNumber({ value, path }: FlagUse, take: (number: At<number>) => void): void {
  if (value.expansions.length > 0) return;
  const number = Number(value.text);
  if (!/^[+-]?[\d.]+$/.test(value.text) || !Number.isFinite(number))
    throw new LaunchError('bad-launch', path, `${quoteName(value.text)} is no number`);
  take({ value: number, path });
}

/** `NAME[,type=env|mount][,target=…]` (podman-run(1), `--secret`). */
function readSecret(draft: LaunchDraft, { value, path }: FlagUse): void {
  const [source = '', ...fields] = value.plain.split(',');
  const options = new Map(fields.map((field) => field.split('=', 2) as [string, string]));
  const from = { kind: 'secret', name: source } as const;
  const target = options.get('target') ?? source;
  if (options.get('type') === 'env') draft.variables.push({ name: target, path, from });
  else {
    const file = target.startsWith('/') ? target : `/run/secrets/${target}`;
    draft.files.push({ target: file, path, from });
  }
}
