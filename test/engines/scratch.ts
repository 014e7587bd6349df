import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A directory of one engine; its name is in the command line of everything that the engine starts. */
export interface Scratch {
  readonly path: string;
  /** Ends the processes and mounts that are left in it, then removes it. */
  remove(): Promise<void>;
}

/** The name stays short: a unix socket's path has room for 107 bytes. */
export function makeScratch(name: string, parent = tmpdir()): Scratch {
  const path = mkdtempSync(join(parent, `pw-${name}-`));
  return {
    path,
    remove: async () => {
      await endProcesses(path);
      for (const mount of mountsUnder(path)) spawnSync('umount', ['--lazy', mount]);
      rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

async function endProcesses(path: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const left = processesNaming(path);
    if (left.length === 0) return;
    for (const pid of left) signal(pid, attempt < 10 ? 'SIGTERM' : 'SIGKILL');
    await sleep(100);
  }
  throw new Error(`processes of ${path} do not end: ${processesNaming(path).join(', ')}`);
}

/** The processes whose command line names the directory; a process that ends meanwhile is none. */
export function processesNaming(path: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(path);
    } catch {
      return false;
    }
  });
}

/** Innermost first, so that each can be unmounted (proc_pid_mountinfo(5): the fifth field, octal escapes). */
export function mountsUnder(path: string): readonly string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .filter((mount) => mount.startsWith(`${path}/`))
    .reverse();
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
