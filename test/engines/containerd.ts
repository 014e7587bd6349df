import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startDaemon } from './daemon.ts';
import { withOneCgroupVersion } from './one-cgroup-version.ts';
import { makeScratch } from './scratch.ts';

/** A containerd of a test, to be spoken to by its own client. */
export interface TestContainerd {
  readonly root: string;
  readonly socket: string;
  /** Runs ctr; what it says on standard output. Rejects with what it says of an error. */
  ctr(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface ContainerdOptions {
  readonly path?: string;
  /** As crun needs it. */
  readonly oneCgroupVersion?: boolean;
  /** With the plugin that kubelet speaks to, its sandboxes of this image; the configuration as this makes it. */
  readonly cri?: { readonly sandboxImage: string; edit(config: string): string };
}

/** Starts a containerd of its own beside whatever the machine has. */
export async function startContainerd(options: ContainerdOptions = {}): Promise<TestContainerd> {
  const scratch = makeScratch('containerd');
  const at = (name: string): string => join(scratch.path, name);
  const root = at('root');
  const { cri } = options;
  const config = `version = 2
root = "${root}"
state = "${at('state')}"
${cri ? '' : 'disabled_plugins = ["io.containerd.grpc.v1.cri"]'}
[grpc]
address = "${at('c.sock')}"
${cri ? criConfig(cri.sandboxImage) : ''}`;
  writeFileSync(at('config.toml'), cri ? cri.edit(config) : config);
  const run = promisify(execFile);
  const ctr = async (...args: readonly string[]): Promise<string> =>
    (await run('ctr', ['--address', at('c.sock'), ...args])).stdout;
  try {
    const command = { command: 'containerd', args: ['--config', at('config.toml')] };
    const daemon = await startDaemon({
      ...(options.oneCgroupVersion ? withOneCgroupVersion(command.command, command.args) : command),
      ...(options.path === undefined ? {} : { env: { PATH: `${options.path}:${process.env.PATH}` } }),
      ready: () => ctr('version'),
    });
    return {
      root,
      socket: at('c.sock'),
      ctr,
      stop: async () => {
        const tasks = (await ctr('task', 'ls', '-q').catch(() => '')).split('\n').filter((id) => id !== '');
        for (const id of tasks) await ctr('task', 'rm', '--force', id).catch(() => undefined);
        await daemon.stop();
        await scratch.remove();
      },
    };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

/** Sandboxes may not lower the score by which the kernel ends processes, and nothing serves the network. */
function criConfig(sandboxImage: string): string {
  return `[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${sandboxImage}"
restrict_oom_score_adj = true
disable_apparmor = true
stream_server_address = "127.0.0.1"
`;
}
