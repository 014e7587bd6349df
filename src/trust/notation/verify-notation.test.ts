import { encode, Tagged } from 'cborg';
import { describe, expect, it } from 'vitest';
import {
  type KeyKind,
  keyUsage,
  type MadeCertificate,
  makeAuthority,
  makeKey,
  makeLeaf,
  makeRoot,
  purpose,
  toPem,
} from '../../../test/fakes/certificate-maker.ts';
import {
  type EnvelopeRequest,
  epoch,
  makeCose,
  makeJws,
  makeJwsParts,
  makeTimestamp,
  signCose,
  signJws,
} from '../../../test/fakes/notation-maker.ts';
import { digestOf, parseInstant } from '../../base/index.ts';
import type { Trust } from '../../model/index.ts';
import { type NotationTrust, parseNotationTrust } from './notation-trust.ts';
import { verifyNotation } from './verify-notation.ts';

const from = { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2035-01-01T00:00:00Z') };
const root = makeRoot(from);
const authority = makeAuthority(root, from);
const leaf = makeLeaf(authority, from);
const chain = [leaf, authority, root];
const oldLeaf = makeLeaf(authority, { ...from, notAfter: new Date('2026-02-01T00:00:00Z') });

const tsaRoot = makeRoot({ ...from, subject: 'C=US, O=Clocks, CN=Clock Root' });
const stamping = { extendedKeyUsage: [purpose.timeStamping], isExtendedKeyUsageCritical: true };
const tsaLeaf = makeLeaf(tsaRoot, { ...from, ...stamping, subject: 'C=US, O=Clocks, CN=Clock' });

const subject = { digest: digestOf('manifest'), size: 8, mediaType: 'application/vnd.oci.image.manifest.v1+json' };
const payload = JSON.stringify({ targetArtifact: subject });
const now = '2026-06-01T00:00:00Z';
const base: EnvelopeRequest = { key: leaf.key, chain, payload };
const jws = 'application/jose+json';
const cose = 'application/cose';

function trusting(stores: { type?: 'ca' | 'signingAuthority' | 'tsa'; root: MadeCertificate }[], identities = ['*']) {
  const named = stores.map(({ type = 'ca', root: each }, index) => {
    return { name: `store-${index}`, type, certificates: toPem(each) };
  });
  const trust = parseNotationTrust(named, identities);
  if ('reason' in trust) throw new Error(trust.reason);
  return trust;
}

const trust = trusting([{ root }]);
const withClock = trusting([{ root }, { type: 'tsa', root: tsaRoot }]);

function check(envelope: Uint8Array, mediaType: string, by: NotationTrust = trust, at = now): Trust {
  return verifyNotation({ envelope, mediaType, subject, now: parseInstant(at) ?? 0 }, by);
}

function outcome(answer: Trust): string {
  return answer.state === 'rejected' ? answer.code : answer.state;
}

function flipLast(bytes: Buffer): Buffer {
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
}

/** The last place where it stands; both of the same length. */
function replaceText(bytes: Buffer, from: string, to: string): Buffer {
  const at = bytes.lastIndexOf(from, undefined, 'latin1');
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(to, 'latin1'), bytes.subarray(at + from.length)]);
}

const ecdsaSha256 = '\x2a\x86\x48\xce\x3d\x04\x03\x02';
const ecdsaSha384 = '\x2a\x86\x48\xce\x3d\x04\x03\x03';

/** An extension as makeRoot and makeLeaf write it, but not critical. */
function soft(of: MadeCertificate, oid: string) {
  const isAuthority = of === root;
  const value =
    oid === '2.5.29.19' ? Buffer.of(0x30, 3, 1, 1, 0xff) : Buffer.of(3, 2, isAuthority ? 1 : 7, isAuthority ? 6 : 128);
  return { oid, value };
}

const both = [
  { format: 'JWS', mediaType: jws, make: makeJws },
  { format: 'COSE', mediaType: cose, make: makeCose },
];

describe.each(both)('a signature as $format', ({ mediaType, make }) => {
  const times = (instant: string) => (mediaType === jws ? instant : epoch(instant));
  const critical = (...names: string[]) => ({
    [mediaType === jws ? 'crit' : '2']: names.map((name) => (name.includes('.') ? name : `io.cncf.notary.${name}`)),
  });
  const algorithm = (name: string, number: number) => (mediaType === jws ? { alg: name } : { 1: number });
  const authoritative = (time: string) => ({
    'io.cncf.notary.signingScheme': 'notary.x509.signingAuthority',
    'io.cncf.notary.signingTime': undefined,
    'io.cncf.notary.authenticSigningTime': times(time),
    ...critical('signingScheme', 'authenticSigningTime'),
  });

  it('is verified, and says by whom', () => {
    expect(check(make(base), mediaType)).toEqual({
      state: 'verified',
      signers: [
        {
          scheme: 'notation',
          identity: 'C=US, ST=WA, O=Example, CN=Example Signer',
          issuer: 'C=US, ST=WA, O=Example, CN=Example Issuing',
          authority: 'ca:store-0',
        },
      ],
    });
  });

  it.each<KeyKind>(['p256', 'p384', 'p521', 'rsa2048', 'rsa3072', 'rsa4096'])(
    'is verified with a key of %s',
    (kind) => {
      const signer = makeLeaf(authority, { ...from, key: makeKey(kind), extendedKeyUsage: [purpose.codeSigning] });
      const envelope = make({ ...base, key: signer.key, chain: [signer, authority, root] });
      expect(outcome(check(envelope, mediaType))).toBe('verified');
    },
  );

  it('by a certificate that is its own root, and of no authority, is verified where it is trusted', () => {
    const own = makeRoot({ ...from, ca: false, keyUsage: [keyUsage.digitalSignature] });
    const envelope = make({ ...base, key: own.key, chain: [own] });
    expect(outcome(check(envelope, mediaType, trusting([{ root: own }])))).toBe('verified');
    expect(outcome(check(envelope, mediaType))).toBe('untrusted-key');
  });

  it.each([
    ['another digest', { ...subject, digest: digestOf('other') }, 'wrong-subject'],
    ['another size', { ...subject, size: 9 }, 'wrong-subject'],
    ['another media type', { ...subject, mediaType: 'application/json' }, 'wrong-subject'],
    ['a size as text', { ...subject, size: '8' }, 'bad-bundle'],
    ['no digest', { size: 8, mediaType: subject.mediaType }, 'bad-bundle'],
    ['its own annotations', { ...subject, annotations: { a: 'b' }, artifactType: 'c', reason: 'd' }, 'verified'],
  ])('of a payload with %s: %o → %s', (_what, targetArtifact, expected) => {
    const envelope = make({ ...base, payload: JSON.stringify({ targetArtifact, reason: 'none' }) });
    expect(outcome(check(envelope, mediaType))).toBe(expected);
  });

  it.each([
    ['is not JSON', 'hello'],
    ['has a key twice', payload.replace('{"targetArtifact"', '{"targetArtifact":{},"targetArtifact"')],
    ['has a key twice, once with an escape', payload.replace('"size"', '"siz\\u0065":8,"size"')],
  ])('of a payload that %s is refused', (_what, text) => {
    expect(outcome(check(make({ ...base, payload: text }), mediaType))).toBe('bad-bundle');
  });

  it.each([
    ['an unknown critical attribute', { ...critical('signingScheme', 'a.b'), 'a.b': 'c' }, 'unsupported'],
    ['a critical attribute that is not there', critical('signingScheme', 'expiry'), 'bad-bundle'],
    ['a critical attribute named twice', critical('signingScheme', 'signingScheme'), 'bad-bundle'],
    ['a scheme that is not critical', critical(), 'bad-bundle'],
    ['no list of critical attributes', { [mediaType === jws ? 'crit' : '2']: undefined }, 'bad-bundle'],
    ['an unknown attribute that is not critical', { 'a.b': 'c' }, 'verified'],
    ['a verification plugin', { 'io.cncf.notary.verificationPlugin': 'a' }, 'unsupported'],
    ['another content type', { [mediaType === jws ? 'cty' : '3']: 'application/json' }, 'wrong-payload'],
    ['no content type', { [mediaType === jws ? 'cty' : '3']: undefined }, 'wrong-payload'],
    ['an unknown scheme', { 'io.cncf.notary.signingScheme': 'notary.x510' }, 'unsupported'],
    ['no signing time', { 'io.cncf.notary.signingTime': undefined }, 'bad-bundle'],
    ['a signing time that is none', { 'io.cncf.notary.signingTime': 'yesterday' }, 'bad-bundle'],
    ['a signing time of the other format', { 'io.cncf.notary.signingTime': 1767225600 }, 'bad-bundle'],
    ['no algorithm at all', algorithm('none', 0), 'unsupported'],
    ['a symmetric algorithm', algorithm('HS256', 5), 'unsupported'],
    ['PKCS #1 v1.5', algorithm('RS256', -257), 'unsupported'],
    ['the algorithm of another key', algorithm('PS256', -37), 'bad-signature'],
    ['the algorithm of another curve', algorithm('ES384', -35), 'bad-signature'],
    [
      'an expiry to come',
      { 'io.cncf.notary.expiry': times('2027-01-01T00:00:00Z'), ...critical('signingScheme', 'expiry') },
      'verified',
    ],
    [
      'an expiry that is now',
      { 'io.cncf.notary.expiry': times(now), ...critical('signingScheme', 'expiry') },
      'outside-validity',
    ],
    ['an expiry that is not critical', { 'io.cncf.notary.expiry': times('2027-01-01T00:00:00Z') }, 'bad-bundle'],
    [
      'both signing times',
      { 'io.cncf.notary.authenticSigningTime': times(now), ...critical('signingScheme', 'authenticSigningTime') },
      'bad-bundle',
    ],
  ])('with %s → $2', (_what, header, expected) => {
    expect(outcome(check(make({ ...base, header }), mediaType))).toBe(expected);
  });

  it('is of the other scheme only where an authority may sign', () => {
    const envelope = make({ ...base, header: authoritative('2026-01-15T00:00:00Z') });
    expect(outcome(check(envelope, mediaType))).toBe('untrusted-key');
    expect(check(envelope, mediaType, trusting([{ type: 'signingAuthority', root }]))).toMatchObject({
      signers: [{ authority: 'signingAuthority:store-0', signedAt: Date.parse('2026-01-15T00:00:00Z') }],
    });
    expect(outcome(check(make(base), mediaType, trusting([{ type: 'signingAuthority', root }])))).toBe('untrusted-key');
  });

  it('by an authority is judged at the time that it states', () => {
    const by = trusting([{ type: 'signingAuthority', root }]);
    const at = (time: string) => {
      const header = authoritative(time);
      return outcome(
        check(make({ key: oldLeaf.key, chain: [oldLeaf, authority, root], payload, header }), mediaType, by),
      );
    };
    expect(at('2026-01-15T00:00:00Z')).toBe('verified');
    expect(at('2026-03-01T00:00:00Z')).toBe('outside-validity');
    expect(at('2026-07-01T00:00:00Z')).toBe('outside-validity');
    expect(at('2024-12-31T00:00:00Z')).toBe('outside-validity');
    const ahead = (time: string) => outcome(check(make({ ...base, header: authoritative(time) }), mediaType, by));
    expect([ahead('2026-06-01T00:05:00Z'), ahead('2026-06-01T00:05:01Z')]).toEqual(['verified', 'outside-validity']);
  });

  describe('by a certificate that has expired', () => {
    const old = { ...base, key: oldLeaf.key, chain: [oldLeaf, authority, root] };
    const stamp = (time: string, more: Partial<Parameters<typeof makeTimestamp>[0]> = {}) => {
      return (signature: Uint8Array) =>
        makeTimestamp({ signature, time, signer: tsaLeaf, certificates: [tsaLeaf], ...more });
    };
    const stamped = (timestamp: EnvelopeRequest['timestamp'], by = withClock) =>
      outcome(check(make({ ...old, timestamp }), mediaType, by));

    it('counts no more by itself', () => {
      expect(outcome(check(make(old), mediaType))).toBe('outside-validity');
      expect(outcome(check(make(old), mediaType, trust, '2026-01-15T00:00:00Z'))).toBe('verified');
    });

    it('counts with a timestamp from before', () => {
      const envelope = make({ ...old, timestamp: stamp('2026-01-15T00:00:00Z', { accuracy: 2 }) });
      expect(check(envelope, mediaType, withClock)).toMatchObject({
        state: 'verified',
        signers: [{ signedAt: Date.parse('2026-01-15T00:00:02Z') }],
      });
    });

    const otherRoot = makeRoot({ ...from, subject: tsaRoot.subject });
    const otherLeaf = makeLeaf(otherRoot, { ...from, ...stamping, subject: tsaLeaf.subject });
    const noClock = makeLeaf(tsaRoot, { ...from, subject: tsaLeaf.subject });
    const manyClock = makeLeaf(tsaRoot, {
      ...from,
      ...stamping,
      extendedKeyUsage: [purpose.timeStamping, purpose.codeSigning],
    });
    const shortClock = makeLeaf(tsaRoot, { ...from, ...stamping, notAfter: new Date('2026-01-10T00:00:00Z') });
    const before = '2026-01-15T00:00:00Z';
    it.each([
      ['from after it', stamp('2026-03-01T00:00:00Z'), 'outside-validity'],
      ['that may be from after it', stamp('2026-01-31T23:59:59Z', { accuracy: 2 }), 'outside-validity'],
      ['of another signature', () => stamp(before)(Buffer.from('other')), 'bad-timestamp'],
      [
        'of an authority of the same name',
        stamp(before, { signer: otherLeaf, certificates: [otherLeaf, otherRoot] }),
        'bad-timestamp',
      ],
      ['without its certificate', stamp(before, { certificates: [] }), 'bad-timestamp'],
      ['that names another certificate', stamp(before, { named: otherLeaf }), 'bad-timestamp'],
      ['that names no certificate', stamp(before, { named: null }), 'bad-timestamp'],
      [
        'of a certificate for something else',
        stamp(before, { signer: noClock, certificates: [noClock] }),
        'bad-timestamp',
      ],
      ['of a certificate for more', stamp(before, { signer: manyClock, certificates: [manyClock] }), 'bad-timestamp'],
      [
        'of a certificate that had expired',
        stamp(before, { signer: shortClock, certificates: [shortClock] }),
        'bad-timestamp',
      ],
      ['of other content', stamp(before, { contentType: '1.2.840.113549.1.7.1' }), 'bad-timestamp'],
      ['with too many certificates', stamp(before, { certificates: Array(11).fill(tsaLeaf) }), 'limit-exceeded'],
      ['that is none', () => Buffer.from('3003020101', 'hex'), 'bad-timestamp'],
      ['under a signature of nobody', (signature: Uint8Array) => flipLast(stamp(before)(signature)), 'bad-timestamp'],
      [
        'that was moved back',
        (signature: Uint8Array) => replaceText(stamp('2026-03-01T00:00:00Z')(signature), '20260301', '20260101'),
        'bad-timestamp',
      ],
    ] as const)('counts no more with a timestamp %s → $2', (_what, timestamp, expected) => {
      expect(stamped(timestamp)).toBe(expected);
    });

    it('does not count with a timestamp that may be from before the certificate', () => {
      const young = makeLeaf(authority, { ...from, notBefore: new Date('2026-01-10T00:00:00Z') });
      const at = (accuracy: number) => {
        const timestamp = stamp('2026-01-10T00:00:01Z', { accuracy });
        return outcome(
          check(make({ ...old, key: young.key, chain: [young, authority, root], timestamp }), mediaType, withClock),
        );
      };
      expect([at(1), at(2)]).toEqual(['verified', 'outside-validity']);
    });

    it('counts no more where no authority of timestamps is trusted', () => {
      expect(stamped(stamp(before), trust)).toBe('outside-validity');
      const caOnly = trusting([{ root }, { root: tsaRoot }]);
      expect(stamped(stamp(before), caOnly)).toBe('outside-validity');
    });

    it('counts with authorities between, in any order', () => {
      const middle = makeAuthority(tsaRoot, { ...from, subject: 'C=US, O=Clocks, CN=Middle' });
      const signer = makeLeaf(middle, { ...from, ...stamping, key: makeKey('rsa2048'), subject: tsaLeaf.subject });
      expect(stamped(stamp(before, { signer, certificates: [tsaRoot, middle, leaf, signer] }))).toBe('verified');
      expect(stamped(stamp(before, { signer, certificates: [tsaRoot, leaf, signer] }))).toBe('bad-timestamp');
      const none = makeAuthority(tsaRoot, { ...from, ca: false, subject: middle.subject });
      const under = makeLeaf(none, { ...from, ...stamping });
      expect(stamped(stamp(before, { signer: under, certificates: [none, under] }))).toBe('bad-timestamp');
    });
  });

  describe('with certificates', () => {
    const twin = makeRoot({ ...from, subject: root.subject });
    const twinLeaf = makeLeaf(twin, from);
    const leafOf = (changes: Parameters<typeof makeLeaf>[1]) => {
      const made = makeLeaf(authority, { ...from, ...changes });
      return [made, authority, root];
    };
    const below = (changes: Parameters<typeof makeAuthority>[1], upper = root) => {
      const middle = makeAuthority(upper, { ...from, ...changes });
      return [makeLeaf(middle, from), middle, root];
    };
    const narrow = makeAuthority(root, { ...from, pathLength: 0, subject: 'C=US, ST=WA, O=Example, CN=Narrow' });
    const wide = makeAuthority(narrow, from);
    const sha1Root = makeRoot({ ...from, key: makeKey('rsa2048'), hash: 'sha1' });
    it.each([
      ['out of order', [leaf, root, authority], 'untrusted-key'],
      ['without the one between', [leaf, root], 'untrusted-key'],
      ['without the root', [leaf, authority], 'untrusted-key'],
      ['of the signer only', [leaf], 'untrusted-key'],
      ['and a stranger', [leaf, authority, twin, root], 'untrusted-key'],
      ['and the root twice', [leaf, authority, root, root], 'untrusted-key'],
      ['under a root of the same name', [twinLeaf, twin], 'untrusted-key'],
      ['under a root of the same name that claims to be the trusted one', [twinLeaf, root], 'untrusted-key'],
      ['of an authority that is none', below({ ca: false }), 'untrusted-key'],
      ['of an authority without basic constraints', below({ ca: undefined }), 'untrusted-key'],
      ['of an authority that signs no certificates', below({ keyUsage: [keyUsage.crlSign] }), 'untrusted-key'],
      ['of an authority without key usage', below({ keyUsage: undefined }), 'untrusted-key'],
      ['deeper than allowed', [makeLeaf(wide, from), wide, narrow, root], 'untrusted-key'],
      ['as deep as allowed', [makeLeaf(narrow, from), narrow, root], 'verified'],
      [
        'of a signer whose key usage is not critical',
        leafOf({ keyUsage: undefined, extensions: [soft(leaf, '2.5.29.15')] }),
        'untrusted-key',
      ],
      [
        'of an authority that is not critically one',
        below({ ca: undefined, extensions: [soft(root, '2.5.29.19')] }),
        'untrusted-key',
      ],
      [
        'of an authority whose key usage is not critical',
        below({ keyUsage: undefined, extensions: [soft(root, '2.5.29.15')] }),
        'untrusted-key',
      ],
      ['of a signer who names another issuer', leafOf({ issuer: 'C=US, CN=Other' }), 'untrusted-key'],
      [
        'of an algorithm said twice, differently',
        [{ der: replaceText(leaf.der, ecdsaSha256, ecdsaSha384) }, authority, root],
        'bad-bundle',
      ],
      ['issued by a signer', [makeLeaf(leaf, from), leaf, authority, root], 'untrusted-key'],
      ['of a signer that is an authority', leafOf({ ca: true }), 'untrusted-key'],
      ['of a signer without key usage', leafOf({ keyUsage: undefined }), 'untrusted-key'],
      ['of a signer for encryption too', leafOf({ keyUsage: [0, keyUsage.keyEncipherment] }), 'untrusted-key'],
      ['of a signer for commitments too', leafOf({ keyUsage: [0, 1] }), 'verified'],
      ['of a signer for anything', leafOf({ extendedKeyUsage: [purpose.codeSigning, purpose.any] }), 'untrusted-key'],
      ['of a web server', leafOf({ extendedKeyUsage: [purpose.serverAuth] }), 'untrusted-key'],
      ['of a clock', leafOf({ extendedKeyUsage: [purpose.timeStamping] }), 'untrusted-key'],
      [
        'with an unknown critical extension',
        leafOf({ extensions: [{ oid: '1.2.3.4', critical: true, value: Buffer.of(5, 0) }] }),
        'verified',
      ],
      [
        'with an extension twice',
        leafOf({ extensions: [{ oid: '2.5.29.15', critical: true, value: Buffer.of(3, 2, 7, 128) }] }),
        'bad-bundle',
      ],
      ['of a short key', leafOf({ key: makeKey('rsa1024') }), 'unsupported'],
      ['of an Edwards curve', leafOf({ key: makeKey('ed25519') }), 'unsupported'],
      ['that are none', [{ der: Buffer.from('none') }], 'bad-bundle'],
      ['in PEM', [{ der: Buffer.from(toPem(leaf)) }, authority, root], 'bad-bundle'],
      ['with bytes behind', [{ der: Buffer.concat([leaf.der, Buffer.of(0)]) }, authority, root], 'bad-bundle'],
      ['that are too many', Array(11).fill(leaf), 'limit-exceeded'],
      ['that are missing', [], 'bad-bundle'],
      ['not valid yet', leafOf({ notBefore: new Date('2026-07-01T00:00:00Z') }), 'outside-validity'],
    ])('%s → $2', (_what, certificates: readonly (MadeCertificate | { der: Uint8Array })[], expected) => {
      const [first = leaf] = certificates;
      // A key that signs no envelope gets a signature of another: it must not come to that.
      const key = 'key' in first && !/25519/.test(first.key.publicKey.asymmetricKeyType ?? '') ? first.key : leaf.key;
      expect(outcome(check(make({ ...base, key, chain: certificates }), mediaType))).toBe(expected);
    });

    it('signed over SHA-1 is refused, also where they are trusted', () => {
      const signer = makeLeaf(sha1Root, from);
      const envelope = make({ ...base, key: signer.key, chain: [signer, sha1Root] });
      expect(outcome(check(envelope, mediaType, trusting([{ root: sha1Root }])))).toBe('untrusted-key');
    });

    it('that end below the root are refused, also where somebody trusts them', () => {
      const pinned = {
        identities: ['*'],
        stores: [{ name: 'a', type: 'ca' as const, certificates: [authority.x509] }],
      };
      expect(outcome(check(make({ ...base, chain: [leaf, authority] }), mediaType, pinned))).toBe('untrusted-key');
    });

    it('that expired between leaf and root are refused', () => {
      const middle = makeAuthority(root, { ...from, notAfter: new Date('2026-01-01T00:00:00Z') });
      const signer = makeLeaf(middle, from);
      const envelope = make({ ...base, key: signer.key, chain: [signer, middle, root] });
      expect(outcome(check(envelope, mediaType))).toBe('outside-validity');
    });

    it('of a signer under the certificate of another is refused', () => {
      expect(outcome(check(make({ ...base, key: twinLeaf.key }), mediaType))).toBe('bad-signature');
    });
  });

  it.each([
    ['x509.subject: C=US, ST=WA, O=Example', 'verified'],
    ['x509.subject: O=Example, ST=WA, C=US, CN=Example Signer', 'verified'],
    ['x509.subject: C=US, ST=WA, O=Example, CN=Example', 'wrong-identity'],
    ['x509.subject: C=US, ST=WA, O=Example, OU=Build', 'wrong-identity'],
    ['x509.subject: C=us, ST=WA, O=Example', 'wrong-identity'],
  ])('by whom %s is asked for → %s', (identity, expected) => {
    expect(outcome(check(make(base), mediaType, trusting([{ root }], [identity])))).toBe(expected);
  });

  it('by anybody is refused where nobody is trusted, or nothing that can be read', () => {
    for (const identities of [[], ['x509.subject: CN=Example Signer'], ['Example Signer']])
      expect(outcome(check(make(base), mediaType, { ...trust, identities }))).toBe('wrong-identity');
  });

  it('is refused under any other media type', () => {
    const other = mediaType === jws ? cose : jws;
    expect(outcome(check(make(base), other))).toBe('bad-bundle');
    for (const unknown of ['application/json', '', '__proto__', 'constructor'])
      expect(outcome(check(make(base), unknown))).toBe('unsupported');
  });

  it('is refused beyond its size', () => {
    const unprotected = { filler: 'a'.repeat(1024 * 1024) };
    expect(outcome(check(make({ ...base, unprotected }), mediaType))).toBe('limit-exceeded');
    expect(outcome(check(make({ ...base, unprotected: { filler: 'a'.repeat(1_000_000) } }), mediaType))).toBe(
      'verified',
    );
  });

  it('is refused once any of its bytes is another', () => {
    const envelope = make(base);
    const signer = JSON.stringify(check(envelope, mediaType));
    for (let at = 0; at < envelope.length; at += 7) {
      const changed = Buffer.from(envelope);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const answer = check(changed, mediaType);
      // What is not signed may change: the agent. Nothing else may, and never whom it names.
      if (answer.state === 'verified') expect(JSON.stringify(answer)).toBe(signer);
    }
    for (let length = 0; length < envelope.length; length += 11)
      expect(outcome(check(envelope.subarray(0, length), mediaType))).toBe('bad-bundle');
  });
});

describe('a JWS', () => {
  const parts = makeJwsParts(base);
  const header = Buffer.from(String(parts['protected']), 'base64url').toString();
  const send = (changed: object) => outcome(check(Buffer.from(JSON.stringify({ ...parts, ...changed })), jws));
  const other = makeJwsParts({ ...base, payload: payload.replace('"size":8', '"size":8 '), header: { a: 1 } });

  it.each([
    ['another payload', { payload: other['payload'] }, 'bad-signature'],
    ['another protected header', { protected: other['protected'] }, 'bad-signature'],
    ['another signature', { signature: other['signature'] }, 'bad-signature'],
    ['no signature', { signature: '' }, 'bad-bundle'],
    ['a short signature', { signature: 'AAAA' }, 'bad-signature'],
    ['zeros for a signature', { signature: 'A'.repeat(86) }, 'bad-signature'],
    ['more than one signature', { signatures: [] }, 'bad-bundle'],
    ['padded base64', { payload: `${parts['payload']}=` }, 'bad-bundle'],
    ['blanks in base64', { payload: `${parts['payload']} ` }, 'bad-bundle'],
    ['a header that repeats what is protected', { header: { ...Object(parts['header']), alg: 'ES256' } }, 'bad-bundle'],
    ['a header that says what is critical', { header: { ...Object(parts['header']), crit: [] } }, 'bad-bundle'],
    ['no header', { header: undefined }, 'bad-bundle'],
    ['a number for certificates', { header: { x5c: 7 } }, 'bad-bundle'],
    [
      'a timestamp that is not base64',
      { header: { ...Object(parts['header']), 'io.cncf.notary.timestampSignature': '%' } },
      'bad-bundle',
    ],
  ])('with %s → $2', (_what, changed, expected) => expect(send(changed)).toBe(expected));

  it.each([
    ['of several signatures', JSON.stringify({ payload: parts['payload'], signatures: [parts] })],
    ['in compact form', `${parts['protected']}.${parts['payload']}.${parts['signature']}`],
    ['with a member twice', JSON.stringify(parts).replace('{', `{"payload":"${parts['payload']}",`)],
    ['that nests without end', '['.repeat(100_000)],
    ['in a list', JSON.stringify([parts])],
    ['that is not UTF-8', Buffer.concat([Buffer.of(0xff), Buffer.from(JSON.stringify(parts))])],
  ])('%s is refused', (_what, text) => expect(outcome(check(Buffer.from(text), jws))).toBe('bad-bundle'));

  it.each([
    ['has a key twice', header.replace('{', '{"cty":"application/json",')],
    ['has a key twice, once with an escape', header.replace('{', '{"\\u0061lg":"none",')],
    ['is not JSON', header.slice(1)],
    ['is a list', `[${header}]`],
  ])('whose protected header %s is refused, though it is signed', (_what, text) => {
    expect(outcome(check(Buffer.from(JSON.stringify(signJws(base, text))), jws))).toBe('bad-bundle');
  });

  it('does not take numbers of COSE for algorithms', () => {
    expect(outcome(check(makeJws({ ...base, header: { alg: -7 } }), jws))).toBe('unsupported');
    expect(outcome(check(makeCose({ ...base, header: { 1: 'ES256' } }), cose))).toBe('unsupported');
  });

  it('with dates that are no points in time is refused', () => {
    for (const time of ['2026-01-01', '2026-01-01T00:00:00', '2026-02-30T00:00:00Z', 5, null])
      expect(outcome(check(makeJws({ ...base, header: { 'io.cncf.notary.signingTime': time } }), jws))).toBe(
        'bad-bundle',
      );
  });
});

describe('a COSE message', () => {
  const message = makeCose(base);
  const hostile = (bytes: string | Uint8Array) =>
    outcome(check(typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : bytes, cose));

  it.each([
    ['nothing', ''],
    ['bytes behind it', Buffer.concat([message, Buffer.of(0)])],
    ['no tag', message.subarray(1)],
    ['another tag', Buffer.concat([Buffer.of(0xd1), message.subarray(1)])],
    ['a tag in a longer form', Buffer.concat([Buffer.of(0xd8, 18), message.subarray(1)])],
    ['two tags', Buffer.concat([Buffer.of(0xd2), message])],
    ['an indefinite length', Buffer.concat([Buffer.of(0xd2, 0x9f), message.subarray(2), Buffer.of(0xff)])],
    ['a header of indefinite length', 'd2845f40ffa04040'],
    ['a break in its place', 'd284ffffffff'],
    ['five parts', 'd28540a0404040'],
    ['no payload', 'd28440a0f640'],
    ['arrays without end', Buffer.alloc(200_000, 0x81)],
    ['tags without end', Buffer.alloc(200_000, 0xd2)],
    ['an array of four billion', 'd29affffffff'],
    ['a map of four billion', 'd28440baffffffff'],
    ['undefined', 'd284f7f7f7f7'],
    ['a key that is a list', 'd28440a1804040'],
  ])('with %s is refused', (_what, bytes) => expect(hostile(bytes)).toBe('bad-bundle'));

  const header = new Map<unknown, unknown>([
    [1, -7],
    [2, ['io.cncf.notary.signingScheme']],
    [3, 'application/vnd.cncf.notary.payload.v1+json'],
    ['io.cncf.notary.signingScheme', 'notary.x509'],
    ['io.cncf.notary.signingTime', epoch('2026-01-01T00:00:00Z')],
  ]);
  const encoded = encode(header);
  it.each([
    ['as it should be', encoded, 'verified'],
    ['with a label twice', Buffer.concat([Buffer.of(0xa6, 1, 0x26), encoded.subarray(1)]), 'bad-bundle'],
    ['with bytes behind', Buffer.concat([encoded, Buffer.of(0)]), 'bad-bundle'],
    ['with a number in a longer form', Buffer.concat([Buffer.of(0xa5, 0x18, 1), encoded.subarray(2)]), 'bad-bundle'],
    ['of indefinite length', Buffer.concat([Buffer.of(0xbf), encoded.subarray(1), Buffer.of(0xff)]), 'bad-bundle'],
    ['that is empty', Buffer.alloc(0), 'bad-bundle'],
    ['that is a list', encode([1]), 'bad-bundle'],
  ])('whose protected header is signed, %s → $2', (_what, bytes, expected) => {
    expect(hostile(signCose(base, bytes))).toBe(expected);
  });

  it.each([
    ['a header that repeats what is protected', { unprotected: { 3: 'application/json' } }, 'bad-bundle'],
    ['a header that says what is critical', { unprotected: { 2: [] } }, 'bad-bundle'],
    [
      'certificates that are protected',
      { header: { 33: chain.map(({ der }) => new Uint8Array(der)) }, unprotected: { 33: undefined } },
      'verified',
    ],
    ['certificates in both headers', { header: { 33: chain.map(({ der }) => new Uint8Array(der)) } }, 'bad-bundle'],
    ['certificates that are text', { unprotected: { 33: ['a'] } }, 'bad-bundle'],
    ['more items than any envelope has', { unprotected: { a: Array(600).fill(1) } }, 'bad-bundle'],
    ['a timestamp that is text', { unprotected: { 'io.cncf.notary.timestampSignature': 'a' } }, 'bad-bundle'],
    ['a time beyond all calendars', { header: { 'io.cncf.notary.signingTime': new Tagged(1, 1e300) } }, 'bad-bundle'],
    ['a hash for a payload', { header: { 3: undefined, 258: -16 } }, 'wrong-payload'],
  ])('with %s → $2', (_what, changes, expected) => {
    expect(outcome(check(makeCose({ ...base, ...changes }), cose))).toBe(expected);
  });

  it('with another payload or header under the same signature is refused', () => {
    const other = makeCose({ ...base, payload: payload.replace('"size":8', '"size":9') });
    const payloadAt = message.indexOf(payload);
    const swapped = Buffer.concat([
      message.subarray(0, payloadAt),
      other.subarray(other.indexOf('{"targetArtifact"'), other.indexOf('{"targetArtifact"') + payload.length),
      message.subarray(payloadAt + payload.length),
    ]);
    expect(hostile(swapped)).toBe('bad-signature');
  });
});
