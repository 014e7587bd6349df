import type { LaunchSet } from '../../model/index.ts';
import type { WorkloadKind } from './workload-kinds.ts';

/** What a review comes to. */
export type AdmissionQuestion =
  /** Nothing starts, or nothing of it is other than what was judged. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'judge'; readonly set: LaunchSet; readonly workload?: WorkloadKind }
  /** It cannot be read; one sentence that names the path. */
  | { readonly kind: 'refuse'; readonly reason: string };
