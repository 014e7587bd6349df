import { CodedError } from '../base/index.ts';

export type AttackErrorCode =
  /** Nothing answers at the engine's socket, or not as an engine does. */
  | 'engine-silent'
  /** An answer is over a bound, or is no HTTP. */
  | 'bad-answer'
  /** No image is there of which a container could be made. */
  | 'no-local-image'
  /** No attack has that ID, or an ID that begins so. */
  | 'unknown-attack';

/** The self-test cannot be run, or one question of it got no answer. */
export class AttackError extends CodedError<AttackErrorCode> {}
