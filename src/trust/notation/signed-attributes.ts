import type { Instant } from '../../base/index.ts';
import { type RejectedTrust, rejected } from '../../model/index.ts';
import type { NotationEnvelope } from './notation-envelope.ts';

export type SigningScheme = 'notary.x509' | 'notary.x509.signingAuthority';

export interface SignedAttributes {
  readonly scheme: SigningScheme;
  /** Authentic under `notary.x509.signingAuthority`; under `notary.x509` a claim that decides nothing. */
  readonly signingTime: Instant;
  readonly expiry?: Instant;
}

const payloadType = 'application/vnd.cncf.notary.payload.v1+json';

const name = {
  scheme: 'io.cncf.notary.signingScheme',
  signingTime: 'io.cncf.notary.signingTime',
  authenticSigningTime: 'io.cncf.notary.authenticSigningTime',
  expiry: 'io.cncf.notary.expiry',
  plugin: 'io.cncf.notary.verificationPlugin',
  pluginVersion: 'io.cncf.notary.verificationPluginMinVersion',
} as const;

const mayBeCritical: readonly unknown[] = [name.scheme, name.authenticSigningTime, name.expiry];

/**
 * The signed attributes (Notary Project signature specification, "Signed Attributes"). What must be critical is, what is
 * critical is known, and what belongs to one signing scheme is not found under the other. A signature that asks for a
 * verification plugin is refused, as "Guidelines for implementations" demands of whoever runs none.
 */
export function readSignedAttributes(envelope: NotationEnvelope): SignedAttributes | RejectedTrust {
  const { header, critical, contentType, timeOf } = envelope;
  if (contentType !== payloadType)
    return rejected('wrong-payload', 'the content type is not that of a Notary Project payload');
  if (header.has(name.plugin) || header.has(name.pluginVersion))
    return rejected('unsupported', 'the signature asks for a verification plugin');
  if (!critical.every((each) => mayBeCritical.includes(each)))
    return rejected('unsupported', 'the signature has a critical attribute that is not known here');
  if (new Set(critical).size < critical.length || !critical.every((each) => header.has(each)))
    return rejected('bad-bundle', 'the list of critical attributes names one twice, or one that is not there');

  const scheme = header.get(name.scheme);
  if (scheme !== 'notary.x509' && scheme !== 'notary.x509.signingAuthority')
    return rejected('unsupported', 'the signing scheme is not known here');
  const isAuthority = scheme === 'notary.x509.signingAuthority';
  const [time, other] = isAuthority
    ? [name.authenticSigningTime, name.signingTime]
    : [name.signingTime, name.authenticSigningTime];
  const mustBeCritical = [name.scheme, name.expiry, name.authenticSigningTime].filter((each) => header.has(each));
  if (!mustBeCritical.every((each) => critical.includes(each)))
    return rejected('bad-bundle', 'an attribute that must be critical is not');

  const signingTime = timeOf(header.get(time));
  if (signingTime === undefined || header.has(other))
    return rejected('bad-bundle', `the signing time is not what ${scheme} demands`);
  if (!header.has(name.expiry)) return { scheme, signingTime };
  const expiry = timeOf(header.get(name.expiry));
  return expiry === undefined ? rejected('bad-bundle', 'the expiry is not a time') : { scheme, signingTime, expiry };
}
