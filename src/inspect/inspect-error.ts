import { CodedError } from '../base/index.ts';

export type InspectErrorCode =
  | 'bad-yara-rule'
  | 'yara-missing'
  | 'bad-digest-list'
  | 'bad-clamd-address'
  | 'clamd-unreachable'
  | 'bad-clamd-reply';

/** What is to be looked for cannot be. */
export class InspectError extends CodedError<InspectErrorCode> {}
