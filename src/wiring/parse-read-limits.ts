import { parseSize } from '../base/index.ts';
import type { ReadLimits } from '../model/index.ts';
import { WiringError } from './wiring-error.ts';

type Unit = 'count' | 'bytes' | 'milliseconds';

/** Every bound of a reading by the name that a user gives it. */
const settable: Readonly<Record<string, { readonly limit: keyof ReadLimits; readonly unit: Unit }>> = {
  'max-entries': { limit: 'maxEntries', unit: 'count' },
  'max-uncompressed-bytes': { limit: 'maxUncompressedBytes', unit: 'bytes' },
  'max-compression-ratio': { limit: 'maxCompressionRatio', unit: 'count' },
  'max-wanted-file-bytes': { limit: 'maxWantedFileBytes', unit: 'bytes' },
  'max-wanted-bytes': { limit: 'maxWantedBytes', unit: 'bytes' },
  'max-manifest-bytes': { limit: 'maxManifestBytes', unit: 'bytes' },
  'max-layers': { limit: 'maxLayers', unit: 'count' },
  'stall-timeout': { limit: 'stallTimeout', unit: 'milliseconds' },
};

/**
 * Bounds out of words like `max-entries=3000000` and `max-wanted-bytes=1GiB`; the later of two for the same bound holds. Throws
 * WiringError `bad-setting`, which names the word and every bound there is.
 */
export function parseReadLimits(words: readonly string[]): Partial<ReadLimits> {
  const limits: Partial<Record<keyof ReadLimits, number>> = {};
  for (const word of words) {
    const [, name = '', text = ''] = /^([a-z-]+)=(.+)$/.exec(word) ?? [];
    const known = Object.hasOwn(settable, name) ? settable[name] : undefined;
    if (!known) throw badLimit(word, 'is no NAME=VALUE of a limit');
    const value = known.unit === 'bytes' ? parseSize(text) : parseCount(text);
    if (value === undefined || value < 1)
      throw badLimit(word, known.unit === 'bytes' ? 'has no size such as 512MiB' : 'has no whole number above 0');
    limits[known.limit] = value;
  }
  return limits;
}

/** Timers take no more (Node.js, setTimeout), and no count of ours needs to. */
const mostCount = 2 ** 31 - 1;

function parseCount(text: string): number | undefined {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value <= mostCount ? value : undefined;
}

function badLimit(word: string, why: string): WiringError {
  return new WiringError('bad-setting', `the limit "${word.slice(0, 100)}" ${why}`, {
    remedy: `The limits are ${Object.keys(settable).join(', ')}; see docs/reference/settings.md`,
  });
}
