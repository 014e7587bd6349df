import {
  type At,
  engineCapabilities,
  type LaunchDevice,
  type LaunchFile,
  type LaunchForm,
  type LaunchImage,
  type LaunchMount,
  type LaunchNamespace,
  type LaunchPort,
  type LaunchRequest,
  type LaunchScript,
  type LaunchSecurity,
  type LaunchUser,
  type LaunchVariable,
} from '../model/index.ts';
import { compileCapabilities, parseSecurityOptions, type ReadMount } from './docker-defaults.ts';
import { LaunchError } from './launch-error.ts';
import { parseNamespace } from './namespace-text.ts';

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** Most of any list of one launch; a range of published ports counts each of them. */
export const draftLimits = { items: 20_000, ports: 65_536 };

/**
 * A launch that is being read, piece by piece in the order of what was asked: what comes later replaces what came before, or
 * adds to it, as docker does it. `compile` makes the request.
 */
export class LaunchDraft {
  readonly form: LaunchForm;
  readonly path: string;
  action: LaunchRequest['action'] = 'start';
  name: string | undefined;
  image: LaunchImage | undefined;
  entrypoint: readonly At<string>[] | undefined;
  command: readonly At<string>[] | undefined;
  /** Undefined: the image's own. */
  healthcheck: LaunchScript | undefined;
  readonly hooks: LaunchScript[] = [];
  /** Where names are unique (compose): of files of variables, and of the container itself, which win. */
  readonly fileVariables = new Map<string, LaunchVariable>();
  readonly namedVariables = new Map<string, LaunchVariable>();
  /** Where they are not: a program is given all of them. */
  readonly variables: LaunchVariable[] = [];
  readonly files: LaunchFile[] = [];
  /** Two may have one target: which of them is seen differs from engine to engine. */
  mounts: LaunchMount[] = [];
  workingDirectory: At<string> | undefined;
  user: At<LaunchUser> | undefined;
  readonly groups: At<string>[] = [];
  readonly capAdd: At<string>[] = [];
  readonly capDrop: At<string>[] = [];
  defaultCapabilities: readonly string[] = engineCapabilities;
  readonly securityOptions: At<string>[] = [];
  privileged: At<boolean> | undefined;
  readOnlyRoot: At<boolean> | undefined;
  readonly namespaces = new Map<LaunchNamespace['kind'], LaunchNamespace>();
  readonly devices: LaunchDevice[] = [];
  readonly sysctls = new Map<string, At<string> & { readonly name: string }>();
  readonly ports: LaunchPort[] = [];
  readonly resources: Writable<LaunchRequest['resources']> = {};
  runtime: At<string> | undefined;
  cgroupParent: At<string> | undefined;
  readonly volumesFrom: At<string>[] = [];
  /** Of `--volume-driver`, for whoever compiles the mounts. */
  volumeDriver: string | undefined;
  readonly workload: Writable<LaunchRequest['workload']> & { labels: Record<string, string> };
  readonly others: LaunchRequest['others'][number][] = [];

  constructor(form: LaunchForm, path: string) {
    this.form = form;
    this.path = path;
    this.workload = { labels: Object.create(null) };
  }

  other(name: string, value: string, path: string): void {
    this.others.push({ name, value, path });
  }

  addMount({ mount, others }: ReadMount): void {
    this.mounts.push(mount);
    this.others.push(...others);
  }

  setNamespace(kind: LaunchNamespace['kind'], text: string, path: string): void {
    const namespace = parseNamespace(kind, text, path);
    this.namespaces.delete(kind);
    if (namespace === 'unknown') this.other(`${kind} namespace`, text, path);
    else if (namespace) this.namespaces.set(kind, namespace);
  }

  /** Zero and less is no limit. */
  setLimit(kind: keyof LaunchRequest['resources'], limit: At<number>): void {
    if (limit.value > 0) this.resources[kind] = limit;
    else delete this.resources[kind];
  }

  addPorts(ports: readonly LaunchPort[], path: string): void {
    if (this.ports.length + ports.length > draftLimits.ports)
      throw new LaunchError('launch-limit', path, `there are more than ${draftLimits.ports} ports`);
    for (const port of ports) this.ports.push(port);
  }

  /** Throws LaunchError. */
  compile(): LaunchRequest {
    const { security, others } = this.compileSecurity();
    const environment = [
      ...[...this.fileVariables.values()].filter(({ name }) => !this.namedVariables.has(name)),
      ...this.namedVariables.values(),
      ...this.variables,
    ];
    for (const list of [environment, this.mounts, this.files, this.devices, this.others, this.groups])
      if (list.length > draftLimits.items)
        throw new LaunchError('launch-limit', this.path, `something is there more than ${draftLimits.items} times`);
    return {
      form: this.form,
      action: this.action,
      path: this.path,
      role: 'container',
      ...present('name', this.name),
      workload: this.workload,
      ...present('image', this.image),
      ...present('entrypoint', this.entrypoint),
      ...present('command', this.command),
      scripts: [...(this.healthcheck ? [this.healthcheck] : []), ...this.hooks],
      environment,
      files: this.files,
      mounts: this.mounts,
      ...present('workingDirectory', this.workingDirectory),
      ...present('user', this.user),
      groups: this.groups,
      security,
      namespaces: [...this.namespaces.values()],
      devices: this.devices,
      sysctls: [...this.sysctls.values()],
      ports: this.ports,
      resources: this.resources,
      ...present('runtime', this.runtime),
      ...present('cgroupParent', this.cgroupParent),
      volumesFrom: this.volumesFrom,
      others: [...this.others, ...others],
    };
  }

  private compileSecurity(): { security: LaunchSecurity; others: LaunchRequest['others'] } {
    const { security, others } = parseSecurityOptions(this.securityOptions);
    const at = this.capAdd[0]?.path ?? this.capDrop[0]?.path ?? this.path;
    const capabilities = compileCapabilities(this.capAdd, this.capDrop, at, this.defaultCapabilities);
    return {
      security: {
        ...security,
        ...present('privileged', this.privileged),
        ...present('readOnlyRoot', this.readOnlyRoot),
        ...present('capabilities', capabilities),
      },
      others,
    };
  }
}

function present<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [Name in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [Name in Key]: Value });
}

/** A script that a shell is given, as engines call it. */
export function shellCommand(script: string, path: string): readonly At<string>[] {
  return ['/bin/sh', '-c', script].map((value) => ({ value, path }));
}
