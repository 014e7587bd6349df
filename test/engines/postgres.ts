import { spawnSync } from 'node:child_process';
import { chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findFreePort, startDaemon } from './daemon.ts';
import { findProgram } from './engine-needs.ts';
import { makeScratch } from './scratch.ts';

export interface PostgresServer {
  /** Of an empty database whose owner may do everything. */
  readonly url: string;
  /** The same by a socket in the file system, which other networks reach too. */
  readonly localUrl: string;
  /** Stops it as a machine that goes down does, and keeps what it has. */
  halt(): Promise<void>;
  /** Starts it again, at the same address. */
  resume(): Promise<void>;
  /** It closes nothing and says nothing from now on, as where its machine lost its power. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/**
 * Starts Debian's PostgreSQL on a fresh cluster, on loopback, for as long as a test needs it. It does not sync to disk
 * unless asked to.
 */
export async function startPostgres({ syncs = false } = {}): Promise<PostgresServer> {
  const initdb = findProgram('initdb');
  if (initdb === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  const scratch = makeScratch('postgres');
  const folder = scratch.path;
  const data = join(folder, 'data');
  try {
    const owner = giveToOwner(folder);
    const settings = ['-U', 'portwarden', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
    const made = spawnSync(initdb, ['-D', data, ...settings], { ...owner, cwd: folder, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);
    const port = await findFreePort();
    const url = `postgres://portwarden@127.0.0.1:${port}/postgres`;
    const start = () =>
      startDaemon({
        command: join(initdb, '../postgres'),
        args: [
          '-D',
          data,
          '-k',
          folder,
          '-h',
          '127.0.0.1',
          '-p',
          `${port}`,
          '-c',
          `fsync=${syncs ? 'on' : 'off'}`,
          '-c',
          'max_connections=200',
        ],
        cwd: folder,
        ...owner,
        ready: () => connectOnce(url),
      });
    let daemon = await start();
    // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
    const halt = () => daemon.stop('SIGINT');
    return {
      url,
      localUrl: `postgres:///postgres?host=${encodeURIComponent(folder)}&port=${port}&user=portwarden`,
      halt,
      resume: async () => {
        daemon = await start();
      },
      freeze: () => signalAll(daemon.pid, 'SIGSTOP'),
      thaw: () => signalAll(daemon.pid, 'SIGCONT'),
      stop: async () => {
        await halt();
        await scratch.remove();
      },
    };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

/** To it and the processes that serve its connections. */
function signalAll(pid: number, signal: NodeJS.Signals): void {
  process.kill(pid, signal);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  for (const child of children) process.kill(Number(child), signal);
}

/** PostgreSQL refuses to run as root: the package's own user does it then. */
function giveToOwner(folder: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const line = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (!line) throw new Error('there is no user "postgres": apt-get install postgresql');
  const [uid, gid] = [Number(line[1]), Number(line[2])];
  chownSync(folder, uid, gid);
  return { uid, gid };
}

async function connectOnce(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // Without a listener, a connection that is cut while it opens would end the process.
  client.on('error', () => {});
  await client.connect();
  await client.end();
}
