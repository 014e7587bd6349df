import type { Clock, Digest } from '../base/index.ts';
import { recognizeBaseImage } from '../inspect/index.ts';
import type { Store } from '../model/index.ts';
import type { SubjectReading } from './read-subject.ts';

/** Remembers what a reading of an image gave: the image, its facts and its bill of materials, all or nothing. */
export async function recordReading(
  { store, clock, lookedFor }: { readonly store: Store; readonly clock: Clock; readonly lookedFor: string },
  imageId: Digest,
  references: readonly string[],
  reading: SubjectReading,
): Promise<void> {
  const at = clock.now();
  const baseImage = recognizeBaseImage(reading.facts, await store.images.layerChains());
  const facts = { ...reading.facts, lookedFor, ...(baseImage ? { baseImage } : {}) };
  const manifestDigest = reading.identity?.manifestDigest;
  await store.transaction(async (inside) => {
    await inside.images.see({ imageId, ...(manifestDigest ? { manifestDigest } : {}), references, at });
    await inside.images.recordRead({ imageId, platform: reading.bom.platform, facts, at });
    await inside.boms.put({ ...reading.bom, subject: { kind: 'image', imageId } }, at);
  });
}
