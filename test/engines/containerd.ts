import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startDaemon } from './daemon.ts';
import { withOneCgroupVersion } from './one-cgroup-version.ts';
import { makeScratch } from './scratch.ts';

/** A containerd of a test, without CRI, to be spoken to by its own client. */
export interface TestContainerd {
  readonly root: string;
  /** Runs ctr; what it says on standard output. Rejects with what it says of an error. */
  ctr(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a containerd of its own beside whatever the machine has. */
export async function startContainerd(
  options: { readonly path?: string; readonly oneCgroupVersion?: boolean } = {},
): Promise<TestContainerd> {
  const scratch = makeScratch('containerd');
  const at = (name: string): string => join(scratch.path, name);
  const root = at('root');
  const config = `version = 2
root = "${root}"
state = "${at('state')}"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "${at('c.sock')}"
`;
  writeFileSync(at('config.toml'), config);
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
