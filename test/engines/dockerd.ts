import { join } from 'node:path';
import { type ContainerEngine, createEngineApi } from './container-engine.ts';
import { startDaemon } from './daemon.ts';
import { type NetworkNamespace, within } from './network-namespace.ts';
import { withOneCgroupVersion } from './one-cgroup-version.ts';
import { makeScratch } from './scratch.ts';

export interface DockerdOptions {
  readonly args?: readonly string[];
  /** What is searched for runtimes before the rest of PATH. */
  readonly path?: string;
  /** It has networks and a firewall: those of this namespace. */
  readonly namespace?: NetworkNamespace;
  /** As crun needs it. */
  readonly oneCgroupVersion?: boolean;
}

export interface Dockerd extends ContainerEngine {
  /** Ends it with what it runs, and keeps what it has. */
  halt(): Promise<void>;
  /** Starts it again: containers with a restart policy come back by themselves. */
  resume(): Promise<void>;
}

/** Starts a dockerd of its own beside whatever the machine has; it touches neither the network of the machine nor its firewall. */
export async function startDockerd(options: DockerdOptions = {}): Promise<Dockerd> {
  const scratch = makeScratch('docker');
  const socket = join(scratch.path, 'docker.sock');
  const dataRoot = join(scratch.path, 'data');
  const api = createEngineApi(socket);
  const args = [
    ...['--data-root', dataRoot, '--exec-root', join(scratch.path, 'exec'), '--pidfile', join(scratch.path, 'pid')],
    ...['--host', `unix://${socket}`, '--containerd-namespace', scratch.path.replaceAll('/', '-').slice(1)],
    ...(options.namespace ? [] : ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false']),
    ...(options.args ?? []),
  ];
  try {
    const inner = within(options.namespace, 'dockerd', args);
    const start = () =>
      startDaemon({
        ...(options.oneCgroupVersion ? withOneCgroupVersion(inner.command, inner.args) : inner),
        ...(options.path === undefined ? {} : { env: { PATH: `${options.path}:${process.env.PATH}` } }),
        ready: () => api.call('GET', '/_ping'),
      });
    let daemon = await start();
    let stopped: Promise<void> | undefined;
    const end = async (): Promise<void> => {
      // A daemon that a test has ended already has nothing to ask; what it left is found by its directory.
      await api.removeAllContainers().catch(() => undefined);
      await api.close();
      await daemon.stop();
      await scratch.remove();
    };
    return {
      kind: 'docker',
      socket,
      dataRoot,
      ...api,
      log: () => daemon.log(),
      halt: () => daemon.stop(),
      resume: async () => {
        daemon = await start();
      },
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
