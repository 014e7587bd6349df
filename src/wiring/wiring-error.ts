import { CodedError } from '../base/index.ts';

export type WiringErrorCode =
  | 'data-unwritable'
  | 'port-taken'
  | 'address-unusable'
  | 'bad-platform'
  | 'bad-setting'
  | 'file-unreadable'
  | 'bad-credentials'
  | 'unknown-host';

/** Portwarden cannot start as it was asked to. */
export class WiringError extends CodedError<WiringErrorCode> {}
