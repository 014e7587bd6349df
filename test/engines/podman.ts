import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ContainerEngine, createEngineApi } from './container-engine.ts';
import { startDaemon } from './daemon.ts';
import type { MachineUser } from './machine-user.ts';
import { type NetworkNamespace, within } from './network-namespace.ts';
import { withOneCgroupVersion } from './one-cgroup-version.ts';
import { makeScratch } from './scratch.ts';

/** Raising limits is refused inside sandboxes. */
const createDefaults = {
  Ulimits: [
    { Name: 'nofile', Soft: 1024, Hard: 1024 },
    { Name: 'nproc', Soft: 1000, Hard: 1000 },
  ],
};

export interface PodmanOptions {
  readonly runtime?: string;
  /** Lines of containers.conf behind `[engine]`. */
  readonly config?: string;
  readonly namespace?: NetworkNamespace;
  /** As crun needs it. */
  readonly oneCgroupVersion?: boolean;
  /** Who runs it, instead of root. */
  readonly user?: MachineUser;
}

/** Starts podman's service with a storage of its own, its locks and events in files beside it. */
export async function startPodman(options: PodmanOptions = {}): Promise<ContainerEngine> {
  const { user } = options;
  const scratch = makeScratch('podman');
  if (user) {
    chownSync(scratch.path, user.uid, user.gid);
    chmodSync(scratch.path, 0o711);
  }
  const at = (name: string): string => join(scratch.path, name);
  const socket = at('podman.sock');
  const dataRoot = at('root');
  writeFileSync(at('containers.conf'), `[engine]\nlock_type = "file"\nevents_logger = "file"\n${options.config ?? ''}`);
  const api = createEngineApi(socket, createDefaults);
  for (const name of ['networks', 'root', 'run', 'tmp']) {
    mkdirSync(at(name));
    if (user) chownSync(at(name), user.uid, user.gid);
  }
  const args = [
    ...['--root', dataRoot, '--runroot', at('run'), '--tmpdir', at('tmp'), '--network-config-dir', at('networks')],
    ...['--cgroup-manager', 'cgroupfs', '--runtime', options.runtime ?? '/usr/sbin/runc'],
    ...['system', 'service', '--time', '0', `unix://${socket}`],
  ];
  try {
    const inner = within(options.namespace, 'podman', args);
    const daemon = await startDaemon({
      ...(options.oneCgroupVersion ? withOneCgroupVersion(inner.command, inner.args) : inner),
      env: { CONTAINERS_CONF: at('containers.conf'), ...environmentOf(user) },
      ...(user ? { uid: user.uid, gid: user.gid, cwd: user.home } : {}),
      ready: () => api.call('GET', '/_ping'),
    });
    let stopped: Promise<void> | undefined;
    const end = async (): Promise<void> => {
      await api.removeAllContainers().catch(() => undefined);
      await api.close();
      await daemon.stop();
      await scratch.remove();
    };
    return {
      kind: 'podman',
      socket,
      dataRoot,
      ...api,
      log: daemon.log,
      stop: () => {
        stopped ??= end();
        return stopped;
      },
    };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

/** What a login would set. */
function environmentOf(user: MachineUser | undefined): Readonly<Record<string, string>> {
  return user ? { HOME: user.home, USER: user.name, XDG_RUNTIME_DIR: user.runtimeDirectory, XDG_CONFIG_HOME: '' } : {};
}
