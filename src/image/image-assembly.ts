import { type Digest, digestAlgorithm, digestOf } from '../base/index.ts';
import type { ImageContents, LayerInfo, Problem, ReadLimits } from '../model/index.ts';
import { buildSteps, parseImageConfig } from './image-config.ts';
import { ImageError } from './image-error.ts';
import { LayerContents, type RereadLayer } from './layer-contents.ts';
import { LayerHelper } from './layer-helper.ts';
import type { ReadBudget } from './read-budget.ts';
import type { LayerClaims, ScannedLayer } from './scan-layer.ts';
import {
  endReading,
  type LayerLocation,
  type Reading,
  type ReadingOptions,
  readAgain,
  recallLayer,
  rememberLayer,
  scanAndRemember,
  scanLocation,
  startReading,
} from './scan-location.ts';

/** One layer, lowest first in its image, as a manifest or an archive describes it. */
export interface LayerBlob {
  /** Digest of the bytes as stored; verified while they stream. Absent where the source has none (docker save). */
  readonly digest?: Digest;
  /** Bytes as stored; verified. Absent where the source does not say. */
  readonly size?: number;
  /** As the manifest says; gzip, zstd and plain are told apart by their bytes, and a contradiction is a problem. */
  readonly mediaType?: string;
  readonly location: LayerLocation;
}

/** An image on one platform, its manifest and configuration read, its layers not yet. */
export interface ImageParts {
  /** Digest that the manifest or the engine gives for the configuration; the image ID. */
  readonly configDigest: Digest;
  /** What an engine calls it, where that is something else: with containerd's image store it is another digest. */
  readonly imageId?: Digest;
  readonly configBytes: Uint8Array;
  /** Already verified by whoever read the manifest. */
  readonly manifestDigest?: Digest;
  readonly indexDigest?: Digest;
  /** Names it was found under, in full. */
  readonly references: readonly string[];
  readonly layers: readonly LayerBlob[];
}

/** Inflation runs in node's thread pool, so that layers inflate beside each other while one thread hashes and walks. */
const layersAtOnce = 4;
/** With a second thread, each has one layer that inflates while it works on another. */
const lanesBesideHelper = 2;
const storageHelpers = 2;
/** Unpacked bytes in an engine's storage from which on other threads pay. */
const worthStorageHelper = 16 * 2 ** 20;
/** Stored bytes in layers of files from which on a second thread pays. */
const worthHelper = 160 * 2 ** 20;

/**
 * Reads every layer once and puts them on top of each other. The diff IDs come from the configuration.
 *
 * Throws ImageError: `digest-mismatch` and `bad-manifest` for the configuration, `limit-exceeded` for too many layers,
 * `aborted`. A layer that cannot be read or is not what it claims becomes a problem; its entries are left out.
 */
export async function assembleImage(parts: ImageParts, options: ReadingOptions): Promise<ImageContents> {
  const diffIds = verifyConfig(parts, options.limits);
  const reading = await startReading(options);
  const claims = parts.layers.map((layer, index) => claimsOf(layer, diffIds[index] as Digest));
  const progress = reportProgress(reading.budget, parts.layers, options);
  try {
    const scanned = await scanLayers(parts.layers, claims, reading, options);
    return putTogether(parts, scanned, options);
  } catch (error) {
    throw asAborted(error, options.signal);
  } finally {
    endReading(reading);
    progress.stop();
  }
}

/** The caller's signal as an ImageError; any other failure as it is. */
export function asAborted(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || error instanceof ImageError) return error;
  return new ImageError('aborted', 'the reading of the image was stopped', { cause: signal.reason });
}

/** The diff IDs of a configuration that is what its digest says and fits its manifest. */
export function verifyConfig(parts: ImageParts, limits: ReadLimits): readonly Digest[] {
  const { configDigest, configBytes, layers } = parts;
  const what = `the configuration ${configDigest}`;
  if (configBytes.byteLength > limits.maxManifestBytes)
    throw new ImageError('limit-exceeded', `${what} is larger than ${limits.maxManifestBytes} bytes`);
  const actual = digestOf(configBytes, digestAlgorithm(configDigest));
  if (actual !== configDigest) throw new ImageError('digest-mismatch', `${what} has the digest ${actual}`);
  if (layers.length > limits.maxLayers)
    throw new ImageError(
      'limit-exceeded',
      `the image ${configDigest} has ${layers.length} layers, more than ${limits.maxLayers}`,
    );
  const { diffIds } = parseImageConfig(configBytes, what);
  if (diffIds.length !== layers.length)
    throw new ImageError('bad-manifest', `${what} names ${diffIds.length} layers, its manifest ${layers.length}`);
  return diffIds;
}

export function claimsOf(layer: LayerBlob, diffId: Digest): LayerClaims {
  return {
    diffId,
    ...(layer.digest === undefined ? {} : { digest: layer.digest }),
    ...(layer.size === undefined ? {} : { size: layer.size }),
    ...(layer.mediaType === undefined ? {} : { mediaType: layer.mediaType }),
  };
}

/** What was seen is recalled; the rest is read, largest first, so that no large one is left to run alone at the end. */
async function scanLayers(
  layers: readonly LayerBlob[],
  claims: readonly LayerClaims[],
  reading: Reading,
  options: ReadingOptions,
): Promise<readonly ScannedLayer[]> {
  const { signal } = options;
  const scanned = await Promise.all(
    layers.map(({ location }, index) => recallLayer(location, claims[index] as LayerClaims, reading)),
  );
  const unseen = layers.map((_, index) => index).filter((index) => scanned[index] === undefined);
  const queue = unseen.sort((a, b) => storedBytes(layers[b]) - storedBytes(layers[a]));
  const helpers = Array.from(
    { length: helpersFor(queue.map((index) => layers[index] as LayerBlob)) },
    () => new LayerHelper(options, reading.budget),
  );
  const lane = async (scan: (index: number) => Promise<ScannedLayer>, takes: (index: number) => boolean) => {
    for (;;) {
      const at = queue.findIndex(takes);
      if (at < 0) return;
      const [index] = queue.splice(at, 1) as [number];
      scanned[index] = await scan(index);
    }
  };
  const here = (index: number) =>
    scanAndRemember((layers[index] as LayerBlob).location, claims[index] as LayerClaims, reading);
  const there = (helper: LayerHelper) => async (index: number) => {
    const { location } = layers[index] as LayerBlob;
    if ('open' in location) return here(index);
    const claim = claims[index] as LayerClaims;
    const layer = await helper.scan({ id: index, location, claims: claim }, signal);
    await rememberLayer(location, layer, claim, reading);
    return layer;
  };
  const isStored = (index: number) => 'split' in (layers[index] as LayerBlob).location;
  const crosses = (index: number) => !('open' in (layers[index] as LayerBlob).location);
  const lanesHere = Array.from({ length: helpers.length > 0 ? lanesBesideHelper : layersAtOnce }, () =>
    lane(here, (index) => helpers.length === 0 || !isStored(index)),
  );
  const lanesThere = helpers.flatMap((helper) =>
    Array.from({ length: lanesBesideHelper }, () => lane(there(helper), crosses)),
  );
  try {
    await Promise.all([...lanesHere, ...lanesThere]);
  } finally {
    await Promise.all(helpers.map((helper) => helper.close()));
  }
  return scanned as ScannedLayer[];
}

/**
 * A thread takes some 100 ms to start, and must have that much to do. What lies in an engine's storage is opened file by
 * file, which holds a thread up: not this one, unless it is little.
 */
function helpersFor(layers: readonly LayerBlob[]): number {
  const bytesOf = (kind: 'file' | 'split') => {
    const there = layers.filter(({ location }) => kind in location);
    return { count: there.length, bytes: there.reduce((sum, layer) => sum + storedBytes(layer), 0) };
  };
  const stored = bytesOf('split');
  if (stored.bytes > worthStorageHelper) return Math.min(storageHelpers, stored.count);
  const files = bytesOf('file');
  return files.count > 1 && files.bytes > worthHelper ? 1 : 0;
}

function storedBytes(layer: LayerBlob | undefined): number {
  if (!layer) return 0;
  return layer.size ?? ('open' in layer.location ? 0 : layer.location.length);
}

/** The contents of an image whose layers have been read, whoever read them. */
export function putTogether(
  parts: ImageParts,
  scanned: readonly ScannedLayer[],
  options: ReadingOptions,
): ImageContents {
  const { platform, config, diffIds } = parseImageConfig(parts.configBytes, `the configuration ${parts.configDigest}`);
  const steps = buildSteps(config.history, parts.layers.length);
  const problems: Problem[] = [];
  const layers = parts.layers.map((layer, index): LayerInfo => {
    const found = scanned[index] as ScannedLayer;
    const diffId = diffIds[index] as Digest;
    for (const problem of found.problems) problems.push({ ...problem, layer: diffId });
    const createdBy = steps[index];
    return {
      diffId,
      ...(layer.digest === undefined ? {} : { digest: layer.digest }),
      size: layer.size ?? found.size,
      ...(createdBy === undefined ? {} : { createdBy }),
    };
  });
  const reread: RereadLayer = (index, entries, maxFileBytes) => {
    const layer = parts.layers[index] as LayerBlob;
    const claims = claimsOf(layer, diffIds[index] as Digest);
    const again = scanLocation(layer.location, claims, readAgain(options, entries, maxFileBytes));
    return again.catch((error: unknown) => {
      throw asAborted(error, options.signal);
    });
  };
  return new LayerContents({
    identity: {
      imageId: parts.imageId ?? parts.configDigest,
      ...(parts.manifestDigest === undefined ? {} : { manifestDigest: parts.manifestDigest }),
      ...(parts.indexDigest === undefined ? {} : { indexDigest: parts.indexDigest }),
      references: parts.references,
    },
    platform,
    config,
    layers,
    tables: scanned.map((layer) => layer.table),
    problems,
    reread,
  });
}

function reportProgress(budget: ReadBudget, layers: readonly LayerBlob[], options: ReadingOptions): { stop(): void } {
  const { onProgress } = options;
  if (!onProgress) return { stop() {} };
  const sizes = layers.map((layer) => storedBytes(layer) || undefined);
  const totalBytes = sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
  const report = () => onProgress({ bytes: budget.progress, ...(totalBytes === undefined ? {} : { totalBytes }) });
  const timer = setInterval(report, 100);
  return {
    stop() {
      clearInterval(timer);
      report();
    },
  };
}
