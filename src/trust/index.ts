/**
 * trust: who vouches for an artifact. Signatures of cosign, sigstore, notation and OpenPGP, and statements that are
 * signed, are checked against keys, identities and authorities that an operator named.
 * Never: trusts what it was not told to trust, takes what it cannot read for signed, asks a network for a verdict.
 * Start at verify-signatures.ts and sigstore/verify-bundle.ts; signed statements are in sigstore/statement.ts.
 */
export { signByCommand } from './command/sign-by-command.ts';
export type { GpgTrust } from './gpg/verify-gpg.ts';
export { compileIdentityPattern, type ExpectedIdentity } from './identity.ts';
export { type NotationTrust, parseNotationTrust } from './notation/notation-trust.ts';
export { parseSigningKey, type SignBytes, signStatement } from './sign-statement.ts';
export { publicGoodRoot, readTufRoot } from './sigstore/read-trusted-root.ts';
export { parseTrustedRoot, type SigstoreRoot } from './sigstore/trusted-root.ts';
export { type Artifact, type BundleVerdict, type SigstoreTrust, verifyBundle } from './sigstore/verify-bundle.ts';
export { TrustError, type TrustErrorCode } from './trust-error.ts';
export { parseVerificationKey, type VerificationKey } from './verification-key.ts';
export {
  type SignatureVerdict,
  type SubjectVerdict,
  type TrustAnchors,
  verifySignatures,
} from './verify-signatures.ts';
