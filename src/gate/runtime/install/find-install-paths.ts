import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { asObject, asString, messageOf, parseJson } from '../../../base/index.ts';
import { RuntimeGateError } from '../runtime-call.ts';
import { defaultRuntimeSocket } from '../serve-runtime-gate.ts';
import { readText } from './file-changes.ts';
import type { InstallPaths } from './install-paths.ts';

const directory = '/usr/local/lib/portwarden';
const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/libexec/docker'];

/**
 * Where things lie on this machine. `runtime` names another runc or crun than those of the system's folders.
 * Throws RuntimeGateError.
 */
export function findInstallPaths(runtime?: string): InstallPaths {
  const found = runtime === undefined ? findRuntimes() : [resolveRuntime(runtime)];
  const dockerConfig = '/etc/docker/daemon.json';
  return {
    directory,
    socket: defaultRuntimeSocket,
    node: process.execPath,
    runtimes: new Map(found.map((path) => [basename(path), path])),
    dataRoot: readDataRoot(dockerConfig),
    dockerConfig,
    podmanConfig: '/etc/containers/containers.conf.d/99-portwarden.conf',
    containerdConfig: '/etc/containerd/config.toml',
    units: '/etc/systemd/system',
  };
}

/** That nobody but root can exchange what runs as root; a symlink counts as where it leads. Throws RuntimeGateError. */
export function checkPrograms(paths: InstallPaths): void {
  for (const program of [paths.node, ...paths.runtimes.values()]) {
    const real = realpathSync(program);
    for (let at = real; ; at = dirname(at)) {
      const { uid, mode } = statSync(at);
      if (uid !== 0 || (mode & 0o022) !== 0)
        throw new RuntimeGateError(
          'install-failed',
          `${program} would run as root, but ${at} can be changed by others`,
          {
            remedy: 'install Portwarden where only root can write',
          },
        );
      if (at === '/') break;
    }
  }
}

function findRuntimes(): readonly string[] {
  return ['runc', 'crun'].flatMap((name) => folders.map((folder) => join(folder, name)).find(isProgram) ?? []);
}

function resolveRuntime(path: string): string {
  if (!path.startsWith('/') || !isProgram(path))
    throw new RuntimeGateError('install-failed', `${path} is no program`, { remedy: 'give its whole path' });
  if (path.startsWith(`${directory}/`))
    throw new RuntimeGateError('install-failed', `${path} is a wrapper itself`, { remedy: 'name the real runtime' });
  return path;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function readDataRoot(config: string): string {
  try {
    const text = readText(config);
    return asString(text && asObject(parseJson(text, config))?.['data-root']) ?? '/var/lib/docker';
  } catch (cause) {
    throw new RuntimeGateError('bad-configuration', `daemon.json cannot be read: ${messageOf(cause)}`, { cause });
  }
}
