import { CodedError } from '../base/index.ts';

export type AdvisoryErrorCode =
  | 'bad-location'
  | 'not-found'
  | 'unreachable'
  | 'refused'
  | 'not-verified'
  | 'too-slow'
  | 'too-large'
  | 'bad-feed'
  | 'unknown-format'
  | 'aborted';

/** A feed as a whole could not be read. A record that could not be is no error: FeedBatch.rejected says why. */
export class AdvisoryError extends CodedError<AdvisoryErrorCode> {}
