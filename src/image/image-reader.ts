import type { ImageContents, OpenImage, SourceReference } from '../model/index.ts';
import { readDockerManifest } from './docker-archive.ts';
import { readDockerArchiveStream } from './docker-archive-stream.ts';
import { asAborted, assembleImage } from './image-assembly.ts';
import { ImageError } from './image-error.ts';
import { archiveFiles, directoryFiles, type ImageFiles, regularFileSize } from './image-files.ts';
import { LayerCache } from './layer-cache.ts';
import { readFileRange } from './layer-source.ts';
import { readOciLayout } from './oci-layout.ts';
import type { ImageReaderOptions } from './reader-options.ts';
import { recognizeFile } from './recognize-file.ts';
import type { ReadingOptions } from './scan-location.ts';

/**
 * The one way to read an image: from whatever kind of source. Throws ImageError where nothing could be read; what
 * could be read in part comes with problems.
 */
export function createImageReader(readerOptions: ImageReaderOptions = {}): OpenImage {
  const cache = readerOptions.layerCache && new LayerCache(readerOptions.layerCache);
  return async (source, options) => {
    try {
      options.signal.throwIfAborted();
      return await openSource(source, { ...options, cache }, readerOptions);
    } catch (error) {
      throw asAborted(error, options.signal);
    }
  };
}

/** Sources that few readings need are loaded when they are asked for: a scan of a directory starts faster. */
async function openSource(
  source: SourceReference,
  options: ReadingOptions,
  readerOptions: ImageReaderOptions,
): Promise<ImageContents> {
  switch (source.kind) {
    case 'oci-layout': {
      const files = directoryFiles(source.path);
      return assembleImage(
        await readOciLayout(files, { ...source, platform: options.platform }, options.limits),
        options,
      );
    }
    case 'oci-archive':
    case 'docker-archive':
      return openArchive(source, options);
    case 'rootfs': {
      const { openRootFileSystem } = await import('./root-file-system.ts');
      return openRootFileSystem(source.path, options);
    }
    case 'registry': {
      const { openRegistryImage } = await import('./registry/index.ts');
      return openRegistryImage(source.reference, options, readerOptions.registry ?? {});
    }
    case 'docker':
    case 'podman': {
      const { openEngineImage } = await import('./engine/index.ts');
      return openEngineImage(source.kind, source.name, options, readerOptions.engines ?? {});
    }
  }
}

type ArchiveSource = Extract<SourceReference, { kind: 'oci-archive' | 'docker-archive' }>;

async function openArchive(source: ArchiveSource, options: ReadingOptions): Promise<ImageContents> {
  const size = await regularFileSize(source.path);
  if (size === undefined) throw new ImageError('not-found', `${source.path} does not exist`);
  const tag = source.tag === undefined ? {} : { tag: source.tag };
  // A compressed archive has no places to seek to.
  if ((await recognizeFile(source.path)) !== 'plain')
    return readDockerArchiveStream(
      { name: source.path, open: async () => readFileRange(source.path, 0, size), ...tag },
      options,
    );
  const files = await archiveFiles(source.path, options.signal);
  const isLayout = source.kind === 'oci-archive' || !(await has(files, 'manifest.json'));
  const parts = isLayout
    ? await readOciLayout(files, { ...tag, platform: options.platform }, options.limits)
    : await readDockerManifest(files, tag, options.limits);
  return assembleImage(parts, options);
}

async function has(files: ImageFiles, path: string): Promise<boolean> {
  return (await files.locate(path)) !== undefined;
}
