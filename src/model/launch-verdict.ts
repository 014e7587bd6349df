import type { Digest, Instant } from '../base/index.ts';
import type { PolicyFinding } from './image-verdict.ts';
import type { LaunchRequest } from './launch.ts';
import type { PodSecuritySpec } from './pod-security-spec.ts';
import type { PinnedReference } from './reference.ts';

/** What a rule has against a launch. */
export interface LaunchFinding extends PolicyFinding {
  /** Where it stands in what was asked; see `At`. */
  readonly path: string;
  readonly confidence: 'certain' | 'likely' | 'guess';
  /** No policy in mode enforce refuses by it: it is told alone. */
  readonly observed?: true;
}

/** What is known of the image that a launch names; nobody could look is `unknown`, never `refused`. */
export type LaunchImageFacts =
  | { readonly state: 'certified'; readonly image: PinnedReference; readonly expires: Instant }
  | { readonly state: 'refused'; readonly image?: PinnedReference; readonly reason: string; readonly remedy?: string }
  | { readonly state: 'unknown'; readonly image?: PinnedReference; readonly cause: string };

/** What the image itself says about its start, where it could be read. */
export interface ImageStart {
  readonly user?: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `NAME=value`; absent where nobody read them. */
  readonly environment?: readonly string[];
}

/** What is passed at start, looked into by `input` before any rule is asked. */
export interface InputReport {
  readonly findings: readonly LaunchFinding[];
  /** Each value that is passed, by what it is. */
  readonly inputs: readonly ClassifiedInput[];
  /** What could not be looked into, and why; while there is any, the launch is not decided. */
  readonly unread: readonly { readonly path: string; readonly cause: string }[];
}

export const inputKinds = [
  'flag',
  'path',
  'url',
  'number',
  'boolean',
  'json',
  'yaml',
  'key',
  'token',
  'certificate',
  'script',
  'code',
  'encoded',
  'address',
  'text',
] as const;
export type InputKind = (typeof inputKinds)[number];

export interface ClassifiedInput {
  readonly path: string;
  readonly place: 'argument' | 'variable' | 'file' | 'script' | 'label';
  /** Of a variable its name, of a file its target, of `--port=80` the flag. */
  readonly name?: string;
  readonly kind: InputKind;
  readonly secret: boolean;
}

/** Everything that rules of launches look at; gathered first, so that they are pure. Time is a fact. */
export interface LaunchFacts {
  readonly request: LaunchRequest;
  readonly image: LaunchImageFacts;
  /** Of volumes that are images, by the paths of their mounts; one that is not here is unknown. */
  readonly volumeImages?: readonly { readonly path: string; readonly image: LaunchImageFacts }[];
  readonly start?: ImageStart;
  /** By each strictness that a policy in force asks for. */
  readonly inputs: InputReport;
  /** What its input contract has against it; `none`: no contract speaks of the image. */
  readonly contract:
    | { readonly state: 'none' }
    | {
        readonly state: 'judged';
        readonly name: string;
        readonly findings: readonly LaunchFinding[];
        /** The contract itself only observes: its findings refuse nothing. */
        readonly isObserved?: true;
      };
  /** The Pod that it is of, as Kubernetes sees it; absent in other forms. */
  readonly pod?: PodSecuritySpec;
  readonly host?: string;
  /** False: somebody has yet to see the inputs, by a ticket; absent: nobody keeps count. */
  readonly seen?: boolean;
  /** Why nobody can say whether it was seen or admitted. */
  readonly unasked?: string;
  /** The same fingerprint was admitted on this host before, the last time then. */
  readonly admitted?: { readonly at: Instant };
  readonly now: Instant;
}

/** Whether a launch may go on. A gate says once what it does with `undecided`; nothing takes it for `allow`. */
export type LaunchVerdict =
  | {
      readonly outcome: 'allow';
      /** Those that an exception lets pass, and those that a policy in mode observe would have refused. */
      readonly findings: readonly LaunchFinding[];
      readonly observed?: true;
      readonly cause?: string;
    }
  | {
      readonly outcome: 'deny';
      readonly findings: readonly [LaunchFinding, ...LaunchFinding[]];
      readonly cause?: string;
    }
  | { readonly outcome: 'undecided'; readonly cause: string; readonly findings: readonly LaunchFinding[] };

/** What names a launch for those who may admit the same again: by a key of the store, of image, inputs and settings. */
export type LaunchFingerprint = Digest;
