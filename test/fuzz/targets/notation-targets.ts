import { decodeFirst } from 'cborg';
import { digestOf } from '../../../src/base/index.ts';
import { parseCertificate } from '../../../src/trust/notation/certificate.ts';
import { formatName, parseIdentity, parseName } from '../../../src/trust/notation/distinguished-name.ts';
import { parseNotationTrust } from '../../../src/trust/notation/notation-trust.ts';
import { parseTimestampToken } from '../../../src/trust/notation/timestamp-token.ts';
import { verifyNotation } from '../../../src/trust/notation/verify-notation.ts';
import { verifyTimestamp } from '../../../src/trust/notation/verify-timestamp.ts';
import { makeAuthority, makeLeaf, makeRoot, purpose, toPem } from '../../fakes/certificate-maker.ts';
import { makeCose, makeJws, makeJwsParts, makeTimestamp, signCose, signJws } from '../../fakes/notation-maker.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

// Keys are new in every run: a replayed input that needs the signature of one is refused in another.
const from = { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2035-01-01T00:00:00Z') };
const root = makeRoot(from);
const leaf = makeLeaf(root, from);
const stamping = { extendedKeyUsage: [purpose.timeStamping], isExtendedKeyUsageCritical: true };
const clock = makeLeaf(root, { ...from, ...stamping, subject: 'C=US, O=Clocks, CN=Clock' });
const roots = [root].map(({ der }) => parseCertificate(der)).filter((certificate) => certificate !== undefined);

const subject = { digest: digestOf('manifest'), size: 8, mediaType: 'application/vnd.oci.image.manifest.v1+json' };
const stamp = (signature: Uint8Array) =>
  makeTimestamp({ signature, time: '2026-01-15T00:00:00Z', signer: clock, certificates: [clock], accuracy: 1 });
const signed = { key: leaf.key, chain: [leaf, root], payload: JSON.stringify({ targetArtifact: subject }) };
const trust = {
  stores: (['ca', 'tsa'] as const).map((type) => ({ name: 'fuzz', type, certificates: [root.x509] })),
  identities: ['*'],
};
const signature = Buffer.from('signature');

const jws = 'application/jose+json';
const cose = 'application/cose';
const jwsHeader = Buffer.from(String(makeJwsParts(signed)['protected']), 'base64url');
const coseHeader = Buffer.from(decodeFirst(makeCose(signed).subarray(2))[0] as Uint8Array);

/** What came of it, with the code in the form that tells one kind of outcome from another. */
function judge(envelope: Uint8Array, mediaType: string): string {
  const now = Date.parse('2026-06-01T00:00:00Z');
  const answer = verifyNotation({ envelope, mediaType, subject, now }, trust);
  if (answer.state === 'rejected') return `trust/${answer.code}`;
  // Whatever was changed, the signature is still that of the seeds.
  if (answer.state === 'unsigned' || answer.signers[0].identity !== 'C=US, ST=WA, O=Example, CN=Example Signer')
    throw new FuzzFinding(`${JSON.stringify(answer)}, by whom nothing was signed`);
  return 'trust/verified';
}

export const notationTargets: readonly FuzzTarget[] = [
  {
    name: 'trust/notation',
    covers: ['trust/notation/'],
    seeds: [
      makeJws(signed),
      makeJws({ ...signed, timestamp: stamp }),
      makeCose(signed),
      makeCose({ ...signed, timestamp: stamp }),
    ],
    words: ['"crit"', '"alg":"none"', '"x5c":[]', 'io.cncf.notary.', 'notary.x509', '{"', '[[', '}'],
    run: (bytes) => [judge(bytes, jws), judge(bytes, cose)],
  },
  {
    name: 'trust/notation-signed',
    covers: [
      'trust/notation/signed-attributes.ts',
      'trust/notation/signed-subject.ts',
      'trust/notation/json-document.ts',
    ],
    seeds: [jwsHeader, coseHeader, signed.payload],
    words: ['"crit"', '"alg":"none"', 'io.cncf.notary.', '"targetArtifact"', '"size":8', '{"', '\\u0061', '[[', '}'],
    // Whatever is written is signed by somebody who is trusted: nothing but the reading of it is in its way.
    run: (bytes) => [
      judge(Buffer.from(JSON.stringify(signJws(signed, Buffer.from(bytes).toString()))), jws),
      judge(signCose(signed, new Uint8Array(bytes)), cose),
      judge(makeJws({ ...signed, payload: bytes }), jws),
    ],
  },
  {
    name: 'trust/notation-timestamp',
    covers: ['trust/notation/timestamp-token.ts', 'trust/notation/verify-timestamp.ts', 'trust/notation/der.ts'],
    seeds: [
      stamp(signature),
      makeTimestamp({ signature, time: '2026-01-15T00:00:00Z', signer: clock, certificates: [] }),
    ],
    words: ['0\u0000', '1\u0000', '\u0002\u0001\u0001', '\u0006\u0001\u0000'],
    run(bytes) {
      const answer = verifyTimestamp(bytes, signature, roots);
      if (!('state' in answer) && answer.to - answer.from !== 2000)
        throw new FuzzFinding('the time of a timestamp was changed under its signature');
      return ['state' in answer ? `trust/${answer.code}` : answer, parseTimestampToken(bytes)];
    },
  },
  {
    name: 'trust/notation-certificate',
    covers: ['trust/notation/certificate.ts', 'trust/notation/distinguished-name.ts'],
    seeds: [leaf.der, makeAuthority(root, { ...from, pathLength: 1 }).der, clock.der],
    words: ['U\u001d\u000f', 'U\u001d\u0013', 'U\u001d%', '\u0001\u0001\u0000', '\u0002\u0001\u0000'],
    run(bytes) {
      const certificate = parseCertificate(bytes);
      const name = parseName(certificate?.subject ?? bytes);
      const text = formatName(name ?? []);
      if (/\p{C}/u.test(text)) throw new FuzzFinding('a name is written with letters that give orders');
      return [
        certificate?.keyUsage,
        certificate?.basicConstraints,
        certificate?.extendedKeyUsage,
        name,
        parseIdentity(`x509.subject: ${text}`),
      ];
    },
  },
  {
    name: 'trust/notation-trust',
    covers: ['trust/notation/notation-trust.ts'],
    seeds: [`x509.subject: C=US, ST=WA, O=a\n${toPem(root)}`, `*\n${toPem(root)}`],
    words: ['x509.subject:', 'C=', ', ', '\\,', '\\2c', '+', '-----BEGIN ', '-----END CERTIFICATE-----'],
    run(bytes) {
      const [identity = '', ...pem] = Buffer.from(bytes).toString().split('\n');
      return parseNotationTrust([{ name: 'a', type: 'ca', certificates: pem.join('\n') }], [identity]);
    },
  },
];
