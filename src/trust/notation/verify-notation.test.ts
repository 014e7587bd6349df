import { describe, expect, it } from 'vitest';
import { type KeyKind, keyUsage, makeKey, makeLeaf, makeRoot, purpose } from '../../../test/fakes/certificate-maker.ts';
import { epoch } from '../../../test/fakes/notation-maker.ts';
import {
  authority,
  base,
  both,
  check,
  cose,
  from,
  jws,
  now,
  oldLeaf,
  outcome,
  payload,
  root,
  subject,
  trust,
  trusting,
} from '../../../test/fakes/notation-scene.ts';
import { digestOf } from '../../base/index.ts';

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
