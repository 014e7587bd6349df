import { asArray, asObject, BoundError, decodeUtf8, type Instant, parseJson } from '../../base/index.ts';
import { rejected, type SignatureMaterial, type SignedSubject, type Trust } from '../../model/index.ts';
import type { SigstoreTrust } from '../sigstore/verify-bundle.ts';
import { type BundleVerdict, verifyBundle } from '../sigstore/verify-bundle.ts';
import { keySigned, keyValidAt, type VerificationKey } from '../verification-key.ts';
import { compileCosignBundle } from './cosign-bundle.ts';
import { parseSimpleSigning, refuseOther } from './simple-signing.ts';

type CosignSignature = Extract<SignatureMaterial, { kind: 'cosign-signature' }>;
type CosignAttestation = Extract<SignatureMaterial, { kind: 'cosign-attestation' }>;

/**
 * A signature of cosign over a simple signing payload, by a key or by a certificate (sigstore/cosign,
 * specs/SIGNATURE_SPEC.md): the payload is of this content under one of these names, and a trusted signer signed its very
 * bytes.
 */
export function verifyCosignSignature(
  { payload, annotations }: CosignSignature,
  subject: SignedSubject,
  repositories: readonly string[],
  trust: SigstoreTrust,
  now: Instant,
): Trust {
  const { signature, certificate, rekorBundle, timestamp } = annotations;
  if (signature === undefined) return rejected('bad-bundle', 'the layer has no signature');
  const signed = parseSimpleSigning(payload, 'cosign');
  if ('state' in signed) return signed;
  const other = refuseOther(signed, subject.image.digest, repositories);
  if (other) return other;
  const isKeyed = certificate === undefined;
  // What a log or an authority witnesses is worth checking only by a root that knows them.
  if (isKeyed && (!trust.root || (rekorBundle === undefined && timestamp === undefined))) {
    return verifyKeyed(payload, signature, trust.keys, now);
  }
  const bundle = compileCosignBundle({ payload, signature }, annotations);
  if ('reason' in bundle) return rejected('bad-bundle', bundle.reason);
  return asCosign(verifyBundle(bundle, { bytes: payload }, trust, now).trust);
}

/** An attestation of cosign: an envelope that signs a statement about the subject. */
export function verifyCosignAttestation(
  { envelope, annotations }: CosignAttestation,
  subject: SignedSubject,
  trust: SigstoreTrust,
  now: Instant,
): BundleVerdict {
  const parsed = parseEnvelope(envelope);
  if ('state' in parsed) return { trust: parsed };
  const bundle = compileCosignBundle({ envelope: parsed.envelope }, annotations);
  if ('reason' in bundle) return { trust: rejected('bad-bundle', bundle.reason) };
  const { trust: verdict, statement } = verifyBundle(bundle, { digest: subject.image.digest }, trust, now);
  return { trust: asCosign(verdict), ...(statement ? { statement } : {}) };
}

function parseEnvelope(bytes: Uint8Array) {
  try {
    const envelope = asObject(parseJson(decodeUtf8(bytes, 'the envelope'), 'the envelope'));
    if (envelope && asArray(envelope.signatures)?.length === 1) return { envelope };
    return rejected('bad-bundle', 'the envelope has not one signature');
  } catch (error) {
    if (error instanceof BoundError) return rejected('bad-bundle', error.message);
    throw error;
  }
}

function verifyKeyed(payload: Uint8Array, base64: string, keys: readonly VerificationKey[], now: Instant): Trust {
  const signature = Buffer.from(base64, 'base64');
  // A key may be listed twice, with two windows.
  const signers = keys.filter(({ key }) => keySigned(key, payload, signature));
  const key = signers.find((each) => keyValidAt(each, now));
  if (!key && signers[0]) return rejected('outside-validity', `the key ${signers[0].name} is not valid now`);
  if (!key) return rejected('untrusted-key', 'it is signed by no key that is trusted');
  return { state: 'verified', signers: [{ scheme: 'cosign', identity: key.identity, authority: key.name }] };
}

function asCosign(trust: Trust): Trust {
  if (trust.state !== 'verified') return trust;
  const [first, ...others] = trust.signers;
  return {
    state: 'verified',
    signers: [{ ...first, scheme: 'cosign' }, ...others.map((signer) => ({ ...signer, scheme: 'cosign' as const }))],
  };
}
