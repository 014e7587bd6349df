import type { LaunchSet, LaunchVerdict } from '../model/index.ts';

/** A launch that a gate asks about. */
export interface AskedLaunch {
  readonly gate: 'docker' | 'runtime' | 'kubernetes' | 'review';
  readonly set: LaunchSet;
  /** Who asks, where the engine tells: the name in a TLS client certificate, a user of the cluster, `uid 1000`. */
  readonly who?: string;
  /** Name of the host; of a cluster its name. */
  readonly host?: string;
  /** Nothing is started whatever the answer: it is not recorded as a launch. */
  readonly dryRun?: boolean;
}

/** A set that could not be read at all. */
export interface UnreadableLaunch extends Omit<AskedLaunch, 'set'> {
  /** One sentence that names the path. */
  readonly reason: string;
}

export interface LaunchDecision {
  /** Names it for `portwarden explain`. */
  readonly id: string;
  readonly verdict: LaunchVerdict;
  /** For who asked, in one readable line: why not, by which rule, and what to do. Empty where it is allowed. */
  readonly message: string;
}

/** Decides launches, and remembers what was decided. */
export interface LaunchService {
  /** Never throws for what was asked: what cannot be decided is `undecided`. */
  decide(asked: AskedLaunch): Promise<LaunchDecision>;
  /** Records that something was refused which is no launch that can be read. */
  refuse(asked: UnreadableLaunch): Promise<LaunchDecision>;
}
