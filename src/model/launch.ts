import type { Digest } from '../base/index.ts';
import type { PodSecuritySpec } from './pod-security-spec.ts';
import type { ImageReference } from './reference.ts';

/** In which form a start was asked: a body of the Docker API, a compose file, a `docker run` line, an OCI config.json, a Pod. */
export const launchForms = ['docker', 'compose', 'run', 'config', 'pod'] as const;
export type LaunchForm = (typeof launchForms)[number];

/**
 * A value and where it stands in what was asked, as a person would name it: `spec.containers[0].env[1].value`,
 * `HostConfig.Binds[0]`, `services.web.environment.TOKEN`, `--env[2]`.
 */
export interface At<Value> {
  readonly value: Value;
  readonly path: string;
}

/**
 * One container that somebody asks to start, or a process in one, whichever engine or API asked. Parsers of `launch` write
 * it, and fill in what the engine of that form does by itself: what is absent here is the engine's safe default, unless said
 * otherwise. Untrusted in every part.
 */
export interface LaunchRequest {
  readonly form: LaunchForm;
  readonly action: 'start' | 'exec' | 'update';
  /** Where the container stands in what was asked; empty where it is the whole. */
  readonly path: string;
  readonly role: 'container' | 'init' | 'ephemeral';
  /** Of the container: what `--name` says, the service, the container of a Pod; of an exec the container that it enters. */
  readonly name?: string;
  readonly workload: LaunchWorkload;
  /** Absent only where an exec or update names a container and no image. */
  readonly image?: LaunchImage;
  /** Absent: the image's own. Empty: the image's own is taken away. */
  readonly entrypoint?: readonly At<string>[];
  /** Absent: the image's own, or none where the entrypoint was replaced. */
  readonly command?: readonly At<string>[];
  /** What the engine runs in the container besides. */
  readonly scripts: readonly LaunchScript[];
  readonly environment: readonly LaunchVariable[];
  /** Files whose content travels with the request: ConfigMaps, Secrets, configs of compose. */
  readonly files: readonly LaunchFile[];
  readonly mounts: readonly LaunchMount[];
  readonly workingDirectory?: At<string>;
  /** Absent: the image's own. */
  readonly user?: At<LaunchUser>;
  /** Supplementary groups, by number or name. */
  readonly groups: readonly At<string>[];
  readonly security: LaunchSecurity;
  readonly namespaces: readonly LaunchNamespace[];
  readonly devices: readonly LaunchDevice[];
  readonly sysctls: readonly (At<string> & { readonly name: string })[];
  readonly ports: readonly LaunchPort[];
  readonly resources: LaunchResources;
  /** Name or path of another OCI runtime than the engine's default; a RuntimeClass. */
  readonly runtime?: At<string>;
  readonly cgroupParent?: At<string>;
  /** Names of the containers whose mounts it takes over. */
  readonly volumesFrom: readonly At<string>[];
  /** What was asked and has no place here, by its name: no rule may take it for harmless. */
  readonly others: readonly (At<string> & { readonly name: string })[];
}

/** What was asked in one go: a container, or all of a Pod. An empty one is never allowed. */
export interface LaunchSet {
  readonly form: LaunchForm;
  readonly requests: readonly LaunchRequest[];
  /** Of a Pod: as Kubernetes sees it. */
  readonly pod?: PodSecuritySpec;
}

/** To what the container belongs. */
export interface LaunchWorkload {
  /** Kubernetes kind that was asked for: `Pod`, `Deployment`. */
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  /** Project of compose. */
  readonly project?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
}

export interface LaunchImage extends At<string> {
  /** Absent where it is an ID, or cannot be read; `problem` says why it cannot. */
  readonly reference?: ImageReference;
  /** Where it is named by its ID, whole. */
  readonly id?: Digest;
  readonly problem?: string;
}

export interface LaunchScript {
  readonly purpose: 'healthcheck' | 'probe' | 'post-start' | 'pre-stop';
  /** The program and its arguments; a script for a shell is `/bin/sh`, `-c`, the script. */
  readonly command: readonly At<string>[];
}

export interface LaunchVariable {
  readonly name: string;
  /** Of the value where there is one, otherwise of the reference. */
  readonly path: string;
  /** Absent where it is not in what was asked: taken from elsewhere, or unset. */
  readonly value?: string;
  readonly from?: LaunchReference;
}

/** Where a value comes from that is not itself in what was asked. */
export interface LaunchReference {
  /** `host`: the environment of who asks; `field`: of the Pod itself. */
  readonly kind: 'secret' | 'config' | 'field' | 'host' | 'file';
  readonly name: string;
  readonly key?: string;
}

export interface LaunchFile {
  /** Absolute path in the container. */
  readonly target: string;
  readonly path: string;
  /** UTF-8 text; absent where it is not in what was asked, or is no text. */
  readonly content?: string;
  readonly from?: LaunchReference;
}

export interface LaunchMount {
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'image' | 'secret' | 'config' | 'other';
  readonly path: string;
  /** Absolute path in the container. */
  readonly target: string;
  /** A path of the host as asked, the name of a volume (absent: anonymous), the reference of an image. */
  readonly source?: string;
  /** The same path of the host behind symlinks and `..`, where a gate on the host could look. */
  readonly resolved?: string;
  readonly readOnly: boolean;
  /** A gate on the host knows that sockets or state of its engine lie there, below or above it. */
  readonly isEngine?: true;
  /** Absent: private. */
  readonly propagation?: 'shared' | 'slave';
  /** Where a volume is made by this request: its driver and what it is told (`type`, `o`, `device`). */
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
  /** What kind of volume Kubernetes calls it: `hostPath`, `nfs`, `csi`. */
  readonly kind?: string;
}

export interface LaunchUser {
  /** As asked: `1000:1000`, `www-data`. */
  readonly text: string;
  /** Absent where it is a name. */
  readonly uid?: number;
  readonly gid?: number;
  /** Which user of the host that is, where a user namespace makes it another. */
  readonly hostUid?: number;
}

export interface LaunchSecurity {
  readonly privileged?: At<boolean>;
  /** Absent: the engine's default set. Otherwise the whole set that it gets: upper case, without `CAP_`; `ALL` is one. */
  readonly capabilities?: readonly At<string>[];
  /** Absent: the engine's default profile. `profile`: one of its own. A Pod that says nothing is `unconfined`. */
  readonly seccomp?: At<'default' | 'profile' | 'unconfined'>;
  /** Absent: the engine's default. Otherwise `unconfined`, `default`, or the name of a profile. */
  readonly apparmor?: At<string>;
  /** Absent: the engine's default. `disable`, or labels as `user:role:type:level`, each part may be empty. */
  readonly selinux?: At<string>;
  /** Absent: false, as engines have it. */
  readonly noNewPrivileges?: At<boolean>;
  readonly readOnlyRoot?: At<boolean>;
  /** That paths of /proc and /sys are not hidden or not read-only which otherwise are. */
  readonly unmasked?: At<string>;
  /** That Kubernetes refuses to start it as user 0. */
  readonly nonRoot?: At<boolean>;
}

/** A namespace that is not the container's own. */
export interface LaunchNamespace {
  readonly kind: 'pid' | 'network' | 'ipc' | 'uts' | 'user' | 'cgroup';
  readonly path: string;
  /** `shared`: with the container or path that `target` names. Containers of one Pod share by nature: not listed. */
  readonly mode: 'host' | 'shared';
  readonly target?: string;
}

export interface LaunchDevice {
  readonly path: string;
  /** A path of the host, a rule of the device cgroup (`c 1:3 rwm`), or what a driver is asked for (`nvidia=all`). */
  readonly device: string;
  readonly kind: 'path' | 'cgroup-rule' | 'request';
  /** Of r, w and m. */
  readonly permissions?: string;
}

export interface LaunchPort {
  readonly path: string;
  readonly container?: number;
  /** Absent: not published. 0: any that is free. */
  readonly host?: number;
  readonly hostAddress?: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}

/** Limits; absent: none. */
export interface LaunchResources {
  readonly memoryBytes?: At<number>;
  /** In cores. */
  readonly cpus?: At<number>;
  readonly pids?: At<number>;
}
