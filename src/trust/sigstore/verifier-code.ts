import { lazyLibrary } from '../../base/index.ts';
import type { TrustCode } from '../../model/index.ts';

const library = lazyLibrary<typeof import('@sigstore/verify')>('@sigstore/verify');

const codes: Readonly<Record<string, TrustCode>> = {
  NOT_IMPLEMENTED_ERROR: 'unsupported',
  TLOG_BODY_ERROR: 'bad-log-entry',
  TLOG_ERROR: 'not-logged',
  TLOG_INCLUSION_PROOF_ERROR: 'bad-log-entry',
  TLOG_INCLUSION_PROMISE_ERROR: 'bad-log-entry',
  TLOG_MISSING_INCLUSION_ERROR: 'not-logged',
  TIMESTAMP_ERROR: 'bad-timestamp',
  CERTIFICATE_ERROR: 'untrusted-key',
  SIGNATURE_ERROR: 'bad-signature',
  PUBLIC_KEY_ERROR: 'untrusted-key',
  UNTRUSTED_SIGNER_ERROR: 'wrong-identity',
};

/** Ours for what the verifier threw; what it did not mean to throw comes of a bundle that is none. */
export function codeOf(error: unknown): TrustCode {
  const { VerificationError, PolicyError } = library();
  if (error instanceof VerificationError || error instanceof PolicyError) return codes[error.code] ?? 'bad-bundle';
  return 'bad-bundle';
}
