import { describe, expect, it } from 'vitest';
import { makeCose, makeJws, makeJwsParts, signJws } from '../../../test/fakes/notation-maker.ts';
import { base, check, cose, jws, outcome, payload } from '../../../test/fakes/notation-scene.ts';

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
