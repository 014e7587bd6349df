import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ContainerEngine, createEngineApi } from './container-engine.ts';
import { startDaemon } from './daemon.ts';
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
}

/** Starts podman's service with a storage of its own, its locks and events in files beside it. */
export async function startPodman(options: PodmanOptions = {}): Promise<ContainerEngine> {
  const scratch = makeScratch('podman');
  const at = (name: string): string => join(scratch.path, name);
  const socket = at('podman.sock');
  const dataRoot = at('root');
  mkdirSync(at('networks'));
  writeFileSync(at('containers.conf'), `[engine]\nlock_type = "file"\nevents_logger = "file"\n${options.config ?? ''}`);
  const api = createEngineApi(socket, createDefaults);
  const args = [
    ...['--root', dataRoot, '--runroot', at('run'), '--tmpdir', at('tmp'), '--network-config-dir', at('networks')],
    ...['--cgroup-manager', 'cgroupfs', '--runtime', options.runtime ?? '/usr/sbin/runc'],
    ...['system', 'service', '--time', '0', `unix://${socket}`],
  ];
  try {
    const inner = within(options.namespace, 'podman', args);
    const daemon = await startDaemon({
      ...(options.oneCgroupVersion ? withOneCgroupVersion(inner.command, inner.args) : inner),
      env: { CONTAINERS_CONF: at('containers.conf') },
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
