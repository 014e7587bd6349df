/** What an engine may be asked for that no launch rule can look into: policies let it through or refuse it as a whole. */
export const engineActions = [
  'load',
  'import',
  'tag',
  'commit',
  'build',
  'push',
  'copy-in',
  'checkpoint',
  'plugin',
  'swarm',
  'debug',
] as const;
export type EngineAction = (typeof engineActions)[number];

/** What policies say of the engines of a host, launches apart. */
export interface EngineRules {
  /** `observe`: no policy refuses anything there. */
  readonly mode: 'enforce' | 'observe';
  /** Of those that are not named, the gate has defaults. */
  readonly actions: Partial<Readonly<Record<EngineAction, 'refuse' | 'allow'>>>;
}
