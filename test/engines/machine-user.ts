import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A user of the machine without root, for one test: with subordinate user IDs, a home and a runtime directory. */
export interface MachineUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly runtimeDirectory: string;
  /** Ends all processes of it, then takes it away with all its files. */
  remove(): Promise<void>;
}

export function makeMachineUser(): MachineUser {
  const name = `pw-test-${process.pid}`;
  execFileSync('useradd', ['--create-home', '--shell', '/bin/sh', name], { stdio: 'pipe' });
  const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name])));
  const runtimeDirectory = `/run/user/${uid}`;
  mkdirSync(runtimeDirectory, { recursive: true, mode: 0o700 });
  chownSync(runtimeDirectory, uid, gid);
  return {
    ...{ name, uid, gid, home: `/home/${name}`, runtimeDirectory },
    remove: async () => {
      for (let attempt = 0; attempt < 100 && processesOf(uid).length > 0; attempt++) {
        for (const pid of processesOf(uid)) endProcess(pid, attempt < 20 ? 'SIGTERM' : 'SIGKILL');
        await sleep(100);
      }
      execFileSync('userdel', [name], { stdio: 'pipe' });
      for (const path of [`/home/${name}`, runtimeDirectory]) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** By their real user (proc_pid_status(5), "Uid"). */
function processesOf(uid: number): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/status`, 'latin1').includes(`\nUid:\t${uid}\t`);
    } catch {
      return false;
    }
  });
}

function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
