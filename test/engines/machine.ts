import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeScratch } from './scratch.ts';

/**
 * This machine with an /etc, a /usr/local, a /run and engines' data of a test's own, at the very paths of a real one: what is
 * written there is seen by nobody else. There is no systemd in it.
 */
export interface TestMachine {
  /** Of this machine: a directory that it and the test see at the same path. */
  readonly scratch: string;
  /** A program of root's that runs TypeScript. */
  readonly node: string;
  /** What has to stand before a command for it to run there. */
  readonly enter: readonly string[];
  /** Where the test finds a path of it. */
  at(path: string): string;
  /** To its end, whatever that is. */
  run(command: string, ...args: readonly string[]): Promise<Ended>;
  remove(): Promise<void>;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Layers over /etc and /usr/local keep what is there; the rest begins empty. One version of cgroups, as crun needs it. */
const script = `set -e
for place in etc usr/local; do
  mkdir -p "$1/upper/$place" "$1/work/$place"
  mount -t overlay overlay -o "lowerdir=/$place,upperdir=$1/upper/$place,workdir=$1/work/$place" "/$place"
done
for place in /run /var/lib/docker /var/lib/containerd /var/lib/containers; do
  mkdir -p "$place"
  mount -t tmpfs -o mode=755 tmpfs "$place"
done
mkdir -p /run/lock
if [ -d /sys/fs/cgroup/unified ]; then umount /sys/fs/cgroup/unified; fi
echo ready
exec cat
`;

export async function makeTestMachine(): Promise<TestMachine> {
  const scratch = makeScratch('machine');
  // It ends with its standard input, and so with the test's process.
  const holder = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', scratch.path], { stdio: 'pipe' });
  let said = '';
  for (const stream of [holder.stdout, holder.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = once(holder, 'close');
  const remove = async (): Promise<void> => {
    holder.stdin.end();
    await ended;
    await scratch.remove();
  };
  await Promise.race([once(holder.stdout, 'data'), ended]);
  if (!said.includes('ready')) {
    await remove();
    throw new Error(`no machine could be made: ${said}`);
  }
  const at = (path: string): string => join(`/proc/${holder.pid}/root`, path);
  const enter = ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`];
  mkdirSync(at('/usr/local/bin'), { recursive: true });
  copyFileSync(process.execPath, at('/usr/local/bin/node'));
  return {
    ...{ scratch: scratch.path, node: '/usr/local/bin/node', enter, at, remove },
    run: (command, ...args) =>
      new Promise((resolve) => {
        const [program = '', ...first] = [...enter, command, ...args];
        execFile(program, first, { timeout: 120_000, maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
        );
      }),
  };
}
