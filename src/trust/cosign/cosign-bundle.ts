import { createHash, X509Certificate } from 'node:crypto';
import { asNumber, asObject, asString, BoundError, type JsonObject, parseJson } from '../../base/index.ts';
import type { CosignAnnotations } from '../../model/index.ts';

/** What is signed: the bytes of a payload with their signature, or an envelope that has its own. */
export type CosignContent =
  | { readonly payload: Uint8Array; readonly signature: string }
  | { readonly envelope: JsonObject };

/**
 * The sigstore bundle that says the same as cosign's annotations (sigstore/cosign, specs/SIGNATURE_SPEC.md): one format is
 * checked in one place. Gives why there is none where an annotation cannot be read.
 */
export function compileCosignBundle(
  content: CosignContent,
  { certificate, rekorBundle, timestamp }: CosignAnnotations,
): Uint8Array | { readonly reason: string } {
  try {
    const key = certificate === undefined ? { publicKey: { hint: '' } } : certificateOf(certificate);
    const entry = rekorBundle === undefined ? undefined : logEntry(rekorBundle);
    const stamp = timestamp === undefined ? undefined : timestampOf(timestamp);
    const bundle = {
      mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
      verificationMaterial: {
        ...key,
        tlogEntries: entry ? [entry] : [],
        ...(stamp === undefined
          ? {}
          : { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: stamp }] } }),
      },
      ...('envelope' in content ? { dsseEnvelope: content.envelope } : { messageSignature: messageSignature(content) }),
    };
    return Buffer.from(JSON.stringify(bundle));
  } catch (error) {
    if (error instanceof BoundError) return { reason: error.message };
    throw error;
  }
}

function messageSignature({ payload, signature }: { payload: Uint8Array; signature: string }) {
  const digest = createHash('sha256').update(payload).digest('base64');
  return { messageDigest: { algorithm: 'SHA2_256', digest }, signature };
}

function certificateOf(pem: string) {
  try {
    const rawBytes = new X509Certificate(pem).raw.toString('base64');
    return { x509CertificateChain: { certificates: [{ rawBytes }] } };
  } catch {
    throw new BoundError('bad-json', 'its certificate cannot be read');
  }
}

/** Cosign's `bundle` annotation: the promise of Rekor v1, and what it promised. */
function logEntry(text: string) {
  const document = asObject(parseJson(text, 'the annotation with the log entry'));
  const payload = asObject(document?.Payload);
  const promise = asString(document?.SignedEntryTimestamp);
  const body = asString(payload?.body);
  const time = asNumber(payload?.integratedTime);
  const index = asNumber(payload?.logIndex);
  const logId = asString(payload?.logID);
  if (!promise || !body || time === undefined || index === undefined || !logId) {
    throw new BoundError('bad-json', 'its log entry is not whole');
  }
  const entry = asObject(parseJson(Buffer.from(body, 'base64').toString('utf8'), 'the log entry'));
  return {
    logIndex: String(index),
    logId: { keyId: Buffer.from(logId, 'hex').toString('base64') },
    kindVersion: { kind: asString(entry?.kind) ?? '', version: asString(entry?.apiVersion) ?? '' },
    integratedTime: String(time),
    inclusionPromise: { signedEntryTimestamp: promise },
    canonicalizedBody: body,
  };
}

function timestampOf(text: string): string | undefined {
  return asString(asObject(parseJson(text, 'the annotation with the time stamp'))?.SignedRFC3161Timestamp);
}
