import { formatPlatform, type ImagePolicyFacts, type Trust } from '../../model/index.ts';
import { ConditionTime } from '../condition-input.ts';

/** What conditions see of the image. */
export function imageVariables({ image, tag, platform }: ImagePolicyFacts) {
  return { image: { ...image, tag: tag ?? null, platform: formatPlatform(platform) } };
}

export function timeVariable({ now }: ImagePolicyFacts) {
  return { now: new ConditionTime(now) };
}

/** Those who vouch; what was rejected vouches for nothing. */
export function signersOf(trusts: readonly Trust[]) {
  return trusts.flatMap((trust) =>
    trust.state === 'verified'
      ? trust.signers.map(({ scheme, identity, issuer, authority }) => ({
          scheme,
          identity,
          issuer: issuer ?? null,
          authority,
        }))
      : [],
  );
}
