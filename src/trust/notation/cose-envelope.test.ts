import { encode, Tagged } from 'cborg';
import { describe, expect, it } from 'vitest';
import { epoch, makeCose, signCose } from '../../../test/fakes/notation-maker.ts';
import { base, chain, check, cose, outcome, payload } from '../../../test/fakes/notation-scene.ts';

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
