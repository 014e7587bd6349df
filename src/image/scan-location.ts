import type { ExaminerSource, ReadOptions } from '../model/index.ts';
import { closeExaminers, loadExaminers } from './examination.ts';
import { fingerprintOf, type LayerCache } from './layer-cache.ts';
import type { Keep } from './layer-collector.ts';
import { openLayer } from './layer-source.ts';
import { ReadBudget } from './read-budget.ts';
import { type LayerClaims, mediaTypeProblem, type ScannedLayer, scanLayer } from './scan-layer.ts';
import { type SplitLayer, scanSplitLayer } from './scan-split-layer.ts';

/**
 * Where the bytes of a layer lie: a range of a file, an engine's storage, or anything that can be opened as a stream. `open` may be called again, long after: for `read()` of a file whose bytes were not kept. It rejects
 * with ImageError; once it streams, a failure in the midst (also ImageError, or anything) becomes a problem of the layer.
 */
export type LayerLocation = StreamedLocation | SplitLayer;

export type StreamedLocation =
  | { readonly file: string; readonly offset: number; readonly length: number }
  | { readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>> };

/** ReadOptions with what readings share besides. */
export interface ReadingOptions extends ReadOptions {
  readonly cache?: LayerCache | undefined;
}

/** What the layers of one reading share: what is looked for, what may be spent, what was seen before. */
export interface Reading {
  readonly keep: Keep;
  readonly examiners: readonly ExaminerSource[];
  readonly budget: ReadBudget;
  readonly cache?: LayerCache | undefined;
  readonly signal: AbortSignal;
}

export async function startReading(options: ReadingOptions): Promise<Reading> {
  const { wanted, examiners = [], limits, signal } = options;
  const cache = examiners.some(({ changes }) => changes) ? undefined : options.cache;
  const keep = { wanted, examiners: await loadExaminers(examiners) };
  return { keep, examiners, budget: new ReadBudget(limits), cache, signal };
}

/** Lets go of what examiners hold. */
export function endReading({ keep }: Reading): void {
  if ('wanted' in keep) closeExaminers(keep.examiners);
}

/** A second reading of some layers for the bytes of a few entries, which the first one counted already. */
export function readAgain(options: ReadingOptions, entries: ReadonlySet<number>, maxFileBytes: number): Reading {
  const limits = { ...options.limits, maxWantedBytes: Number.MAX_SAFE_INTEGER };
  const { cache, signal } = options;
  return { keep: { entries, maxFileBytes }, examiners: [], budget: new ReadBudget(limits), cache, signal };
}

/** Reads one layer, or recalls it. What keeps it from being opened is a problem too, but for the signal. */
export async function scanLocation(
  location: LayerLocation,
  claims: LayerClaims,
  reading: Reading,
): Promise<ScannedLayer> {
  return (await recallLayer(location, claims, reading)) ?? scanAndRemember(location, claims, reading);
}

export async function scanAndRemember(
  location: LayerLocation,
  claims: LayerClaims,
  reading: Reading,
): Promise<ScannedLayer> {
  const { keep, budget, signal } = reading;
  const layer = await scanHere(location, claims, keep, budget, signal);
  await rememberLayer(location, layer, claims, reading);
  return layer;
}

/** Reads one layer in this thread, whichever that is. */
export async function scanHere(
  location: LayerLocation,
  claims: LayerClaims,
  keep: Keep,
  budget: ReadBudget,
  signal: AbortSignal,
): Promise<ScannedLayer> {
  if ('split' in location) return scanSplitLayer(location, claims, keep, budget, signal);
  return scanLayer(
    lazily(() => openLayer(location, signal)),
    claims,
    keep,
    budget,
    signal,
  );
}

/**
 * The layer as an earlier reading found it. Only where its stored bytes have the digest that they had then, so that nobody can pass
 * others off by a diff ID (an engine's own storage is taken at its word); and only within what this reading may still spend: what goes over is read, which tells how.
 */
export async function recallLayer(
  location: LayerLocation,
  claims: LayerClaims,
  reading: Reading,
): Promise<ScannedLayer | undefined> {
  const { budget, cache } = reading;
  const key = cache && keyOf(location, claims, reading);
  const layer = key === undefined ? undefined : await cache?.read(key);
  if (!layer?.table || layer.diffId !== claims.diffId) return undefined;
  if (!('split' in location) && layer.digest !== claims.digest) return undefined;
  if (claims.size !== undefined && claims.size !== layer.size) return undefined;
  const { count, blocks } = layer.table;
  const kept = blocks.reduce((sum, block) => sum + block.length, 0);
  if (!budget.takeLayer(count, layer.uncompressedSize, kept)) return undefined;
  budget.addProgress(layer.size);
  const odd = mediaTypeProblem(claims.mediaType, layer.compression);
  return { ...layer, problems: [...(odd ? [odd] : []), ...layer.table.problems] };
}

/** Problems that say nothing of the layer: other layers had spent what was left, or an examiner failed. */
const passingProblems = new Set([
  'image/wanted-bytes-limit',
  'image/examiner-failed',
  'image/more-problems',
  'image/stored-file-differs',
]);

export async function rememberLayer(
  location: LayerLocation,
  layer: ScannedLayer,
  claims: LayerClaims,
  reading: Reading,
): Promise<void> {
  if (!reading.cache || !layer.table || layer.table.unexamined.length > 0) return;
  if (layer.table.problems.some(({ code }) => passingProblems.has(code))) return;
  const key = keyOf(location, claims, reading);
  if (key !== undefined) await reading.cache.write(key, { ...layer, problems: [] });
}

function keyOf(
  location: LayerLocation,
  { digest, diffId }: LayerClaims,
  { keep, examiners, budget }: Reading,
): string | undefined {
  if (diffId === undefined || (digest === undefined && !('split' in location))) return undefined;
  return `${diffId.replace(':', '-')}.${fingerprintOf(keep, examiners, budget.limits)}`;
}

async function* lazily(open: () => Promise<AsyncIterable<Uint8Array>>): AsyncGenerator<Uint8Array> {
  yield* await open();
}
