import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JsonDocument, setAt, valueAt } from '../../../test/fakes/json-document.ts';
import {
  defaultIdentity,
  defaultIssuer,
  type SigstoreInstance,
  startSigstoreInstance,
} from '../../../test/fakes/sigstore-instance.ts';
import type { Trust } from '../../model/index.ts';
import type { ExpectedIdentity } from '../identity.ts';
import { parseVerificationKey } from '../verification-key.ts';
import { parseTrustedRoot } from './trusted-root.ts';
import { type Artifact, verifyBundle } from './verify-bundle.ts';

const now = Date.parse('2026-11-28T12:00:00Z');
const artifact = Buffer.from('what is signed');
const digest = `sha256:${createHash('sha256').update(artifact).digest('hex')}` as const;
const expected: ExpectedIdentity = { subject: defaultIdentity, issuer: defaultIssuer };
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'x', digest: { sha256: digest.slice(7) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { builder: 'ci' },
};

let instance: SigstoreInstance;
let other: SigstoreInstance;
beforeAll(async () => {
  // Their authorities are valid from when the mock makes them.
  [instance, other] = await Promise.all([startSigstoreInstance(), startSigstoreInstance()]);
});
afterAll(async () => {
  await Promise.all([instance.close(), other.close()]);
});

const certificatePath = 'verificationMaterial.x509CertificateChain.certificates.0.rawBytes';
const entries = 'verificationMaterial.tlogEntries';

interface Trial {
  readonly root?: object;
  readonly identities?: readonly ExpectedIdentity[];
  readonly artifact?: Artifact;
  readonly at?: number;
}

function trial(bundle: JsonDocument, { root, identities = [expected], artifact: of, at }: Trial = {}): Trust {
  const trust = {
    root: parseTrustedRoot(JSON.stringify(root ?? instance.trustedRoot), 'a root'),
    keys: [],
    identities,
  };
  return verifyBundle(Buffer.from(JSON.stringify(bundle)), of ?? { bytes: artifact }, trust, at ?? Date.now()).trust;
}

describe('a bundle that is right', () => {
  it.each([
    ['bytes, logged by Rekor v1', 'sign', {}],
    ['bytes, with a time stamp', 'sign', { timestamp: true }],
    ['bytes, logged by Rekor v2', 'sign', { rekor: 2 }],
    ['a statement, logged by Rekor v1', 'attest', {}],
    ['a statement, logged by Rekor v2', 'attest', { rekor: 2 }],
  ] as const)('counts: %s', async (_name, kind, how) => {
    const bundle = kind === 'sign' ? await instance.sign(artifact, how) : await instance.attest(statement, how);
    const verdict = trial(bundle);
    expect(verdict).toMatchObject({
      state: 'verified',
      signers: [{ identity: defaultIdentity, issuer: defaultIssuer }],
    });
  });

  it('says what is stated, and needs no more of the artifact than its digest', async () => {
    const bundle = Buffer.from(JSON.stringify(await instance.attest(statement)));
    const trust = {
      root: parseTrustedRoot(JSON.stringify(instance.trustedRoot), 'a root'),
      keys: [],
      identities: [expected],
    };
    const verdict = verifyBundle(bundle, { digest }, trust, Date.now());
    expect(verdict.statement).toMatchObject({ predicateType: statement.predicateType, predicate: { builder: 'ci' } });
  });
});

describe('a bundle that is not', () => {
  const wrong = Buffer.alloc(32).toString('base64');
  it.each([
    ['another signature', 'messageSignature.signature', wrong, 'bad-log-entry'],
    ['another digest', 'messageSignature.messageDigest.digest', wrong, 'wrong-subject'],
    ['no log entry', entries, [], 'bad-timestamp'],
    ['a promise of another time', `${entries}.0.integratedTime`, '1700000000', 'untrusted-key'],
    ['no promise', `${entries}.0.inclusionPromise`, undefined, 'bad-timestamp'],
    ['no proof', `${entries}.0.inclusionProof`, undefined, 'bad-bundle'],
    ['a proof of something else', `${entries}.0.inclusionProof.hashes`, [wrong], 'bad-log-entry'],
    ['no checkpoint', `${entries}.0.inclusionProof.checkpoint`, undefined, 'bad-bundle'],
    ['a version that is not known', 'mediaType', 'application/vnd.dev.sigstore.bundle.v0.9+json', 'bad-bundle'],
    ['no version', 'mediaType', undefined, 'bad-bundle'],
    ['a thousand log entries', entries, Array(1000).fill({}), 'limit-exceeded'],
    ['a certificate that is none', certificatePath, 'AAAA', 'bad-bundle'],
    ['no signature at all', 'messageSignature', undefined, 'bad-bundle'],
  ])('is refused: %s', async (_name, path, value, code) => {
    const bundle = await instance.sign(artifact);
    setAt(bundle, path, value);
    expect(trial(bundle)).toMatchObject({ state: 'rejected', code });
  });

  it('is refused with a log entry that is counted twice', async () => {
    const bundle = await instance.sign(artifact);
    setAt(bundle, `${entries}.1`, valueAt(bundle, `${entries}.0`));
    expect(trial(bundle)).toMatchObject({ code: 'bad-timestamp' });
  });

  it('is refused with the log entry of another signature (CVE-2026-22703)', async () => {
    const [mine, foreign] = await Promise.all([instance.sign(artifact), instance.sign(artifact)]);
    setAt(mine, entries, valueAt(foreign, entries));
    expect(trial(mine)).toMatchObject({ code: 'bad-log-entry' });
  });

  it('is refused with the certificate of somebody else', async () => {
    const [mine, foreign] = await Promise.all([
      instance.sign(artifact),
      instance.sign(artifact, { identity: 'https://evil.example' }),
    ]);
    setAt(foreign, certificatePath, valueAt(mine, certificatePath));
    expect(trial(foreign).state).toBe('rejected');
  });

  it('is refused by the root of another instance', async () => {
    expect(trial(await instance.sign(artifact), { root: other.trustedRoot })).toMatchObject({ code: 'untrusted-key' });
  });

  it.each(['tlogs', 'ctlogs'] as const)('is refused where %s of the root do not say since when', async (list) => {
    const root = structuredClone(instance.trustedRoot);
    setAt(root, `${list}.0.publicKey.validFor`, undefined);
    const verdict = trial(await instance.sign(artifact), { root });
    expect(verdict.state).toBe('rejected');
  });

  it('is refused when it was signed before the log was valid', async () => {
    const root = structuredClone(instance.trustedRoot);
    setAt(root, 'tlogs.0.publicKey.validFor.start', new Date(Date.now() + 3_600_000).toISOString());
    for (const how of [{}, { rekor: 2 }] as const) {
      expect(trial(await instance.sign(artifact, how), { root }).state, JSON.stringify(how)).toBe('rejected');
    }
  });

  it('is refused when it is signed in the future', async () => {
    const verdict = trial(await instance.sign(artifact), { at: Date.now() - 3_600_000 });
    expect(verdict).toMatchObject({ code: 'bad-timestamp' });
  });

  it('is refused for another artifact', async () => {
    const of: Artifact = { bytes: Buffer.from('another') };
    expect(trial(await instance.sign(artifact), { artifact: of })).toMatchObject({ code: 'wrong-subject' });
    expect(trial(await instance.attest(statement), { artifact: of })).toMatchObject({ code: 'wrong-subject' });
  });

  it('is refused for a digest alone where bytes are signed', async () => {
    expect(trial(await instance.sign(artifact), { artifact: { digest } })).toMatchObject({ code: 'unsupported' });
  });

  it('is refused where the envelope is of another type, or says nothing', async () => {
    const bundle = await instance.attest(statement);
    setAt(bundle, 'dsseEnvelope.payloadType', 'application/json');
    expect(trial(bundle)).toMatchObject({ code: 'wrong-payload' });
    expect(trial(await instance.attest({ ...statement, _type: 'else' }))).toMatchObject({ code: 'wrong-payload' });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['deep nesting', '['.repeat(100_000)],
    ['a number too many', '{"mediaType":1e999}'],
  ])('is refused: %s', (_name, text) => {
    const root = parseTrustedRoot(JSON.stringify(instance.trustedRoot), 'a root');
    const trust = { root, keys: [], identities: [expected] };
    expect(verifyBundle(Buffer.from(text), { bytes: artifact }, trust, now).trust).toMatchObject({
      code: 'bad-bundle',
    });
  });
});

describe('who signed', () => {
  it.each([
    ['nobody is expected', []],
    ['another identity', [{ subject: `${defaultIdentity}x`, issuer: defaultIssuer }]],
    ['another issuer', [{ subject: defaultIdentity, issuer: 'https://other.example' }]],
    ['a part of the identity (CVE-2025-29778)', [{ subject: 'https://ci.example', issuer: defaultIssuer }]],
    ['an expression that is none here', [{ subject: '.*', issuer: '.*' }]],
    ['no issuer', [{ subject: defaultIdentity }]],
    ['a pattern that stops at a slash', [{ subjectPattern: 'https://ci.example/*', issuer: defaultIssuer }]],
  ])('is refused: %s', async (_name, identities) => {
    expect(trial(await instance.sign(artifact), { identities })).toMatchObject({ code: 'wrong-identity' });
  });

  it('may be a pattern that says so', async () => {
    const identities = [{ subjectPattern: 'https://ci.example/acme/*/release.yml@**', issuer: defaultIssuer }];
    expect(trial(await instance.sign(artifact), { identities }).state).toBe('verified');
  });
});

describe('a bundle signed by a key', () => {
  const pairs = {
    ec: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
    ed25519: generateKeyPairSync('ed25519'),
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };
  const keyed = (kind: keyof typeof pairs) => ({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: 'any' }, tlogEntries: [] },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(artifact).digest('base64') },
      signature: sign(kind === 'ed25519' ? null : 'sha256', artifact, pairs[kind].privateKey).toString('base64'),
    },
  });
  const keyOf = (kind: keyof typeof pairs, window = {}) =>
    parseVerificationKey(pairs[kind].publicKey.export({ type: 'spki', format: 'pem' }).toString(), kind, window);
  const verify = (bundle: object, keys: readonly ReturnType<typeof keyOf>[]) =>
    verifyBundle(Buffer.from(JSON.stringify(bundle)), { bytes: artifact }, { keys, identities: [] }, now).trust;

  it.each(['ec', 'ed25519', 'rsa'] as const)('counts: %s', (kind) => {
    expect(verify(keyed(kind), [keyOf(kind)])).toMatchObject({ state: 'verified', signers: [{ authority: kind }] });
  });

  it('is refused by another key, by none, and outside of its window', () => {
    expect(verify(keyed('ec'), [keyOf('rsa')])).toMatchObject({ code: 'bad-signature' });
    expect(verify(keyed('ec'), [])).toMatchObject({ code: 'untrusted-key' });
    expect(verify(keyed('ec'), [keyOf('ec', { until: now - 1 })])).toMatchObject({ code: 'outside-validity' });
    expect(verify(keyed('ec'), [keyOf('ec', { from: now + 1 })])).toMatchObject({ code: 'outside-validity' });
  });

  it('counts by the new key while the old one runs out', () => {
    const keys = [keyOf('rsa', { until: now - 1 }), keyOf('ec', { from: now - 10 })];
    expect(verify(keyed('ec'), keys).state).toBe('verified');
    expect(verify(keyed('rsa'), keys)).toMatchObject({ state: 'rejected' });
  });
});
