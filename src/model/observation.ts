import type { Severity } from './advisory.ts';

/** Something in an image that is no flaw of a package: a secret, a mark of malware, a risky mode. */
export interface Observation {
  /** Which rule of room inspect, `inspect/secret/private-key`; its title and remedy are the same for all. */
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: 'certain' | 'likely' | 'guess';
  /** Absolute path; absent for what stands in the configuration. */
  readonly path?: string;
  /** Index of the layer that brought it. */
  readonly layer?: number;
  /** A layer above hides the file: it is in the image all the same. */
  readonly isHidden?: boolean;
  /** Where in the file and what, for a person; never a secret itself. */
  readonly detail: string;
}
