import type { EngineKind, ImageContents } from '../../model/index.ts';
import { readDockerArchiveStream } from '../docker-archive-stream.ts';
import { ImageError } from '../image-error.ts';
import type { EngineOptions } from '../reader-options.ts';
import type { ReadingOptions } from '../scan-location.ts';
import { createEngineClient } from './engine-client.ts';
import { engineSockets } from './engine-sockets.ts';

/**
 * An image that an engine of this machine holds, streamed out of it and identified by the ID that the engine gives. The
 * sockets are tried in order until one has it. Throws ImageError as the client does; `not-found` where no engine or no
 * such image is there.
 */
export async function openEngineImage(
  kind: EngineKind,
  name: string,
  options: ReadingOptions,
  { dockerSockets, podmanSockets }: EngineOptions = {},
): Promise<ImageContents> {
  const chosen = kind === 'docker' ? dockerSockets : podmanSockets;
  let missing = new ImageError('not-found', `no socket of ${kind} is known`, {
    remedy: `Name it in PORTWARDEN_${kind.toUpperCase()}_SOCKET.`,
  });
  for (const socket of chosen ?? engineSockets(process.env)[kind]) {
    // It lives as long as the contents, which may ask for the stream again; its idle connections close by themselves.
    const client = createEngineClient({ kind, socket, stallTimeout: options.limits.stallTimeout });
    try {
      const image = await client.inspectImage(name, options.signal);
      if (!image) throw noSuchImage(kind, name, socket);
      return await readDockerArchiveStream(
        {
          name: `image ${name} of ${kind}`,
          open: (signal) => client.exportImage(image.imageId, signal),
          knownAs: image,
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

function noSuchImage(kind: EngineKind, name: string, socket: string): ImageError {
  return new ImageError('not-found', `the ${kind} engine at ${socket} has no image "${name}"`, {
    remedy: `See what it has with "${kind} images".`,
  });
}
