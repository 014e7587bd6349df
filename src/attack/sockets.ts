import type { Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Attack, AttackOutcome } from './attack.ts';
import { wordsOf } from './judge-answer.ts';
import { sendRaw } from './raw-request.ts';

const around = 'every container of the host, around the gate';
const reference = 'CIS Docker Benchmark, sections 2 and 3';

/** Whether a file lets users in who are neither its owner nor of its group. */
export const isOpenToAll = ({ mode }: Pick<Stats, 'mode'>): boolean => (mode & 0o002) !== 0;
export const modeOf = ({ mode }: Pick<Stats, 'mode'>): string => `mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`;

const openToAll: Attack = {
  id: 'docker/socket/open-to-all',
  title: "The engine's socket, by any user of the host",
  why: 'every container of the host, for whoever has any process on it',
  reference,
  async run(host) {
    const found = await stat(host.socket);
    if (isOpenToAll(found)) return { state: 'broken', witness: `${host.socket} has ${modeOf(found)}` };
    return { state: 'held', by: 'engine', words: `${host.socket} has ${modeOf(found)}` };
  },
};

const otherEngines: Attack = {
  id: 'docker/socket/other-engines',
  title: 'Sockets of other engines, by this user',
  why: around,
  reference,
  async run(host, signal) {
    if (host.uid === 0)
      return { state: 'not-applicable', reason: 'root reaches every socket; run it as a user who may not' };
    const reached: string[] = [];
    for (const path of host.otherSockets) {
      if (path === host.socket) continue;
      // There and not to be reached is what is hoped for; not there is as good.
      if (await isReached(path, signal)) reached.push(path);
    }
    if (reached.length > 0) return { state: 'broken', witness: `this user may speak to ${reached.join(', ')}` };
    return {
      state: 'held',
      by: 'engine',
      words: `none of ${host.otherSockets.length} known sockets lets this user in`,
    };
  },
};

/** The connection is closed at once; nothing is said. */
async function isReached(path: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const end = (reached: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reached);
    };
    const timer = setTimeout(() => end(false), 2000);
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    signal.addEventListener('abort', () => end(false), { once: true });
  });
}

const tcp: Attack = {
  id: 'docker/socket/tcp',
  title: 'The engine by TCP, without TLS',
  why: 'every container of the host, for whoever reaches the port: other users, and pages in a browser',
  reference,
  async run(_, signal): Promise<AttackOutcome> {
    const request = { method: 'GET', path: '/_ping', headers: [] };
    for (const port of [2375, 2376]) {
      try {
        const answer = await sendRaw({ host: '127.0.0.1', port }, [request], { signal, patience: 2000 });
        if (answer.status === 200 && answer.body.trim() === 'OK')
          return { state: 'broken', witness: `port ${port} of 127.0.0.1 answered as an engine: ${wordsOf(answer)}` };
      } catch {
        // Nobody listens there, or not an engine.
      }
    }
    return { state: 'held', by: 'engine', words: 'no engine answers at 127.0.0.1, ports 2375 and 2376' };
  },
};

/** Where this process may go around the engine's socket. */
export const socketAttacks: readonly Attack[] = [openToAll, otherEngines, tcp];

/** Sockets by which containers are started, whichever engine is under test. */
export function knownSockets(uid: number): readonly string[] {
  const own = `/run/user/${uid}`;
  return [
    ...['/run/docker.sock', '/run/containerd/containerd.sock', '/run/docker/containerd/containerd.sock'],
    ...['/run/podman/podman.sock', '/run/crio/crio.sock', '/run/k3s/containerd/containerd.sock'],
    ...['/run/buildkit/buildkitd.sock', `${own}/docker.sock`, `${own}/podman/podman.sock`],
  ];
}

/** Whether somebody but root may replace or change a file: itself, or a directory above it. */
export async function whoMayReplace(path: string): Promise<string | undefined> {
  let at = path;
  for (;;) {
    const found = await lstat(at);
    // In a directory with the sticky bit nobody replaces what is root's.
    const isSticky = found.isDirectory() && (found.mode & 0o1000) !== 0;
    if (found.uid !== 0) return `${at} belongs to user ${found.uid}`;
    if (!found.isSymbolicLink() && isOpenToAll(found) && !isSticky) return `${at} has ${modeOf(found)}`;
    if (at === '/') return undefined;
    at = at.slice(0, at.lastIndexOf('/')) || '/';
  }
}
