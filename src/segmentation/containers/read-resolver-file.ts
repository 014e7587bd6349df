import { constants, open } from 'node:fs/promises';

const longestFile = 64 * 1024;

/**
 * Whether the engine's own resolver of a container (127.0.0.11) asks from the host, where no question can be told from the
 * host's own. dockerd says so in the file that it writes for the container. A container may write there too: only what is told
 * to a person depends on it. Undefined where it cannot be looked at.
 */
export async function readAsksFromHost(file: string): Promise<boolean | undefined> {
  try {
    // What a container could put there, a link or a pipe, is not followed and not waited for.
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) return undefined;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestFile), 0, longestFile, 0);
      return saysHostServers(buffer.toString('latin1', 0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    // Gone with its container, a link, or on a machine that this process does not see.
    return undefined;
  }
}

/** `# ExtServers: [host(127.0.0.53) 192.0.2.53]` (moby, libnetwork/internal/resolvconf). */
export function saysHostServers(text: string): boolean {
  return /^# ExtServers: \[[^\n]{0,2000}?\bhost\(/m.test(text);
}
