import type { Instant } from '../base/index.ts';
import { type Certificate, type ImageVerdict, parsePlatform } from '../model/index.ts';
import type { Passport } from '../model/wire/index.ts';
import { type ImagePolicyDocument, judgeImage } from '../policy/index.ts';
import type { RulesInForce } from './rules-in-force.ts';

/**
 * What a policy says today of an image that was judged before: by what was read then, what is known now of it, and who was
 * found to vouch for it. No registry is asked. What a statement said is not kept, so that a condition on one is not decided
 * here.
 */
export async function judgeAgain(
  certificate: Certificate,
  policy: ImagePolicyDocument,
  rules: Pick<RulesInForce, 'exceptions'>,
  passportOf: (imageId: string) => Promise<Passport | undefined>,
  now: Instant,
): Promise<ImageVerdict> {
  const { image, signatures, images, attestations } = certificate;
  const verdicts: ImageVerdict[] = [];
  for (const { platform: text, imageId } of images) {
    const platform = parsePlatform(text);
    if (!platform) return { outcome: 'undecided', cause: `its platform "${text}" is none`, findings: [] };
    const passport = await passportOf(imageId);
    const facts = {
      image,
      platform,
      passport,
      signatures,
      attestations: attestations.map((attestation) => ({ ...attestation, predicate: undefined })),
      now,
    };
    verdicts.push(judgeImage(facts, policy, rules.exceptions));
  }
  const undecided: ImageVerdict = { outcome: 'undecided', cause: 'nothing of it was read', findings: [] };
  return (
    verdicts.find(({ outcome }) => outcome === 'deny') ??
    verdicts.find(({ outcome }) => outcome === 'undecided') ??
    verdicts[0] ??
    undecided
  );
}

/** What is said of a verdict in a line: `image/vulnerabilities: CVE-2026-1 in pkg:deb/debian/openssl@3.0.1`. */
export function reasonsOf({
  findings,
  cause,
}: {
  readonly findings: Certificate['findings'];
  readonly cause?: string;
}): readonly string[] {
  const refused = findings.filter(({ excepted }) => !excepted);
  const lines = refused.map(({ rule, evidence, subject }) => `${rule}: ${evidence || subject}`);
  return cause === undefined ? lines : [...lines, cause];
}
