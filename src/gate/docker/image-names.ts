import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownImage } from './ask-engine.ts';

/** How long an answer counts at most, in milliseconds: names may change in dockerd's memory and not on disk, where that is full. */
const longest = 60_000;
const mostNames = 1000;

/**
 * What dockerd said of names of images, for as long as its own list of names is the same file. It writes that anew, under the
 * lock by which names are looked up, whenever one is given, moved or taken away (moby reference/store.go). A question to it
 * passes the plugin twice again, and takes longest just when many containers are created.
 */
export interface ImageNames {
  /** To be read before the engine is asked. Undefined: there is no such list, and nothing is remembered. */
  stamp(): string | undefined;
  recall(name: string, stamp: string): KnownImage | undefined;
  /** `names`: those that the engine has for that image. Others may lead to it by chance, as the beginning of its ID. */
  keep(name: string, stamp: string, image: KnownImage, names: readonly string[]): void;
}

/** `folder` has the list of the storage driver: `/var/lib/docker/image/overlay2`. `now` in milliseconds. */
export function createImageNames(folder: string, now: () => number = () => performance.now()): ImageNames {
  const kept = new Map<string, { readonly image: KnownImage; readonly stamp: string; readonly at: number }>();
  let current: { readonly stamp: string | undefined } | undefined;

  function read(): string | undefined {
    // Of the engine's own disk, a question of microseconds; another thread would take twenty times as long.
    const [list, its] = [look(join(folder, 'repositories.json')), look(folder)];
    // The folder changes too where writing the list began and failed.
    return list === undefined || its === undefined ? undefined : `${list} ${its}`;
  }

  return {
    stamp() {
      if (!current) {
        current = { stamp: read() };
        // Whoever asks before this runs had come before it was read: nothing comes in between.
        process.nextTick(() => {
          current = undefined;
        });
      }
      return current.stamp;
    },
    recall(name, stamp) {
      const known = kept.get(name);
      return known && known.stamp === stamp && now() - known.at < longest ? known.image : undefined;
    },
    keep(name, stamp, image, names) {
      if (!names.includes(name) && !names.includes(`${name}:latest`)) return;
      if (kept.size >= mostNames) kept.clear();
      kept.set(name, { image, stamp, at: now() });
    },
  };
}

function look(path: string): string | undefined {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    // Images lie elsewhere, such as in containerd.
    return undefined;
  }
}
