import { formatInstant } from '../base/index.ts';
import { type Certificate, formatImageReference } from '../model/index.ts';

/** What Portwarden states of an image that it certified (in-toto attestation framework, Statement v1). */
export const certificatePredicate = 'https://portwarden.dev/certificate/v1';

/** Signs a statement as a DSSE envelope (secure-systems-lab/dsse, envelope.md), in JSON. */
export type SignStatement = (statement: Uint8Array) => Promise<Uint8Array>;

/** The statement that a certificate is, for cosign and for whoever else trusts Portwarden's key. */
export function compileStatement(certificate: Certificate): Uint8Array {
  const { image, policy, feeds, findings, images, judgedAt, expires, signatures } = certificate;
  const [algorithm = '', hex = ''] = image.digest.split(':');
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: `${image.registry}/${image.repository}`, digest: { [algorithm]: hex } }],
    predicateType: certificatePredicate,
    predicate: {
      image: formatImageReference(image),
      outcome: certificate.outcome,
      policy,
      feeds,
      images,
      signers: signatures.flatMap(({ trustRoot, trust }) =>
        trust.state === 'verified'
          ? trust.signers.map(({ identity, scheme }) => ({ trustRoot, scheme, identity }))
          : [],
      ),
      exceptions: findings.flatMap(({ rule, subject, excepted }) => (excepted ? [{ rule, subject, ...excepted }] : [])),
      judgedAt: formatInstant(judgedAt),
      expires: formatInstant(expires),
    },
  };
  return Buffer.from(JSON.stringify(statement));
}
