import type { EngineKind, ImageContents } from '../../model/index.ts';
import { readDockerArchiveStream } from '../docker-archive-stream.ts';
import { assembleImage, type ImageParts } from '../image-assembly.ts';
import { ImageError } from '../image-error.ts';
import type { EngineOptions } from '../reader-options.ts';
import type { ReadingOptions } from '../scan-location.ts';
import type { EngineImage } from './engine-answers.ts';
import { createEngineClient, type EngineClient } from './engine-client.ts';
import { engineSockets } from './engine-sockets.ts';
import { type EngineStorage, findStoredImage, usualStorages } from './engine-storage.ts';

/**
 * An image that an engine of this machine holds, streamed out of it and identified by the ID that the engine gives. The
 * sockets are tried in order until one has it. Throws ImageError as the client does; `not-found` where no engine or no
 * such image is there.
 */
export async function openEngineImage(
  kind: EngineKind,
  name: string,
  options: ReadingOptions,
  { dockerSockets, podmanSockets, storages }: EngineOptions = {},
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
      const stored = await readStored(client, storages ?? usualStorages(kind), image, options);
      if (stored) return stored;
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

/**
 * Where the engine's storage lies on this machine there is no need to ask for a copy. What cannot be read there is exported.
 * The usual places are looked at first, since podman takes half a second to say where it keeps images.
 */
async function readStored(
  client: EngineClient,
  usual: readonly EngineStorage[],
  image: EngineImage,
  options: ReadingOptions,
): Promise<ImageContents | undefined> {
  const find = (storage: EngineStorage) => findStoredImage(client.kind, storage, image, options.limits);
  let parts: ImageParts | undefined;
  for (const storage of usual) parts ??= await find(storage);
  if (!parts) {
    // An engine, or a proxy before it, that does not say where images lie may still export them.
    const storage = await client.storage(options.signal).catch(() => undefined);
    parts = storage && (await find(storage));
  }
  if (!parts) return undefined;
  const contents = await assembleImage(parts, options);
  if (!contents.problems.some(({ code }) => code === 'image/unreadable-storage')) return contents;
  await contents.close();
  return undefined;
}

function noSuchImage(kind: EngineKind, name: string, socket: string): ImageError {
  return new ImageError('not-found', `the ${kind} engine at ${socket} has no image "${name}"`, {
    remedy: `See what it has with "${kind} images".`,
  });
}
