import { asArray, asString, type JsonObject } from '../../base/index.ts';
import type { LaunchRequest, LaunchSet } from '../../model/index.ts';
import type { AdmissionRequest } from './admission-review.ts';
import type { AdmissionQuestion } from './read-question.ts';

const knownKeys: Readonly<Record<string, ReadonlySet<string>>> = {
  exec: new Set(['kind', 'apiVersion', 'stdin', 'stdout', 'stderr', 'tty', 'container', 'command']),
  attach: new Set(['kind', 'apiVersion', 'stdin', 'stdout', 'stderr', 'tty', 'container']),
  portforward: new Set(['kind', 'apiVersion', 'ports']),
};
const mostWords = 1000;

/**
 * What a CONNECT asks: a process in a container that runs, the terminal of one, a way to its ports (k8s.io/api/core/v1
 * PodExecOptions, PodAttachOptions, PodPortForwardOptions), or the API of a node's kubelet, which can start processes too.
 */
export function readConnect(request: AdmissionRequest): AdmissionQuestion {
  const { resource, subResource, object } = request;
  const path = `${resource.group}/${resource.resource}/${subResource}`;
  if (path === '/nodes/proxy') return readNodeProxy(object);
  // They reach what listens already, by the network; security groups are about that.
  if (path === '/pods/proxy' || path === '/services/proxy') return { kind: 'pass' };
  const known = resource.group === '' && resource.resource === 'pods' ? knownKeys[subResource] : undefined;
  if (!known) return { kind: 'refuse', reason: `CONNECT to ${path} is nothing that this gate can judge` };
  if (!object)
    return { kind: 'refuse', reason: 'request.object is missing: what is asked of the container is not said' };
  const others: LaunchRequest['others'][number][] = [];
  for (const key of Object.keys(object)) {
    if (!known.has(key)) others.push({ name: key.slice(0, 100), path: key.slice(0, 100), value: typeof object[key] });
  }
  if (subResource === 'exec') {
    const words = asArray(object.command) ?? [];
    const command = words.flatMap((word, at) =>
      typeof word === 'string' ? [{ value: word, path: `command[${at}]` }] : [],
    );
    if (command.length === 0 || command.length < words.length || command.length > mostWords) {
      return { kind: 'refuse', reason: 'command: it is missing, is no list of words, or has too many' };
    }
    return { kind: 'judge', set: launchOf(request, object, { command, others }) };
  }
  // What is typed, or sent to a port, is seen by nobody: no rule may take it for harmless.
  const value = subResource === 'attach' ? `standard input: ${object.stdin === true ? 'yes' : 'no'}` : portsOf(object);
  others.push({ name: subResource, path: '', value });
  return { kind: 'judge', set: launchOf(request, object, { others }) };
}

function portsOf(object: JsonObject): string {
  const ports = (asArray(object.ports) ?? []).slice(0, 20).map(String).join(', ');
  return ports === '' ? 'ports that are named later' : `ports ${ports.slice(0, 200)}`;
}

function launchOf(
  request: AdmissionRequest,
  object: JsonObject,
  parts: Pick<LaunchRequest, 'others'> & Partial<LaunchRequest>,
): LaunchSet {
  const container = asString(object.container);
  const asked: LaunchRequest = {
    form: 'pod',
    action: 'exec',
    path: '',
    role: 'container',
    ...(container ? { name: container } : {}),
    workload: { kind: 'Pod', name: request.name, namespace: request.namespace, labels: {} },
    scripts: [],
    environment: [],
    files: [],
    mounts: [],
    groups: [],
    security: {},
    namespaces: [],
    devices: [],
    sysctls: [],
    ports: [],
    resources: {},
    volumesFrom: [],
    ...parts,
  };
  return { form: 'pod', requests: [asked] };
}

/** Paths of the kubelet's API that only tell (kubernetes/pkg/kubelet/server); `exec`, `run`, `attach`, `cri` are none. */
const tellingPaths: ReadonlySet<string> = new Set([
  '',
  'configz',
  'containerlogs',
  'healthz',
  'logs',
  'metrics',
  'pods',
  'runningpods',
  'spec',
  'stats',
  'statusz',
  'flagz',
]);

function readNodeProxy(object: JsonObject | undefined): AdmissionQuestion {
  const path = asString(object?.path) ?? (object ? '' : undefined);
  if (path === undefined)
    return { kind: 'refuse', reason: 'request.object is missing: the path at the node is not said' };
  const first = /^\/*([^/?#]*)/.exec(path)?.[1] ?? '';
  // An escape or a dot may lead elsewhere once somebody resolves it.
  if (tellingPaths.has(first.toLowerCase()) && !/%|\\|(?:^|\/)\.\.?(?:\/|$)/.test(path)) return { kind: 'pass' };
  return {
    kind: 'refuse',
    reason: `path: "${first.slice(0, 40)}" at the kubelet goes around the gate; use kubectl exec, attach or port-forward`,
  };
}
