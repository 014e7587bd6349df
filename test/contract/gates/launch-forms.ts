import type { JsonMap, JsonValue } from '../../../src/launch/index.ts';
import type { LaunchForm } from '../../../src/model/index.ts';
import { pod, podSpec } from '../../fakes/admission-reviews.ts';
import { dockerConfig } from '../../fakes/oci-configs.ts';
import type { LaunchCase } from './case-builders.ts';

/** How one launch is written in each form: what is said here of all launches, with what a case changes. */
export const imageDigest = `sha256:${'1'.repeat(64)}` as const;
export const imageId = `sha256:${'2'.repeat(64)}` as const;
export const pinnedImage = `registry.example/team/app@${imageDigest}`;

/** Maps are merged, lists grow, null takes away; all else is replaced. */
function merge(base: JsonValue | undefined, change: JsonValue | undefined): JsonValue | undefined {
  if (change === null) return undefined;
  if (change === undefined) return base;
  if (Array.isArray(base) && Array.isArray(change)) return [...base, ...change];
  if (!isMap(base) || !isMap(change)) return change;
  const keys = new Set([...Object.keys(base), ...Object.keys(change)]);
  const entries = [...keys].map((key) => [key, merge(base[key], change[key])] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as JsonMap;
}

function isMap(value: JsonValue | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const mergeMap = (base: JsonMap, change: JsonMap = {}): JsonMap => merge(base, change) as JsonMap;
const assignments = (env: Readonly<Record<string, string>> = {}) =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`);
const argsOf = ({ args }: LaunchCase): JsonMap => (args === undefined ? {} : { args });

export function dockerBody(asked: LaunchCase): JsonMap {
  const { image = pinnedImage, args, env, docker = {} } = asked;
  const base = {
    Image: image,
    User: '1000:1000',
    Env: assignments(env),
    ...(args === undefined ? {} : { Cmd: args }),
    HostConfig: { ReadonlyRootfs: true, Memory: 268_435_456, SecurityOpt: ['no-new-privileges'] },
  };
  return mergeMap(base, changeOf(docker));
}

export function runLine(asked: LaunchCase): string {
  const { image = pinnedImage, args = [], env, run = {} } = asked;
  const base = {
    '--user': '1000:1000',
    '--read-only': true,
    '--memory': '256m',
    '--security-opt': ['no-new-privileges'],
    '--env': assignments(env),
  };
  const flags = Object.entries(mergeMap(base, changeOf(run))).flatMap(([flag, value]) => {
    if (value === true) return [flag];
    return (Array.isArray(value) ? value : [value]).map((each) => `${flag}=${each}`);
  });
  return ['docker', 'run', ...flags, image, ...args]
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    .join(' ')
    .replaceAll(/^'docker' 'run'/g, 'docker run');
}

/** JSON, which is YAML. A dollar is doubled, as compose has it. */
export function composeText(asked: LaunchCase): string {
  const { image = pinnedImage, args, env = {}, compose = {}, composeTop = {} } = asked;
  const base = {
    image,
    user: '1000:1000',
    read_only: true,
    mem_limit: '256m',
    security_opt: ['no-new-privileges'],
    environment: { ...env },
    ...(args === undefined ? {} : { command: args }),
  };
  const file = { ...composeTop, services: { web: mergeMap(base, changeOf(compose)) } };
  return JSON.stringify(file).replaceAll('$', '$$$$');
}

export function podObject(asked: LaunchCase): JsonMap {
  const { image = pinnedImage, env = {}, podContainer = {}, podSpec: spec = {} } = asked;
  const base = {
    name: 'web',
    image,
    ...argsOf(asked),
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    resources: { limits: { memory: '256Mi' } },
    securityContext: {
      runAsUser: 1000,
      runAsGroup: 1000,
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
  const { containers: _, ...others } = podSpec({}) as unknown as JsonMap;
  const whole = mergeMap(others, changeOf(spec));
  return pod({ ...whole, containers: [mergeMap(base, changeOf(podContainer))] }) as unknown as JsonMap;
}

export function ociConfig(asked: LaunchCase): JsonMap {
  const { args, env, config = {} } = asked;
  const changed = {
    process: {
      user: { uid: 1000, gid: 1000, additionalGids: null },
      noNewPrivileges: true,
      env: assignments(env),
    },
    root: { readonly: true },
    linux: { resources: { memory: { limit: 268_435_456 } } },
  };
  const base = mergeMap(dockerConfig(args === undefined ? {} : { process: { args } }), changed);
  return typeof config === 'function' ? config(base) : mergeMap(base, changeOf(config));
}

/** A change, or a reason why the form has none for it. */
function changeOf(change: JsonMap | string): JsonMap {
  return typeof change === 'string' ? {} : change;
}

/** Why a form cannot say what the case is about; undefined where it can. */
export function reasonNot(asked: LaunchCase, form: LaunchForm): string | undefined {
  const said = form === 'pod' ? (asked.podContainer ?? asked.podSpec) : asked[form];
  return typeof said === 'string' ? said : undefined;
}
