import type { At, LaunchPort, LaunchRequest, LaunchScript, LaunchVariable } from '../../model/index.ts';
import type { BodyReader } from '../body-reader.ts';
import { LaunchError } from '../launch-error.ts';
import { parseTarget } from '../mount-text.ts';
import { parsePort } from '../port-text.ts';
import { parseDockerUser } from '../value-text.ts';
import { parseDockerImage } from './docker-image.ts';

/** What the Config at the top of a create body, or of a commit, asks for. Throws LaunchError. */
export function readConfig(config: BodyReader): Partial<LaunchRequest> {
  const image = config.raw('Image');
  const entrypoint = readEntrypoint(config.words('Entrypoint'));
  const command = readCommand(config.words('Cmd'));
  const workingDirectory = config.text('WorkingDir');
  const labels = config.record('Labels') ?? {};
  const project = Object.hasOwn(labels, 'com.docker.compose.project')
    ? labels['com.docker.compose.project']
    : undefined;
  return {
    ...(typeof image === 'string' ? { image: parseDockerImage(image, config.at('Image')) } : {}),
    ...(entrypoint ? { entrypoint } : {}),
    ...(command ? { command } : {}),
    ...(workingDirectory ? { workingDirectory } : {}),
    ...readUser(config),
    workload: { labels, ...(project === undefined ? {} : { project }) },
    environment: readEnvironment(config),
    scripts: readScripts(config),
    mounts: config.keys('Volumes').map(({ value, path }) => ({
      type: 'volume',
      path,
      target: parseTarget(value.startsWith('/') ? value : `/${value}`, path),
      readOnly: false,
    })),
    ports: readExposed(config),
  };
}

/** `[""]` takes the image's own away, as `[]` does (moby daemon mergeAndVerifyConfig). */
function readEntrypoint(words: readonly At<string>[] | undefined): readonly At<string>[] | undefined {
  return words?.length === 1 && words[0]?.value === '' ? [] : words;
}

/** An empty list says nothing: the image's own is taken. */
export function readCommand(words: readonly At<string>[] | undefined): readonly At<string>[] | undefined {
  return words?.length === 0 ? undefined : words;
}

export function readUser(config: BodyReader): Pick<LaunchRequest, 'user'> {
  const text = config.text('User');
  const user = text && parseDockerUser(text.value, text.path);
  return text && user ? { user: { value: user, path: text.path } } : {};
}

/** `NAME=value`; a name alone takes the image's own away. */
export function readEnvironment(config: BodyReader): readonly LaunchVariable[] {
  return config.texts('Env').map(({ value, path }) => {
    const at = value.indexOf('=');
    return at < 0 ? { name: value, path } : { name: value.slice(0, at), path, value: value.slice(at + 1) };
  });
}

/**
 * The program of a health check (moby daemon/health.go). A shell of one's own runs the check of the image too, so that it is
 * a script by itself where no check is given.
 */
export function readScripts(config: BodyReader): readonly LaunchScript[] {
  const shell = readCommand(config.words('Shell'));
  const test = config.object('Healthcheck')?.texts('Test') ?? [];
  const [kind, ...rest] = test;
  if (kind === undefined) return shell ? [{ purpose: 'healthcheck', command: shell }] : [];
  if (kind.value === 'NONE') return [];
  if (kind.value === 'CMD') return rest.length === 0 ? [] : [{ purpose: 'healthcheck', command: rest }];
  if (kind.value !== 'CMD-SHELL')
    throw new LaunchError('bad-launch', kind.path, 'a health check begins with NONE, CMD or CMD-SHELL');
  const program = shell ?? ['/bin/sh', '-c'].map((value) => ({ value, path: kind.path }));
  return [{ purpose: 'healthcheck', command: [...program, ...rest] }];
}

const mostPorts = 10_000;

function readExposed(config: BodyReader): readonly LaunchPort[] {
  return config.keys('ExposedPorts').map(parsePortKey);
}

/** A port that is a key: one number, as engines have it there. */
function parsePortKey({ value, path }: At<string>): LaunchPort {
  const [port, second] = value.includes('-') ? [] : parsePort(value, path, false);
  if (!port || second)
    throw new LaunchError('bad-launch', path, 'a port that is a key is one number, with its protocol');
  return port;
}

/** Ports of PortBindings, and those that PublishAllPorts publishes: of the body by number, of the image without one. */
export function readPublished(host: BodyReader, exposed: readonly LaunchPort[]): readonly LaunchPort[] {
  const published: LaunchPort[] = [];
  for (const key of host.keys('PortBindings')) {
    const port = parsePortKey(key);
    for (const binding of host.object('PortBindings')?.objects(key.value) ?? []) {
      published.push(...bindPort(port, binding));
      if (published.length > mostPorts)
        throw new LaunchError('launch-limit', binding.path, `more than ${mostPorts} ports are published`);
    }
  }
  const all = host.flag('PublishAllPorts');
  if (!all) return published;
  const image: LaunchPort = { path: all.path, host: 0, protocol: 'tcp' };
  return [...published, ...exposed.map((port) => ({ ...port, path: all.path, host: 0 })), image];
}

/** Of a range, the engine takes the first port that is free: each may be it. */
function bindPort(port: LaunchPort, binding: BodyReader): readonly LaunchPort[] {
  const address = binding.text('HostIp')?.value;
  const number = binding.text('HostPort');
  if (number?.value.includes('/'))
    throw new LaunchError('bad-launch', number.path, 'a port of the host has no protocol');
  const path = binding.at('HostPort');
  const hosts = number ? parsePort(number.value, path, false).map(({ container }) => container) : [0];
  if (hosts.length > mostPorts)
    throw new LaunchError('launch-limit', path, `the range has more than ${mostPorts} ports`);
  return hosts.map((each = 0) => ({
    ...port,
    path,
    host: each,
    ...(address === undefined ? {} : { hostAddress: address }),
  }));
}
