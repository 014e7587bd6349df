import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readClient } from '../../src/gate/runtime/install/install-runtime.ts';
import { compileWrapperScript } from '../../src/gate/runtime/wrapper-script.ts';
import { busyboxImage, type Dockerd, findProgram, startDockerd, writeDockerArchive } from '../engines/index.ts';
import { makeScratch } from '../engines/scratch.ts';

/** One host as its user sets it up: `portwarden up` with both gates by this environment, and the dockerd that asks them. */
export function makeHostWithGates(name: string) {
  const scratch = makeScratch(name);
  const at = (file: string): string => join(scratch.path, file);
  const plugin = `portwarden-${name}-${createHash('sha256').update(scratch.path).digest('hex').slice(0, 12)}`;
  const environment = {
    PORTWARDEN_DATA: at('data'),
    PORTWARDEN_HOST: 'quay-1',
    PORTWARDEN_CONTENT: 'off',
    PORTWARDEN_DOCKER_GATE: `/run/docker/plugins/${plugin}.sock`,
    PORTWARDEN_DOCKER_SOCKET: at('engine.sock'),
    PORTWARDEN_PODMAN_SOCKET: '',
    PORTWARDEN_RUNTIME_GATE: at('runtime.sock'),
  };
  return {
    ...{ scratch, at, environment },
    /** Asks the plugin, starts containers by the wrapper, and has busybox by this name. */
    async startEngine(image: string): Promise<Dockerd> {
      mkdirSync(at('bin'));
      const engine = await startDockerd({
        path: at('bin'),
        args: [`--authorization-plugin=${plugin}`, '--host', `unix://${at('engine.sock')}`],
      });
      const runtime = findProgram('runc') ?? '';
      writeFileSync(at('client.mjs'), readClient());
      const parts = { node: process.execPath, client: at('client.mjs'), socket: at('runtime.sock') };
      writeFileSync(at('bin/runc'), compileWrapperScript({ ...parts, dataRoot: engine.dataRoot, runtime }));
      chmodSync(at('bin/runc'), 0o755);
      writeDockerArchive(busyboxImage(), at('image.tar'), image);
      await engine.load(at('image.tar'));
      return engine;
    },
  };
}
