import { join } from 'node:path';

/** Where everything lies; tests have a folder of their own in the place of `/`. */
export interface InstallPaths {
  /** Ours; only root may write there. */
  readonly directory: string;
  readonly socket: string;
  /** The program that runs the client. */
  readonly node: string;
  /** Absolute paths of the real runtimes, by their names; `runc`, `crun`. */
  readonly runtimes: ReadonlyMap<string, string>;
  /** Of dockerd. */
  readonly dataRoot: string;
  readonly dockerConfig: string;
  readonly podmanConfig: string;
  readonly containerdConfig: string;
  /** Folder of units that the machine's administrator adds to: /etc/systemd/system. */
  readonly units: string;
}

export function clientPath(paths: InstallPaths): string {
  return join(paths.directory, 'runtime-client.mjs');
}

/** Wrappers have the names of their runtimes: engines tell by it what a runtime can do, and find it on a PATH. */
export function wrapperFolder(paths: InstallPaths): string {
  return join(paths.directory, 'bin');
}
