import { CodedError, type JsonObject } from '../../base/index.ts';
import {
  type At,
  type LaunchImage,
  type LaunchNamespace,
  type LaunchPort,
  type LaunchRequest,
  parseImageReference,
} from '../../model/index.ts';
import { readContainerResources } from './container-resources.ts';
import { readContainerScripts } from './container-scripts.ts';
import { readContainerSecurity } from './container-security.ts';
import { readEnvironment } from './environment.ts';
import { expandReferences } from './expand-references.ts';
import { knownKeys } from './known-keys.ts';
import { readMounts } from './mounts.ts';
import {
  below,
  malformed,
  type Other,
  podLimits,
  readFlag,
  readInteger,
  readName,
  readObjects,
  readText,
  readTexts,
  unknownKeys,
  type Writable,
} from './pod-reading.ts';
import type { PodScope } from './pod-scope.ts';

/** Reads one container of a Pod. Throws LaunchError. */
export function parseContainer(
  container: JsonObject,
  path: string,
  role: LaunchRequest['role'],
  scope: PodScope,
): LaunchRequest {
  const name = readName(container, path);
  const others: Other[] = [
    ...unknownKeys(container, path, role === 'ephemeral' ? knownKeys.ephemeralContainer : knownKeys.container),
  ];
  const environment = readEnvironment(container, path, scope);
  const mounts = readMounts(container, path, scope, environment.values);
  const scripts = readContainerScripts(container, path);
  const security = readContainerSecurity(container, path, name, scope);
  const resources = readContainerResources(container, path, scope);
  const words = (key: string): readonly At<string>[] | undefined => {
    const texts = readTexts(container, key, path, podLimits.arguments);
    if (texts.length === 0) return undefined;
    return texts.map((at) => ({
      path: at.path,
      value: expandReferences(at.value, environment.values, scope.budget, at.path),
    }));
  };
  const entrypoint = words('command');
  const command = words('args');
  const workingDirectory = readText(container, 'workingDir', path);
  const runtime = readText(scope.spec, 'runtimeClassName', scope.specPath);
  const ports = readPorts(container, path, scope, others);
  const request: Writable<LaunchRequest> = {
    form: 'pod',
    action: 'start',
    path,
    role,
    name,
    workload: readWorkload(scope),
    image: readImage(container, path),
    scripts: scripts.scripts,
    environment: environment.variables,
    files: mounts.files,
    mounts: mounts.mounts,
    groups: scope.groups,
    security: security.security,
    namespaces: readNamespaces(container, path, scope),
    devices: mounts.devices.length === 0 ? resources.devices : [...mounts.devices, ...resources.devices],
    sysctls: scope.sysctls,
    ports,
    resources: resources.resources,
    volumesFrom: [],
    others: scope.others.concat(
      others,
      environment.others,
      mounts.others,
      scripts.others,
      security.others,
      resources.others,
    ),
  };
  // Spread into it one by one they would take as long as all of the above.
  if (entrypoint) request.entrypoint = entrypoint;
  if (command) request.command = command;
  if (workingDirectory !== undefined)
    request.workingDirectory = { value: workingDirectory, path: below(path, 'workingDir') };
  if (security.user) request.user = security.user;
  if (runtime !== undefined && runtime !== '')
    request.runtime = { value: runtime, path: below(scope.specPath, 'runtimeClassName') };
  scope.probeHosts.set(path, scripts.hosts);
  return request;
}

function readImage(container: JsonObject, path: string): LaunchImage {
  const value = readText(container, 'image', path) ?? '';
  const at = below(path, 'image');
  if (value === '') return { value, path: at, problem: 'no image is named' };
  try {
    return { value, path: at, reference: parseImageReference(value) };
  } catch (error) {
    if (error instanceof CodedError) return { value, path: at, problem: error.message };
    throw error;
  }
}

function readWorkload({ kind, metadata, spec, specPath }: PodScope): LaunchRequest['workload'] {
  const account = readText(spec, 'serviceAccountName', specPath) ?? readText(spec, 'serviceAccount', specPath);
  const workload: Writable<LaunchRequest['workload']> = { labels: metadata.labels };
  if (kind !== undefined) workload.kind = kind;
  if (metadata.name !== undefined) workload.name = metadata.name;
  if (metadata.namespace !== undefined) workload.namespace = metadata.namespace;
  if (account !== undefined) workload.serviceAccount = account;
  return workload;
}

const hostNamespaces = [
  ['hostNetwork', 'network'],
  ['hostPID', 'pid'],
  ['hostIPC', 'ipc'],
  ['hostUsers', 'user'],
] as const;

function readNamespaces(container: JsonObject, path: string, { spec, specPath }: PodScope): readonly LaunchNamespace[] {
  const namespaces: LaunchNamespace[] = [];
  for (const [key, kind] of hostNamespaces)
    if (readFlag(spec, key, specPath) === true) namespaces.push({ kind, path: below(specPath, key), mode: 'host' });
  if (readFlag(spec, 'shareProcessNamespace', specPath) === true)
    namespaces.push({ kind: 'pid', path: below(specPath, 'shareProcessNamespace'), mode: 'shared', target: 'the Pod' });
  const target = readText(container, 'targetContainerName', path);
  if (target !== undefined && target !== '')
    namespaces.push({ kind: 'pid', path: below(path, 'targetContainerName'), mode: 'shared', target });
  return namespaces;
}

/** In the network of the host each port is one of the host. */
function readPorts(
  container: JsonObject,
  path: string,
  { spec, specPath }: PodScope,
  others: Other[],
): readonly LaunchPort[] {
  const inHost = readFlag(spec, 'hostNetwork', specPath) === true;
  return readObjects(container, 'ports', path, podLimits.items).map(({ object, path: at }) => {
    others.push(...unknownKeys(object, at, knownKeys.port));
    const inside = readPort(object, 'containerPort', at);
    const host = readPort(object, 'hostPort', at) || (inHost ? inside : undefined);
    const address = readText(object, 'hostIP', at);
    const protocol = (readText(object, 'protocol', at) ?? 'TCP').toLowerCase();
    if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp')
      throw malformed(below(at, 'protocol'), 'is neither TCP, UDP nor SCTP');
    const port: Writable<LaunchPort> = { path: at, protocol };
    if (inside !== undefined) port.container = inside;
    if (host !== undefined) port.host = host;
    if (address !== undefined && address !== '') port.hostAddress = address;
    return port;
  });
}

function readPort(object: JsonObject, key: string, path: string): number | undefined {
  const port = readInteger(object, key, path);
  if (port !== undefined && (port < 0 || port > 65_535)) throw malformed(below(path, key), `${port} is no port`);
  return port;
}
