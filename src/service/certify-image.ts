import { formatInstant, type Instant, parseInstant } from '../base/index.ts';
import type { InspectedImage, ListedImage } from '../image/index.ts';
import {
  type Certificate,
  type CertifiedImage,
  formatImageReference,
  formatPlatform,
  type ImageName,
  type ImageReference,
  type ImageVerdict,
  type PolicyFinding,
  parsePlatform,
  platformMatches,
} from '../model/index.ts';
import { type ImagePolicyDocument, judgeImage, parseDuration, type RegistryDocument } from '../policy/index.ts';
import { parseAttestedContract } from './attested-contract.ts';
import { certificatePredicate, compileStatement, type SignStatement } from './certificate-statement.ts';
import { type GatheredImage, type GatherParts, gatherImageFacts, mostPlatforms } from './gather-image-facts.ts';

import { policyDigest, type RulesInForce } from './rules-in-force.ts';

export interface CertifyParts extends GatherParts {
  /** Signs the statement that a certificate is; without it images are promoted without one. */
  readonly sign?: SignStatement;
}

export interface CertifyRequest {
  /** Where it is now: in quarantine, or anywhere else that the registry's document reaches. */
  readonly source: ImageReference;
  readonly sourceRegistry: RegistryDocument;
  /** Where it is to be trusted. */
  readonly target: RegistryDocument;
  readonly repository: string;
  readonly tags: readonly string[];
  /** Judges, and neither promotes nor remembers. */
  readonly dryRun?: boolean;
  /** Whether a judgement is to be remembered, where it is not one for good; all are unless said. */
  readonly isFinal?: (certificate: Certificate) => boolean;
}

const defaultValidity = '30d';

/**
 * Judges an image by the policy of the registry that is to trust it and, where it passes, copies it there by digest, with a
 * signed statement of what was judged. What is refused is remembered with its reasons. Throws ImageError where a registry
 * cannot be read or written, TrustError where a trust root cannot be used: then nothing was decided.
 */
export async function certifyImage(
  parts: CertifyParts,
  rules: RulesInForce,
  request: CertifyRequest,
  signal: AbortSignal,
): Promise<Certificate> {
  const { store, clock, desk, sign } = parts;
  const { source, sourceRegistry, target, repository, tags, dryRun = false, isFinal = () => true } = request;
  const policy = rules.policyOf(target);
  const from = await desk.inspect(source, sourceRegistry, signal);
  const name: ImageName = { registry: target.spec.host, repository };
  const image = { ...name, digest: from.image.digest };
  const gathered: GatheredImage[] = [];
  const listed = chooseImages(from, target);
  for (const each of typeof listed === 'string' ? [] : listed) {
    const aliases = aliasesOf(target, repository);
    gathered.push(
      await gatherImageFacts(
        parts,
        { from, listed: each, tag: tags[0], rules, registry: sourceRegistry, target, aliases },
        signal,
      ),
    );
  }
  const now = clock.now();
  const verdicts = gathered.map(({ facts }) => judgeImage({ ...facts, image, now }, policy, rules.exceptions));
  const verdict: Verdict =
    typeof listed === 'string' ? { outcome: 'undecided', findings: [], cause: listed } : combine(verdicts);
  const certificate: Certificate = {
    image,
    source: formatImageReference({ ...source, digest: from.image.digest }),
    ...verdict,
    signatures: distinct(gathered.flatMap(({ facts }) => facts.signatures)),
    attestations: distinct(
      gathered.flatMap(({ facts }) =>
        facts.attestations.map(({ predicateType, trust, trustRoot }) => ({ predicateType, trust, trustRoot })),
      ),
    ),
    images: gathered.map(({ listed: { digest, platform, imageId } }): CertifiedImage => {
      return { platform: formatPlatform(platform), digest, imageId };
    }),
    ...contractOf(gathered, name),
    policy: { name: policy.metadata.name, digest: policyDigest(policy) },
    feeds: await feedsOf(parts),
    ...createdOf(gathered),
    judgedAt: now,
    expires: now + validityOf(policy),
  };
  if (dryRun || !isFinal(certificate)) return certificate;
  const isCertified = certificate.outcome === 'certified';
  if (isCertified) {
    // What is not there cannot be pulled: the certificate comes after the content, and the tags after the certificate.
    await desk.promote({ name: from.image, registry: sourceRegistry }, { name, registry: target }, tags, signal);
    if (sign) {
      const statement = { envelope: await sign(compileStatement(certificate)), predicateType: certificatePredicate };
      await desk.attest({ name: image, registry: target }, statement, signal);
    }
  }
  // Who sees that it is certified sees what leads to it.
  await store.transaction(async ({ certificates }) => {
    await certificates.put(certificate, isCertified ? from.contents : []);
    for (const tag of isCertified ? tags : [])
      await certificates.putTag(name.registry, repository, { tag, digest: image.digest, at: now });
  });
  return certificate;
}

/** The images that must all pass: of the platforms that the registry serves, or all that are listed. */
function chooseImages({ images }: InspectedImage, { spec }: RegistryDocument): readonly ListedImage[] | string {
  const wanted = (spec.platforms ?? []).flatMap((text) => parsePlatform(text) ?? []);
  const missing = wanted.find((platform) => !images.some((image) => platformMatches(platform, image.platform)));
  if (missing) return `it has no image for ${formatPlatform(missing)}, which the registry must have`;
  if (images.length === 0) return 'it lists no image';
  // Whoever pulls an index may run any image in it: each must pass, not only those that are served.
  if (images.length > mostPlatforms)
    return `it lists ${images.length} images, and ${mostPlatforms} at most are looked at`;
  return images;
}

/** Names under which whoever pushed through the gate may have signed: the trusted one, and the same by the gate's names. */
function aliasesOf({ spec }: RegistryDocument, repository: string): readonly ImageName[] {
  return [spec.host, ...(spec.gate?.names ?? [])].map((registry) => ({ registry, repository }));
}

type Verdict = Pick<Certificate, 'outcome' | 'findings' | 'cause'>;

/** All must pass. What is refused of one image is refused of the whole; what is not decided is not certified. */
function combine(verdicts: readonly ImageVerdict[]): Verdict {
  const findings = distinct(verdicts.flatMap((verdict): readonly PolicyFinding[] => verdict.findings));
  const causes = distinct(verdicts.flatMap(({ cause }) => cause ?? []));
  const cause = causes.length > 0 ? { cause: causes.join('; ') } : {};
  if (verdicts.some(({ outcome }) => outcome === 'deny')) return { outcome: 'refused', findings, ...cause };
  if (verdicts.length === 0 || verdicts.some(({ outcome }) => outcome !== 'allow')) {
    return { outcome: 'undecided', findings, ...cause };
  }
  return { outcome: 'certified', findings, ...cause };
}

function distinct<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** In milliseconds. */
function validityOf({ spec }: ImagePolicyDocument): number {
  return parseDuration(spec.certificate?.validFor ?? defaultValidity) ?? 0;
}

async function feedsOf({ store }: CertifyParts): Promise<readonly string[]> {
  const feeds = await store.advisories.feeds();
  return feeds
    .filter(({ importedAt }) => importedAt > 0)
    .map(({ id, dataAsOf, importedAt }) => `${id}@${formatInstant(dataAsOf ?? importedAt)}`);
}

function contractOf(gathered: readonly GatheredImage[], name: ImageName): Pick<Certificate, 'contract'> {
  const contract = parseAttestedContract(
    gathered.flatMap(({ facts }) => facts.attestations),
    name,
  );
  return contract ? { contract } : {};
}

/** Of several images the oldest: what is old in one is old. */
function createdOf(gathered: readonly GatheredImage[]): { readonly created?: Instant } {
  const times = gathered.flatMap(({ facts: { passport } }) => {
    const created = passport?.facts?.created;
    return created ? (parseInstant(created) ?? []) : [];
  });
  return times.length > 0 ? { created: Math.min(...times) } : {};
}
