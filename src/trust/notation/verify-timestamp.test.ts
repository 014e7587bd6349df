import { describe, expect, it } from 'vitest';
import { makeAuthority, makeKey, makeLeaf, makeRoot, purpose } from '../../../test/fakes/certificate-maker.ts';
import { type EnvelopeRequest, makeTimestamp } from '../../../test/fakes/notation-maker.ts';
import {
  authority,
  base,
  both,
  check,
  flipLast,
  from,
  leaf,
  oldLeaf,
  outcome,
  replaceText,
  root,
  stamping,
  trust,
  trusting,
  tsaLeaf,
  tsaRoot,
  withClock,
} from '../../../test/fakes/notation-scene.ts';

describe.each(both)('a signature as $format by a certificate that has expired', ({ mediaType, make }) => {
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
