import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

/** A network of a test's own: what happens in it does not touch that of the machine. */
export interface NetworkNamespace {
  readonly name: string;
  readonly path: string;
  remove(): void;
}

let made = 0;

export function makeNetworkNamespace(): NetworkNamespace {
  made++;
  const name = `pw-${process.pid}-${made}`;
  execFileSync('ip', ['netns', 'add', name]);
  execFileSync('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  return { name, path: `/run/netns/${name}`, remove: () => execFileSync('ip', ['netns', 'delete', name]) };
}

/** A command as it is run in a namespace; files, and with them control groups, stay those of the machine. */
export function within(
  namespace: Pick<NetworkNamespace, 'path'> | undefined,
  command: string,
  args: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  return namespace ? { command: 'nsenter', args: [`--net=${namespace.path}`, command, ...args] } : { command, args };
}

/** Runs it to its end and gives what it said; rejects where it fails. */
export async function runIn(
  namespace: Pick<NetworkNamespace, 'path'>,
  command: string,
  ...args: readonly string[]
): Promise<string> {
  const all = within(namespace, command, args);
  const { stdout } = await promisify(execFile)(all.command, [...all.args], { timeout: 30_000 });
  return stdout;
}
