import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { SignedSubject } from '../../../src/model/index.ts';
import { compileCosignBundle } from '../../../src/trust/cosign/cosign-bundle.ts';
import { parseSimpleSigning } from '../../../src/trust/cosign/simple-signing.ts';
import { verifyCosignAttestation } from '../../../src/trust/cosign/verify-cosign.ts';
import { parseGpgvStatus } from '../../../src/trust/gpg/gpgv-status.ts';
import { parseTrustedRoot, publicGoodRoot, TrustError, verifyBundle } from '../../../src/trust/index.ts';
import { logEntryKey } from '../../../src/trust/sigstore/log-entry-key.ts';
import { parseStatement, statementMediaType } from '../../../src/trust/sigstore/statement.ts';
import { parseVerificationKey } from '../../../src/trust/verification-key.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const key = parseVerificationKey(pem, 'fuzz');
const artifact = Buffer.from('artifact');
const hex = createHash('sha256').update(artifact).digest('hex');
const subject: SignedSubject = {
  image: { registry: 'registry.example', repository: 'app', digest: `sha256:${hex}` },
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  size: 8,
};

const statement = JSON.stringify({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'app', digest: { sha256: hex } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { a: [1] },
});
const signed = (bytes: string | Uint8Array) => sign('sha256', Buffer.from(bytes), privateKey).toString('base64');
const envelope = {
  payloadType: statementMediaType,
  payload: Buffer.from(statement).toString('base64'),
  signatures: [
    { sig: signed(`DSSEv1 ${statementMediaType.length} ${statementMediaType} ${statement.length} ${statement}`) },
  ],
};
const bundle = JSON.stringify({
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: { publicKey: { hint: 'x' }, tlogEntries: [] },
  messageSignature: {
    messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(artifact).digest('base64') },
    signature: signed(artifact),
  },
});
const payload = JSON.stringify({
  critical: {
    identity: { 'docker-reference': 'registry.example/app' },
    image: { 'docker-manifest-digest': `sha256:${hex}` },
    type: 'cosign container image signature',
  },
  optional: null,
});
const rekor = JSON.stringify({
  SignedEntryTimestamp: 'AAAA',
  Payload: {
    body: Buffer.from('{"kind":"hashedrekord","apiVersion":"0.0.1"}').toString('base64'),
    integratedTime: 1,
    logIndex: 1,
    logID: 'ab',
  },
});
const rekorBody = JSON.stringify({
  spec: { signature: { publicKey: { content: Buffer.from(pem).toString('base64') } } },
});

const trust = { root: publicGoodRoot(), keys: [key], identities: [] };
const words = [
  '"mediaType"',
  '"tlogEntries"',
  '[]',
  '{}',
  'null',
  '"critical"',
  '"__proto__"',
  '1e999',
  'sha256:',
  hex,
  '\\u0000',
];

export const trustTargets: readonly FuzzTarget[] = [
  {
    name: 'trust/bundle',
    covers: ['trust/sigstore/parse-bundle.ts', 'trust/sigstore/verify-bundle.ts'],
    seeds: [bundle, JSON.stringify({ ...JSON.parse(bundle), messageSignature: undefined, dsseEnvelope: envelope })],
    words,
    run(bytes) {
      const whole = verifyBundle(bytes, { bytes: artifact }, trust, 0);
      if (verifyBundle(bytes, { bytes: Buffer.from('another') }, trust, 0).trust.state === 'verified') {
        throw new FuzzFinding('it counts for another artifact');
      }
      return whole;
    },
  },
  {
    name: 'trust/cosign-attestation',
    covers: ['trust/cosign/verify-cosign.ts'],
    seeds: [JSON.stringify(envelope)],
    words,
    run: (bytes) =>
      verifyCosignAttestation(
        { kind: 'cosign-attestation', where: 'x', envelope: bytes, annotations: {} },
        subject,
        trust,
        0,
      ),
  },
  {
    name: 'trust/cosign-annotations',
    covers: ['trust/cosign/cosign-bundle.ts'],
    seeds: [rekor],
    words,
    run: (bytes) =>
      compileCosignBundle(
        { payload: artifact, signature: 'AAAA' },
        { rekorBundle: Buffer.from(bytes).toString('utf8') },
      ),
  },
  {
    name: 'trust/simple-signing',
    covers: ['trust/cosign/simple-signing.ts'],
    seeds: [payload],
    words,
    run: (bytes) => parseSimpleSigning(bytes, 'cosign'),
  },
  {
    name: 'trust/statement',
    covers: ['trust/sigstore/statement.ts'],
    seeds: [statement],
    words,
    run: (bytes) => parseStatement(statementMediaType, bytes),
  },
  {
    name: 'trust/log-entry-key',
    covers: ['trust/sigstore/log-entry-key.ts'],
    seeds: [rekorBody],
    words,
    run(bytes) {
      try {
        return logEntryKey(JSON.parse(Buffer.from(bytes).toString('utf8')))?.asymmetricKeyType;
      } catch (error) {
        if (error instanceof SyntaxError) return 'no JSON';
        throw error;
      }
    },
  },
  {
    name: 'trust/trusted-root',
    covers: ['trust/sigstore/trusted-root.ts'],
    seeds: [
      '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[],"ctlogs":[],"certificateAuthorities":[],"timestampAuthorities":[]}',
    ],
    words,
    refuses: [TrustError],
    run: (bytes) => parseTrustedRoot(Buffer.from(bytes).toString('utf8'), 'a root'),
  },
  {
    name: 'trust/key',
    covers: ['trust/verification-key.ts'],
    seeds: [pem],
    words: ['-----BEGIN PUBLIC KEY-----', '-----BEGIN PRIVATE KEY-----', '\n', '=='],
    refuses: [TrustError],
    run: (bytes) => parseVerificationKey(Buffer.from(bytes).toString('latin1'), 'a key').identity,
  },
  {
    name: 'trust/gpgv-status',
    covers: ['trust/gpg/gpgv-status.ts'],
    seeds: [
      '[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG ABCD A <a@example>\n[GNUPG:] VALIDSIG 0123456789ABCDEF0123456789ABCDEF01234567 2026-01-01 1767225600 0 4 0 1 10 00 0123456789ABCDEF0123456789ABCDEF01234567\n',
    ],
    words: ['[GNUPG:] ', 'VALIDSIG ', 'NEWSIG', 'GOODSIG', 'EXPSIG', 'REVKEYSIG', '\n'],
    run: (bytes) => parseGpgvStatus(Buffer.from(bytes).toString('latin1')),
  },
];
