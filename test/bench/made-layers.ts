import type { TarEntry } from '../fakes/image-builder.ts';

/** Bytes that compress to about 40%, as files of images do: words out of a small dictionary between noise. */
function semiCompressible(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const words = Array.from({ length: 512 }, () =>
    Buffer.from(Array.from({ length: 4 + (next() % 12) }, () => next() % 256)),
  );
  for (let at = 0; at < length; ) {
    const word = words[next() % words.length] as Buffer;
    at += word.copy(bytes, at);
    if (at + 4 <= length && next() % 4 === 0) at = bytes.writeUInt32LE(next(), at);
  }
  return bytes;
}

/** One layer: a fifth of its bytes in large binaries, the rest in many small files of all sizes. */
export function layerEntries(bytes: number, layer: number): TarEntry[] {
  const pool = semiCompressible(32 * 2 ** 20, layer + 1);
  const entries: TarEntry[] = [{ dir: 'usr' }, { dir: `usr/lib${layer}` }];
  const elf = Buffer.from('\x7fELF', 'latin1');
  let left = bytes;
  for (let n = 0; left > 0; n++) {
    const large = n % 1500 === 700;
    const size = Math.min(left, large ? 20 * 2 ** 20 : 200 + ((n * 7919) % 24_000));
    const start = (n * 104_729) % (pool.length - size);
    const body = pool.subarray(start, start + size);
    if (n % 100 === 0) entries.push({ dir: `usr/lib${layer}/package-${n}` });
    const directory = `usr/lib${layer}/package-${n - (n % 100)}`;
    const name = large ? `binary-${n}` : n % 100 === 1 ? 'package.json' : `module-${n}.js`;
    entries.push({
      file: `${directory}/${name}`,
      content: large ? Buffer.concat([elf, body]) : body,
      mode: large ? 0o755 : 0o644,
    });
    left -= size;
  }
  return entries;
}

/** How much of an image each of its layers holds. */
export const layerShares = [0.32, 0.24, 0.18, 0.14, 0.08, 0.04];
