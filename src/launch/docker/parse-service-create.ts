import type {
  LaunchFile,
  LaunchNamespace,
  LaunchPort,
  LaunchRequest,
  LaunchResources,
  LaunchSet,
} from '../../model/index.ts';
import { BodyReader } from '../body-reader.ts';
import { checkBody, othersOf } from '../body-shape.ts';
import { compileCapabilities } from '../docker-defaults.ts';
import { type JsonValue, quoteName } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';
import { parseNamespace } from '../namespace-text.ts';
import { blankRequest } from './blank-request.ts';
import { parseDockerImage } from './docker-image.ts';
import { readCommand, readEnvironment, readScripts, readUser } from './read-config.ts';
import { readMountList } from './read-mounts.ts';
import { serviceFields } from './service-fields.ts';
import { readPrivileges } from './service-privileges.ts';

/** What each task of a swarm's service starts: the body of POST /services/create, or of an update. Throws LaunchError. */
export function parseServiceCreate(body: JsonValue): LaunchSet {
  const map = checkBody(body, serviceFields);
  const service = new BodyReader(map, '');
  const task = service.object('TaskTemplate');
  const spec = task?.object('ContainerSpec');
  if (!task || !spec)
    throw new LaunchError('bad-launch', 'TaskTemplate.ContainerSpec', 'it is missing: no container is started');
  const image = spec.text('Image');
  if (!image) throw new LaunchError('bad-launch', spec.at('Image'), 'it names no image');
  const entrypoint = readCommand(spec.words('Command'));
  const command = readCommand(spec.words('Args'));
  const workingDirectory = spec.text('Dir');
  const readOnlyRoot = spec.flag('ReadOnly');
  const drop = spec.texts('CapabilityDrop');
  const besides = spec.at(drop.length > 0 ? 'CapabilityDrop' : 'CapabilityAdd');
  const capabilities = compileCapabilities(spec.texts('CapabilityAdd'), drop, besides);
  const name = service.text('Name')?.value;
  const request = {
    ...blankRequest('docker', 'start', spec.path),
    ...(name === undefined ? {} : { name }),
    workload: {
      kind: 'Service',
      ...(name === undefined ? {} : { name }),
      labels: Object.assign(Object.create(null), service.record('Labels'), spec.record('Labels')),
    },
    image: parseDockerImage(image.value, image.path),
    ...(entrypoint ? { entrypoint } : {}),
    ...(command ? { command } : {}),
    ...(workingDirectory ? { workingDirectory } : {}),
    ...readUser(spec),
    groups: spec.texts('Groups'),
    environment: readEnvironment(spec),
    scripts: readScripts(spec),
    files: [...readFiles(spec, 'secret'), ...readFiles(spec, 'config')],
    mounts: readMountList(spec),
    security: {
      ...readPrivileges(spec.object('Privileges')),
      ...(readOnlyRoot ? { readOnlyRoot } : {}),
      ...(capabilities ? { capabilities } : {}),
    },
    namespaces: [...readNetworks(service), ...readNetworks(task)],
    sysctls: spec.pairs('Sysctls'),
    ports: service.object('EndpointSpec')?.objects('Ports').map(readPort) ?? [],
    resources: readLimits(task.object('Resources')?.object('Limits')),
    others: [...othersOf(map, serviceFields), ...namelessNetworks(service), ...namelessNetworks(task)],
  };
  return { form: 'docker', requests: [request] };
}

/** Clients name a network by its ID, which may be that of the host. */
function namelessNetworks(holder: BodyReader): LaunchRequest['others'] {
  return holder.objects('Networks').flatMap((network) => {
    const target = network.text('Target');
    return target && /^(?:[0-9a-f]{64}|[0-9a-z]{25})$/.test(target.value) ? [{ name: 'network by ID', ...target }] : [];
  });
}

function readNetworks(holder: BodyReader): readonly LaunchNamespace[] {
  return holder.objects('Networks').flatMap((network) => {
    const target = network.text('Target');
    const namespace = target && parseNamespace('network', target.value, target.path);
    return namespace === undefined || namespace === 'unknown' ? [] : [namespace];
  });
}

/** A secret lies below /run/secrets, a config at the root, unless the name of its file says more. */
function readFiles(spec: BodyReader, kind: 'secret' | 'config'): readonly LaunchFile[] {
  const [list, folder] = kind === 'secret' ? ['Secrets', '/run/secrets/'] : ['Configs', '/'];
  const word = kind === 'secret' ? 'Secret' : 'Config';
  return spec.objects(list as string).map((file): LaunchFile => {
    const named = file.text(`${word}Name`)?.value ?? file.text(`${word}ID`)?.value ?? '';
    const target = file.object('File')?.text('Name')?.value ?? named;
    return {
      target: target.startsWith('/') ? target : `${folder}${target}`,
      path: file.path,
      from: { kind, name: named },
    };
  });
}

function readPort(port: BodyReader): LaunchPort {
  const protocol = port.text('Protocol')?.value ?? 'tcp';
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp')
    throw new LaunchError('bad-launch', port.at('Protocol'), `${quoteName(protocol)} is no protocol`);
  const container = port.number('TargetPort')?.value;
  return {
    path: port.path,
    ...(container === undefined ? {} : { container }),
    host: port.number('PublishedPort')?.value ?? 0,
    protocol,
  };
}

function readLimits(limits: BodyReader | undefined): LaunchResources {
  const memory = limits?.number('MemoryBytes');
  const cores = limits?.number('NanoCPUs');
  const pids = limits?.number('Pids');
  return {
    ...(memory ? { memoryBytes: memory } : {}),
    ...(cores ? { cpus: { value: cores.value / 1e9, path: cores.path } } : {}),
    ...(pids ? { pids } : {}),
  };
}
