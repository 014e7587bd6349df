import type { OpenWritableLayer } from '../../model/index.ts';
import { ImageError } from '../image-error.ts';
import type { EngineOptions } from '../reader-options.ts';
import { createEngineClient } from './engine-client.ts';
import { engineSockets } from './engine-sockets.ts';

/**
 * The writable layer of a container, where the engine keeps it if that can be read, else as the engine tells. The sockets
 * are tried in order until one has the container.
 */
export function createWritableLayerReader({ dockerSockets, podmanSockets }: EngineOptions = {}): OpenWritableLayer {
  return async (engine, containerId, options) => {
    const chosen = engine === 'docker' ? dockerSockets : podmanSockets;
    let missing = new ImageError('not-found', `no engine of ${engine} has the container ${containerId}`);
    for (const socket of chosen ?? engineSockets(process.env)[engine]) {
      const client = createEngineClient({ kind: engine, socket, stallTimeout: options.limits.stallTimeout });
      try {
        if (!(await client.inspectContainer(containerId, options.signal))) continue;
        const directories = await client.layerDirectories(containerId, options.signal);
        // Few processes look at containers: the others do not load this.
        const { openUpperDirectory } = await import('./upper-directory.ts');
        const stored = directories && (await openUpperDirectory(directories, options));
        if (stored) return stored;
        const { readChangedFiles } = await import('./changed-files.ts');
        return await readChangedFiles(client, containerId, options);
      } catch (error) {
        if (!(error instanceof ImageError) || error.code !== 'not-found') throw error;
        missing = error;
      } finally {
        await client.close();
      }
    }
    throw missing;
  };
}
