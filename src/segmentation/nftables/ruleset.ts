/** What holds in the kernel for a host: two ruleset of equal text mean the same. */
export interface Ruleset {
  readonly text: string;
}
