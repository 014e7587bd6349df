import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../src/base/index.ts';
import { createRuntimeGate, serveRuntimeGate } from '../../src/gate/index.ts';
import { identifyContainer } from '../../src/gate/runtime/identify-container.ts';
import { readClient } from '../../src/gate/runtime/install/install-runtime.ts';
import { userSocket } from '../../src/gate/runtime/runtime-client.ts';
import { compileWrapperScript } from '../../src/gate/runtime/wrapper-script.ts';
import type { LaunchDecider } from '../../src/service/launches.ts';
import { findProgram } from './engine-needs.ts';
import { makeScratch } from './scratch.ts';

export interface TestRuntimeGate {
  /** Has a wrapper for each runtime that there is; to be put on a PATH. */
  readonly folder: string;
  /** That of runc. */
  readonly wrapper: string;
  readonly socket: string;
  /** Anew, for the dockerd that keeps its containers there. */
  writeWrappers(dataRoot: string): void;
  /** Where containerd keeps its containers. */
  identifyIn(containerdRoot: string): void;
  /** As if the agent had died. */
  close(): Promise<void>;
  remove(): Promise<void>;
}

/** A runtime gate as it would be installed, in a folder of its own, asking these launches. */
export async function startRuntimeGate(
  launches: LaunchDecider,
  options: { readonly runtime?: string; readonly containerdRoot?: string; readonly user?: number } = {},
): Promise<TestRuntimeGate> {
  const { user } = options;
  const scratch = makeScratch('gate');
  // Whoever is in a user namespace trusts a socket only where nobody but root can have made it.
  const place = user === undefined ? scratch : makeScratch('gate', '/run');
  for (const { path } of [scratch, place]) chmodSync(path, user === undefined ? 0o700 : 0o755);
  const node = user === undefined ? process.execPath : join(scratch.path, 'node');
  if (user !== undefined) copyFileSync(process.execPath, node);
  const folder = join(scratch.path, 'bin');
  const socket = join(place.path, 'agent', 'runtime.sock');
  const client = join(scratch.path, 'runtime-client.mjs');
  let { containerdRoot } = options;
  const gate = createRuntimeGate({
    ...{ launches, host: 'test', log: silentLog },
    identify: (call) => identifyContainer(call, containerdRoot),
  });
  const server = await serveRuntimeGate({ socket, gate, log: silentLog });
  const ofUser =
    user === undefined
      ? undefined
      : await serveRuntimeGate({
          socket: userSocket(socket, user),
          owner: user,
          gate: createRuntimeGate({ launches, host: 'test', log: silentLog, user }),
          log: silentLog,
        });
  const close = async (): Promise<void> => {
    await server.close();
    await ofUser?.close();
  };
  mkdirSync(folder);
  writeFileSync(client, readClient());
  const writeWrappers = (dataRoot: string): void => {
    for (const name of ['runc', 'crun']) {
      const runtime = options.runtime ?? findProgram(name);
      if (runtime === undefined) continue;
      const parts = { node, client, socket, dataRoot };
      writeFileSync(join(folder, name), compileWrapperScript({ ...parts, runtime }));
      chmodSync(join(folder, name), 0o755);
    }
  };
  writeWrappers('/var/lib/docker');
  return {
    folder,
    wrapper: join(folder, 'runc'),
    socket,
    writeWrappers,
    identifyIn: (root) => {
      containerdRoot = root;
    },
    close,
    remove: async () => {
      await close();
      await scratch.remove();
      await place.remove();
    },
  };
}
