import { CodedError } from '../base/index.ts';

export type NotifyErrorCode = 'target-unreachable' | 'target-refused' | 'bad-target';

/** A message was not taken. No message of it shows an address or a secret that was kept elsewhere. */
export class NotifyError extends CodedError<NotifyErrorCode> {}
