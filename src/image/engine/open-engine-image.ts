import type { ImageContents, ReadOptions, SourceReference } from '../../model/index.ts';
import { readDockerArchiveStream } from '../docker-archive-stream.ts';
import { ImageError } from '../image-error.ts';
import { createEngineClient } from './engine-client.ts';
import { type EngineSockets, engineSockets } from './engine-sockets.ts';

export type EngineSource = Extract<SourceReference, { kind: 'docker' | 'podman' }>;

/**
 * An image that an engine of this machine holds, streamed out of it and identified by the ID that the engine gives.
 * Throws ImageError as the client does; `not-found` where no engine or no such image is there.
 */
export async function openEngineImage(
  source: EngineSource,
  options: ReadOptions,
  sockets: EngineSockets = engineSockets(process.env),
): Promise<ImageContents> {
  let missing = new ImageError('not-found', `no socket of ${source.kind} is known`, {
    remedy: `Name it in PORTWARDEN_${source.kind.toUpperCase()}_SOCKET.`,
  });
  for (const socket of sockets[source.kind]) {
    // It lives as long as the contents, which may ask for the stream again; its idle connections close by themselves.
    const client = createEngineClient({ kind: source.kind, socket, stallTimeout: options.limits.stallTimeout });
    try {
      const image = await client.inspectImage(source.name, options.signal);
      if (!image) throw noSuchImage(source, socket);
      return await readDockerArchiveStream(
        {
          name: `image ${source.name} of ${source.kind}`,
          open: (signal) => client.exportImage(image.imageId, signal),
          imageId: image.imageId,
          references: image.references,
        },
        options,
      );
    } catch (error) {
      await client.close();
      if (!(error instanceof ImageError) || error.code !== 'not-found') throw error;
      missing = error;
    }
  }
  throw missing;
}

function noSuchImage({ kind, name }: EngineSource, socket: string): ImageError {
  return new ImageError('not-found', `the ${kind} engine at ${socket} has no image "${name}"`, {
    remedy: `See what it has with "${kind} images".`,
  });
}
