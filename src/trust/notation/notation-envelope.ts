import type { Instant } from '../../base/index.ts';
import type { RejectedTrust } from '../../model/index.ts';
import type { NotationAlgorithm } from './signature-algorithm.ts';

/** A signature envelope, taken apart and not yet believed: the same of JWS and of COSE. */
export interface NotationEnvelope {
  readonly algorithm: NotationAlgorithm;
  /** The bytes that the signature is of. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly payload: Uint8Array;
  readonly contentType: unknown;
  /** Names that the header says must be understood. */
  readonly critical: readonly unknown[];
  /** The protected header. */
  readonly header: ReadonlyMap<unknown, unknown>;
  /** A value of the header as a time, in the notation of the format. */
  readonly timeOf: (value: unknown) => Instant | undefined;
  /** DER, as the sender ordered them. */
  readonly certificates: readonly Uint8Array[];
  /** An RFC 3161 TimeStampToken over the signature. */
  readonly timestamp?: Uint8Array;
}

export const envelopeLimits = { bytes: 1024 * 1024, certificates: 10 } as const;

export const timestampHeader = 'io.cncf.notary.timestampSignature';

export function isRejected(value: object): value is RejectedTrust {
  return 'state' in value && value.state === 'rejected';
}
