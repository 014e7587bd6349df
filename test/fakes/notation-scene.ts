import { digestOf, parseInstant } from '../../src/base/index.ts';
import type { Trust } from '../../src/model/index.ts';
import { type NotationTrust, parseNotationTrust } from '../../src/trust/notation/notation-trust.ts';
import { verifyNotation } from '../../src/trust/notation/verify-notation.ts';
import { type MadeCertificate, makeAuthority, makeLeaf, makeRoot, purpose, toPem } from './certificate-maker.ts';
import { type EnvelopeRequest, makeCose, makeJws } from './notation-maker.ts';

/** An artifact, who signed it, and somebody who believes them: what attacks on Notation signatures start from. */

export const from = { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2035-01-01T00:00:00Z') };
export const root = makeRoot(from);
export const authority = makeAuthority(root, from);
export const leaf = makeLeaf(authority, from);
export const chain = [leaf, authority, root];
export const oldLeaf = makeLeaf(authority, { ...from, notAfter: new Date('2026-02-01T00:00:00Z') });

export const tsaRoot = makeRoot({ ...from, subject: 'C=US, O=Clocks, CN=Clock Root' });
export const stamping = { extendedKeyUsage: [purpose.timeStamping], isExtendedKeyUsageCritical: true };
export const tsaLeaf = makeLeaf(tsaRoot, { ...from, ...stamping, subject: 'C=US, O=Clocks, CN=Clock' });

export const subject = {
  digest: digestOf('manifest'),
  size: 8,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
};
export const payload = JSON.stringify({ targetArtifact: subject });
export const now = '2026-06-01T00:00:00Z';
export const base: EnvelopeRequest = { key: leaf.key, chain, payload };
export const jws = 'application/jose+json';
export const cose = 'application/cose';

export function trusting(
  stores: { type?: 'ca' | 'signingAuthority' | 'tsa'; root: MadeCertificate }[],
  identities = ['*'],
) {
  const named = stores.map(({ type = 'ca', root: each }, index) => {
    return { name: `store-${index}`, type, certificates: toPem(each) };
  });
  const trust = parseNotationTrust(named, identities);
  if ('reason' in trust) throw new Error(trust.reason);
  return trust;
}

export const trust = trusting([{ root }]);
export const withClock = trusting([{ root }, { type: 'tsa', root: tsaRoot }]);

export function check(envelope: Uint8Array, mediaType: string, by: NotationTrust = trust, at = now): Trust {
  return verifyNotation({ envelope, mediaType, subject, now: parseInstant(at) ?? 0 }, by);
}

export function outcome(answer: Trust): string {
  return answer.state === 'rejected' ? answer.code : answer.state;
}

export function flipLast(bytes: Buffer): Buffer {
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
}

/** The last place where it stands; both of the same length. */
export function replaceText(bytes: Buffer, from: string, to: string): Buffer {
  const at = bytes.lastIndexOf(from, undefined, 'latin1');
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(to, 'latin1'), bytes.subarray(at + from.length)]);
}

export const both = [
  { format: 'JWS', mediaType: jws, make: makeJws },
  { format: 'COSE', mediaType: cose, make: makeCose },
];
