import { CodedError } from '../base/index.ts';

/**
 * What an operator gave to check signatures by cannot be used. A signature that does not count is no error: it is a
 * `rejected` Trust.
 *
 * - `bad-trust-root` no sigstore trusted root · `bad-key` no public key that signatures are checked with
 * - `bad-certificates` no certificates in PEM · `bad-identity` a pattern of identities that cannot be read
 * - `gpgv-missing` the program that checks OpenPGP signatures is not on this machine · `gpgv-failed` it gave no answer
 * - `signing-failed` the program that keeps the signing key did not sign
 * - `tuf-failed` the trusted root of a TUF repository could not be had
 */
export type TrustErrorCode =
  | 'bad-certificates'
  | 'bad-identity'
  | 'bad-key'
  | 'bad-trust-root'
  | 'gpgv-failed'
  | 'gpgv-missing'
  | 'signing-failed'
  | 'tuf-failed';

export class TrustError extends CodedError<TrustErrorCode> {}
