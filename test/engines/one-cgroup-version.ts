import { existsSync } from 'node:fs';

const unified = '/sys/fs/cgroup/unified';

/**
 * A command as it is run where control groups are of one version: crun refuses those of both (hybrid), so there the second
 * is taken away, in a mount namespace of its own. Elsewhere it is the command as it is.
 */
export function withOneCgroupVersion(
  command: string,
  args: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  if (!existsSync(unified)) return { command, args };
  const script = `umount ${unified} && exec "$@"`;
  return { command: 'unshare', args: ['--mount', 'sh', '-c', script, 'sh', command, ...args] };
}
