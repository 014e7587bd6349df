import type { JsonMap, JsonValue } from '../../../src/launch/index.ts';
import type { LaunchForm } from '../../../src/model/index.ts';
import { bind } from '../../fakes/oci-configs.ts';

/** What one form shows otherwise than the others, and why that cannot be helped. */
export interface Difference {
  readonly forms: readonly LaunchForm[];
  readonly why: string;
  readonly standard?: string;
  readonly strict?: string;
}

/** One launch, in every form: what is changed in one in which all is well. A text says why a form cannot say it. */
export interface LaunchCase {
  readonly name: string;
  /** Said alike in all forms. */
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly docker?: JsonMap | string;
  /** Flags. */
  readonly run?: JsonMap | string;
  /** Of the service. */
  readonly compose?: JsonMap | string;
  readonly composeTop?: JsonMap;
  readonly podContainer?: JsonMap | string;
  readonly podSpec?: JsonMap | string;
  readonly config?: JsonMap | string | ((base: JsonMap) => JsonMap);
  /** Outcome and the rules that refuse, by each policy; allow unless said. */
  readonly standard?: string;
  readonly strict?: string;
  readonly differs?: readonly Difference[];
}

export const noPod = 'a Pod has no such field';
export const noConfig = 'the engine has carried it out by then: a config.json does not show it';

/** A path of the host that is mounted. */
export function bound(
  name: string,
  source: string,
  target: string,
  readOnly: boolean,
  more: Partial<LaunchCase>,
): LaunchCase {
  const text = `${source}:${target}${readOnly ? ':ro' : ''}`;
  return {
    name,
    docker: { HostConfig: { Binds: [text] } },
    run: { '--volume': text },
    compose: { volumes: [text] },
    podContainer: { volumeMounts: [{ name: 'host', mountPath: target, readOnly }] },
    podSpec: { volumes: [{ name: 'host', hostPath: { path: source } }] },
    config: { mounts: [bind(source, target, 'rprivate', ...(readOnly ? ['ro'] : []))] },
    ...more,
  };
}

/** An option of security. */
export function option(
  name: string,
  text: string,
  security: JsonMap,
  config: LaunchCase['config'],
  more: Partial<LaunchCase>,
) {
  return {
    name,
    docker: { HostConfig: { SecurityOpt: [text] } },
    run: { '--security-opt': [text] },
    compose: { security_opt: [text] },
    podContainer: { securityContext: security },
    ...(config === undefined ? {} : { config }),
    ...more,
  } satisfies LaunchCase;
}

export function capabilities(name: string, added: readonly string[], more: Partial<LaunchCase>): LaunchCase {
  return {
    name,
    docker: { HostConfig: { CapAdd: added } },
    run: { '--cap-add': added },
    compose: { cap_add: added },
    podContainer: { securityContext: { capabilities: { add: added } } },
    config: { process: { capabilities: { bounding: added.map((each) => `CAP_${each}`) } } },
    ...more,
  };
}

/** A namespace that is the host's. */
export function hostNamespace(kind: 'network' | 'pid' | 'ipc' | 'uts', more: Partial<LaunchCase> = {}): LaunchCase {
  const field = { network: 'NetworkMode', pid: 'PidMode', ipc: 'IpcMode', uts: 'UTSMode' }[kind];
  const inPod = { network: 'hostNetwork', pid: 'hostPID', ipc: 'hostIPC', uts: '' }[kind];
  const key = kind === 'network' ? 'network_mode' : kind;
  return {
    name: `the ${kind} namespace of the host`,
    docker: { HostConfig: { [field]: 'host' } },
    run: { [`--${kind}`]: 'host' },
    compose: { [key]: 'host' },
    podSpec: inPod === '' ? noPod : { [inPod]: true },
    config: (base) => namespacesOf(base, (each) => each.type !== kind),
    standard: 'deny launch/host-namespace',
    strict: 'deny launch/host-namespace',
    ...more,
  };
}

export function namespacesOf(
  base: JsonMap,
  keep: (namespace: JsonMap) => boolean,
  added: readonly JsonMap[] = [],
): JsonMap {
  const linux = base.linux as JsonMap;
  const namespaces = [...(linux.namespaces as readonly JsonMap[]).filter(keep), ...added];
  return { ...base, linux: { ...linux, namespaces } };
}

export function linuxOf(base: JsonMap, more: Record<string, JsonValue>): JsonMap {
  return { ...base, linux: { ...(base.linux as JsonMap), ...more } };
}

export function user(name: string, text: string, uid: number, gid: number, more: Partial<LaunchCase>): LaunchCase {
  return {
    name,
    docker: { User: text },
    run: { '--user': text },
    compose: { user: text },
    podContainer: { securityContext: { runAsUser: uid, runAsGroup: gid, runAsNonRoot: null } },
    config: { process: { user: { uid, gid } } },
    ...more,
  };
}

export function sysctl(name: string, key: string, value: string, more: Partial<LaunchCase>): LaunchCase {
  return {
    name,
    docker: { HostConfig: { Sysctls: { [key]: value } } },
    run: { '--sysctl': `${key}=${value}` },
    compose: { sysctls: { [key]: value } },
    podSpec: { securityContext: { sysctls: [{ name: key, value }] } },
    config: { linux: { sysctl: { [key]: value } } },
    ...more,
  };
}

export const both = (told: string) => ({ standard: told, strict: told });
export const strict = (told: string) => ({ strict: told });
