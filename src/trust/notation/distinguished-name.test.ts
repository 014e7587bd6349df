import { describe, expect, it } from 'vitest';
import { encodeName } from '../../../test/fakes/certificate-maker.ts';
import { der, derOid, derSequence, derSet, derText } from '../../../test/fakes/der-writer.ts';
import { formatName, matchesIdentity, parseIdentity, parseName } from './distinguished-name.ts';

const base = 'C=US, ST=WA, O=a';

function matches(subject: string | Uint8Array, identity: string): boolean {
  const name = parseName(encodeName(subject));
  const wanted = parseIdentity(`x509.subject: ${identity}`);
  if (name === undefined || wanted === undefined) throw new Error('cannot be read');
  return matchesIdentity(name, wanted);
}

describe('a distinguished name', () => {
  it.each(['CN=a\\, O=b', 'CN=a\\\\', 'CN=a\\;b\\+c\\"d', 'CN=\\ a\\ ', 'CN=ä 船 🚢', 'CN=a\u0000b\u001b[31m\u202ec'])(
    'is written so that it is read as the same: %j',
    (attribute) => {
      const name = parseName(encodeName(`${base}, ${attribute}`));
      const text = formatName(name ?? []);
      expect(text).not.toMatch(/\p{C}/u);
      const identity = parseIdentity(`x509.subject: ${text}`);
      expect([...(identity ?? [])].map(([type, value]) => ({ type, value }))).toEqual(name);
    },
  );

  it.each([
    ['C=US, ST=WA, O=a, CN=b', base, true],
    ['CN=b, O=a, ST=WA, C=US', 'S=WA, o=a, c=US', true],
    ['C=US, ST=WA, O=ab', base, false],
    ['C=US, ST=WA, O=a\\, CN=b', `${base}, CN=b`, false],
    ['C=US, ST=WA, O=a, O=b', base, false],
    ['C=US, ST=WA, O=a, OU=b, OU=c', base, true],
    ['C=US, ST=WA, O=a, OU=b, OU=c', `${base}, OU=b`, false],
    ['C=US, ST=WA, O=a, 1.2.3=b', `${base}, 1.2.3=b`, true],
  ])('%s is that of %s: %s', (subject, identity, expected) => expect(matches(subject, identity)).toBe(expected));

  it('may hold attributes side by side', () => {
    const attribute = (oid: string, value: Buffer) => derSequence(derOid(oid), value);
    const name = derSequence(
      derSet(attribute('2.5.4.6', der(0x13, Buffer.from('US'))), attribute('2.5.4.8', derText('WA'))),
      derSet(attribute('2.5.4.10', der(0x1e, Buffer.of(0, 0x61)))),
    );
    expect(matches(name, base)).toBe(true);
  });

  it.each([
    ['text of an unknown kind', derSequence(derSet(derSequence(derOid('2.5.4.3'), der(0x14, Buffer.from('a')))))],
    ['text that is not UTF-8', derSequence(derSet(derSequence(derOid('2.5.4.3'), der(0x0c, [0xff]))))],
    ['an empty set', derSequence(derSet())],
    ['a part too many', derSequence(derSet(derSequence(derOid('2.5.4.3'), derText('a'), derText('b'))))],
    ['bytes behind', Buffer.concat([derSequence(), Buffer.of(0)])],
  ])('with %s is none', (_what, bytes) => expect(parseName(bytes)).toBeUndefined());
});
