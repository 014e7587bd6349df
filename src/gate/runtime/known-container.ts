import type { OciOptions } from '../../launch/index.ts';
import type { LaunchImage } from '../../model/index.ts';

/** What the engine wrote down about a container, and which engine it is. */
export type KnownContainer = Pick<OciOptions, 'image' | 'name' | 'labels' | 'engine'>;

export function unknownImage(problem: string): LaunchImage {
  return { value: '', path: '', problem };
}
