import type { TrafficRemark } from '../model/index.ts';

/** Groups as another platform has them. */
export interface Rendering {
  readonly files: readonly RenderedFile[];
  /** What the platform cannot say, and is left out or closed instead; never left out in silence. */
  readonly remarks: readonly TrafficRemark[];
}

export interface RenderedFile {
  /** Below the folder that they are written to. */
  readonly path: string;
  readonly text: string;
}
