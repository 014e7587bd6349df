import { realpath } from 'node:fs/promises';
import type { Attack } from './attack.ts';
import { whoMayReplace } from './sockets.ts';

const reference = 'https://docs.docker.com/engine/extend/plugins_authorization/';
const podman = 'podman asks no authorization plugins; its gate is the wrapper of its runtime';

const listed: Attack = {
  id: 'docker/plugin/asked',
  title: 'An engine that asks nobody',
  why: 'everything that is asked of the engine',
  reference,
  async run(host) {
    if (host.engine === 'podman') return { state: 'not-applicable', reason: podman };
    if (host.plugins.length === 0) return { state: 'broken', witness: 'the engine lists no authorization plugin' };
    return { state: 'held', by: 'engine', words: `it asks ${host.plugins.join(', ')}` };
  },
};

const folders = ['/run/docker/plugins', '/var/run/docker/plugins'];

const owner: Attack = {
  id: 'docker/plugin/socket-owner',
  title: "A socket of one's own in place of the plugin's",
  why: 'everything: whoever answers in its place allows what he likes',
  reference,
  async run(host) {
    if (host.plugins.length === 0)
      return { state: 'not-applicable', reason: 'the engine asks no authorization plugin' };
    const seen: string[] = [];
    for (const plugin of host.plugins) {
      const socket = await findSocket(plugin);
      if (socket === undefined)
        return {
          state: 'undetermined',
          reason: `no socket of ${plugin} is in ${folders.join(' or ')}: it may be a managed plugin`,
        };
      const hole = await whoMayReplace(socket);
      if (hole !== undefined) return { state: 'broken', witness: hole };
      seen.push(socket);
    }
    return { state: 'held', by: 'engine', words: `only root may replace ${seen.join(', ')}` };
  },
};

/** dockerd looks for NAME.sock, or for NAME/NAME.sock (moby, pkg/plugins). */
async function findSocket(plugin: string): Promise<string | undefined> {
  if (!/^[\w.-]+$/.test(plugin)) return undefined;
  for (const folder of folders) {
    for (const path of [`${folder}/${plugin}.sock`, `${folder}/${plugin}/${plugin}.sock`]) {
      try {
        return await realpath(path);
      } catch {
        // Not this one.
      }
    }
  }
  return undefined;
}

const settings: Attack = {
  id: 'docker/plugin/settings',
  title: "The engine's settings, written by another user",
  why: 'an engine that asks nobody, from the next reload on',
  reference,
  async run(host) {
    if (host.engine === 'podman') return { state: 'not-applicable', reason: podman };
    const path = await firstThere('/etc/docker/daemon.json', '/etc/docker', '/etc');
    const hole = await whoMayReplace(path);
    if (hole !== undefined) return { state: 'broken', witness: hole };
    return { state: 'held', by: 'engine', words: `only root writes ${path}` };
  },
};

async function firstThere(...paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    try {
      return await realpath(path);
    } catch {
      // The directory above decides who may make it.
    }
  }
  return '/';
}

/** The gate itself: whether it is asked, and who may take its place. Nothing is ended or replaced. */
export const pluginAttacks: readonly Attack[] = [listed, owner, settings];
