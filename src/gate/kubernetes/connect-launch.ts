import { asArray, asString, type JsonObject } from '../../base/index.ts';
import { LaunchError, parsePodExec } from '../../launch/index.ts';
import type { LaunchSet } from '../../model/index.ts';
import type { AdmissionQuestion } from './admission-question.ts';
import type { AdmissionRequest } from './admission-review.ts';

const kinds: Readonly<Record<string, string>> = { exec: 'PodExecOptions', attach: 'PodAttachOptions' };

/**
 * What a CONNECT asks: a process in a container that runs, the terminal of one, a way to its ports (k8s.io/api/core/v1
 * PodExecOptions, PodAttachOptions, PodPortForwardOptions), or the API of a node's kubelet, which can start processes too.
 */
export function readConnect(request: AdmissionRequest): AdmissionQuestion {
  const { resource, subResource, object, name, namespace } = request;
  const path = `${resource.group}/${resource.resource}/${subResource}`;
  if (path === '/nodes/proxy') return readNodeProxy(object);
  // They reach what listens already, by the network; security groups are about that.
  if (path === '/pods/proxy' || path === '/services/proxy') return { kind: 'pass' };
  if (!object)
    return { kind: 'refuse', reason: 'request.object is missing: what is asked of the container is not said' };
  if (path === '/pods/portforward') return { kind: 'judge', set: portForward(request, object) };
  const kind = resource.group === '' && resource.resource === 'pods' ? kinds[subResource] : undefined;
  if (!kind) return { kind: 'refuse', reason: `CONNECT to ${path} is nothing that this gate can judge` };
  try {
    return { kind: 'judge', set: parsePodExec({ ...object, kind }, { name, namespace }) };
  } catch (error) {
    if (error instanceof LaunchError) return { kind: 'refuse', reason: error.message };
    throw error;
  }
}

/** As an attach: nobody sees what is sent to a port, so no rule may take it for harmless. */
function portForward({ name, namespace }: AdmissionRequest, object: JsonObject): LaunchSet {
  const ports = (asArray(object.ports) ?? []).slice(0, 20).map(String).join(', ').slice(0, 200);
  const { form, requests } = parsePodExec({ kind: kinds.attach }, { name, namespace });
  const others = [{ name: 'portforward', path: 'ports', value: ports || 'named later' }];
  return { form, requests: requests.map((request) => ({ ...request, others })) };
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
