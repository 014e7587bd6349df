import { CodedError } from '../base/index.ts';

export type SegmentationErrorCode =
  /** A message of DNS is none, or says what no message can. */
  | 'bad-message'
  /** What was to be read as rules of a platform has no form that is known, or is larger than what is read. */
  | 'bad-rules'
  /** A tool of the machine (nft, ip, conntrack) is missing, or may not be used. */
  | 'no-dataplane'
  /** Names cannot be looked up for containers: nobody to ask, or no port to answer at. */
  | 'no-resolver'
  /** The kernel refused a change: nothing of it holds. */
  | 'refused-by-kernel';

/** Rules of traffic cannot be read, compiled or applied; the message names the file, the document or the tool. */
export class SegmentationError extends CodedError<SegmentationErrorCode> {}
