import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Whether it answers yet; throwing means not yet. */
  ready(): Promise<unknown>;
}

export interface Daemon {
  readonly pid: number;
  /** What it said so far, at most the last 64 KB. */
  log(): string;
  /** The signal, then SIGKILL after ten seconds. Does nothing the second time. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a program that serves, and waits until it does. It ends with the test's process, even where that is killed. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { command, args, env, ready, ...rest } = options;
  const identity = rest.uid === undefined ? [] : [`--reuid=${rest.uid}`, `--regid=${rest.gid}`, '--clear-groups'];
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...identity, command, ...args], {
    cwd: rest.cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let ended: string | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-65_536);
    });
  }
  const end = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      ended = error.message;
      resolve();
    });
    child.on('exit', (code, signal) => {
      ended = `it ended with ${signal ?? `status ${code}`}`;
      resolve();
    });
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (ended !== undefined) return;
    child.kill(signal);
    const last = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await end;
    clearTimeout(last);
  };
  try {
    await untilReady(ready, () => ended);
  } catch (cause) {
    await stop();
    throw new Error(`${command} did not start: ${cause instanceof Error ? cause.message : cause}\n${said}`, { cause });
  }
  return { pid: child.pid ?? 0, log: () => said, stop };
}

async function untilReady(ready: () => Promise<unknown>, ended: () => string | undefined): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await ready();
      return;
    } catch (cause) {
      const reason = ended() ?? (Date.now() > deadline ? 'it is not ready after a minute' : undefined);
      if (reason !== undefined) throw new Error(reason, { cause });
      await sleep(50);
    }
  }
}

export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
