import { describe, expect, it } from 'vitest';
import {
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
  authority,
  base,
  both,
  check,
  from,
  leaf,
  outcome,
  replaceText,
  root,
  trusting,
} from '../../../test/fakes/notation-scene.ts';

const ecdsaSha256 = '\x2a\x86\x48\xce\x3d\x04\x03\x02';
const ecdsaSha384 = '\x2a\x86\x48\xce\x3d\x04\x03\x03';

/** An extension as makeRoot and makeLeaf write it, but not critical. */
function soft(of: MadeCertificate, oid: string) {
  const isAuthority = of === root;
  const value =
    oid === '2.5.29.19' ? Buffer.of(0x30, 3, 1, 1, 0xff) : Buffer.of(3, 2, isAuthority ? 1 : 7, isAuthority ? 6 : 128);
  return { oid, value };
}

describe.each(both)('certificates of a signature as $format', ({ mediaType, make }) => {
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
