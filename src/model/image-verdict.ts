import type { Instant } from '../base/index.ts';
import type { Severity } from './advisory.ts';
import type { Platform } from './platform.ts';
import type { PinnedReference } from './reference.ts';
import type { Attestation, Trust } from './trust.ts';
import type { Passport } from './wire/images.ts';

/** Everything that a policy looks at; gathered first, so that the rules are pure. Time is a fact. */
export interface ImagePolicyFacts {
  readonly image: PinnedReference;
  readonly tag?: string;
  readonly platform: Platform;
  /** Undefined: not scanned. */
  readonly passport: Passport | undefined;
  /** What each trust root says, one for each signature or one that says there is none. None at all: nobody looked. */
  readonly signatures: readonly { readonly trustRoot: string; readonly trust: Trust }[];
  readonly attestations: readonly (Attestation & { readonly trustRoot: string })[];
  readonly now: Instant;
}

/** What a rule of a policy has against an image. */
export interface PolicyFinding {
  /** `image/signed` */
  readonly rule: string;
  readonly severity: Severity;
  /** What it is about: a package URL, a path, a trust root. */
  readonly subject: string;
  readonly title: string;
  readonly remedy: string;
  /** What was seen, for a person; never a secret. */
  readonly evidence: string;
  /** By which exception it does not count, who answers for that, and until when. */
  readonly excepted?: { readonly name: string; readonly owner: string; readonly expires: Instant };
  /** The CVE where there is one. */
  readonly flaw?: string;
  /** Other names of the same flaw. */
  readonly aliases?: readonly string[];
  /** Package URL. */
  readonly component?: string;
}

/** Whether an image may pass. A gate says once what it does with `undecided`; nothing takes it for `allow`. */
export type ImageVerdict =
  | {
      readonly outcome: 'allow';
      /** Those that an exception lets pass; where observed, all. */
      readonly findings: readonly PolicyFinding[];
      /** The policy only observes: this is what it would have refused, or could not have decided, by `cause`. */
      readonly observed?: true;
      readonly cause?: string;
    }
  | {
      readonly outcome: 'deny';
      readonly findings: readonly [PolicyFinding, ...PolicyFinding[]];
      /** What could not be decided besides. */
      readonly cause?: string;
    }
  | { readonly outcome: 'undecided'; readonly cause: string; readonly findings: readonly PolicyFinding[] };
