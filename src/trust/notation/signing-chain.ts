import { type RejectedTrust, rejected } from '../../model/index.ts';
import type { Certificate } from './certificate.ts';
import { isIssuedBy, lackOfAuthority, lackOfSigningLeaf } from './certificate-requirements.ts';
import { sameBytes } from './der.ts';
import { formatName, parseName } from './distinguished-name.ts';
import type { NotationTrust } from './notation-trust.ts';
import type { SigningScheme } from './signed-attributes.ts';

/** Signing scheme specification, "Trust Stores": who may sign as an authority is not who may issue certificates. */
const storeTypes = { 'notary.x509': 'ca', 'notary.x509.signingAuthority': 'signingAuthority' } as const;

/**
 * The trust store that the chain ends in, as `type:name`, or why it ends in none (trust store and trust policy
 * specification, "Validate Authenticity"; signature specification, "Other requirements"). The chain is ordered, complete
 * and without strangers. From the root down, so that no key is used that nobody has vouched for.
 */
export function findTrustStore(
  chain: readonly [Certificate, ...Certificate[]],
  scheme: SigningScheme,
  trust: NotationTrust,
): string | RejectedTrust {
  const root = chain.at(-1) ?? chain[0];
  const type = storeTypes[scheme];
  const store = trust.stores.find(
    (each) => each.type === type && each.certificates.some(({ raw }) => sameBytes(raw, root.x509.raw)),
  );
  if (store === undefined)
    return rejected(
      'untrusted-key',
      `${nameOf(root)}, where the certificates end, is in no trust store of type ${type}`,
    );
  if (!isIssuedBy(root, root)) return rejected('untrusted-key', `${nameOf(root)} is not a root`);
  for (let at = chain.length - 1; at > 0; at--) {
    const [issued, issuer] = chain.slice(at - 1, at + 1);
    if (issued === undefined || issuer === undefined) break;
    const lack = lackOfAuthority(issuer, at - 1);
    if (lack !== undefined) return rejected('untrusted-key', `the certificate of ${nameOf(issuer)} ${lack}`);
    if (!isIssuedBy(issued, issuer))
      return rejected('untrusted-key', `${nameOf(issuer)} did not issue the certificate of ${nameOf(issued)}`);
    // Its own issuer: either a root in the middle, or the root twice.
    if (sameBytes(issued.subject, issued.issuer) && isIssuedBy(issued, issued))
      return rejected('untrusted-key', `${nameOf(issued)} is a root, and others follow it`);
  }
  const lack = lackOfSigningLeaf(chain[0]);
  return lack === undefined
    ? `${store.type}:${store.name}`
    : rejected('untrusted-key', `the certificate of ${nameOf(chain[0])} ${lack}`);
}

/** For a message: a hostile name is as long as it likes. */
function nameOf({ subject }: Certificate): string {
  const name = formatName(parseName(subject) ?? []);
  return name === '' ? 'a certificate without a readable name' : name.slice(0, 200);
}
