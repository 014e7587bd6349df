import { globMatches, type Signer } from '../../model/index.ts';
import type { ImagePolicySpec } from '../documents/image-policy-document.ts';
import { type ImageRule, passes, undecided } from './image-rule.ts';

type WantedSigner = NonNullable<NonNullable<ImagePolicySpec['signed']>['signers']>[number];

export const signed: ImageRule = {
  id: 'image/signed',
  title: 'The image is not signed as it must be',
  remedy:
    'Sign it by digest in the pipeline that built it, with a key or identity of a trust root that the policy names',
  evaluate({ signatures, image }, { signed: wanted }) {
    if (!wanted) return passes;
    const { trustRoots, signers, threshold = 1 } = wanted;
    const of = signatures.filter(({ trustRoot }) => trustRoots.includes(trustRoot));
    // By identity alone: one who signs by two schemes or has two issuers vouch for him is still one.
    const counted = new Set<string>();
    const others = new Set<string>();
    const reasons: string[] = [];
    for (const { trustRoot, trust } of of) {
      if (trust.state === 'unsigned') reasons.push(`${trustRoot}: unsigned`);
      else if (trust.state === 'rejected') reasons.push(`${trustRoot}: ${trust.code}, ${trust.message}`);
      else for (const signer of trust.signers) (isWanted(signer, signers) ? counted : others).add(signer.identity);
    }
    if (counted.size >= threshold) return passes;
    const unasked = trustRoots.filter((name) => !of.some(({ trustRoot }) => trustRoot === name));
    if (unasked.length > 0) return undecided(`nobody looked for signatures by ${unasked.join(', ')}`);
    if (others.size > 0) reasons.push(`signed by others: ${[...others].slice(0, 3).join(', ')}`);
    const share = threshold === 1 ? '' : `${counted.size} of ${threshold} signers; `;
    return {
      findings: [
        {
          severity: 'critical',
          subject: image.digest,
          evidence: `${share}${reasons.slice(0, 5).join('; ')}`.slice(0, 1000),
        },
      ],
    };
  },
};

function isWanted(signer: Signer, wanted: readonly WantedSigner[] | undefined): boolean {
  if (!wanted) return true;
  return wanted.some(({ identity, identityPattern, issuer }) => {
    if (issuer !== undefined && issuer !== signer.issuer) return false;
    if (identity !== undefined) return identity === signer.identity;
    return identityPattern !== undefined && globMatches(identityPattern, signer.identity);
  });
}
