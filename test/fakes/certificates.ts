import { type Digest, digestOf, type Instant } from '../../src/base/index.ts';
import type { Certificate, PolicyFinding, Resolution, TagRecord } from '../../src/model/index.ts';
import { inventedRegistry } from './policy-documents.ts';

const day = 86_400_000;

export interface InventedCertificates {
  /** Every judgement, newest first. */
  readonly judgements: Certificate[];
  readonly tags: (TagRecord & { readonly repository: string })[];
  /** Newest first. */
  readonly resolutions: Resolution[];
}

const flaw = (number: number, severity: PolicyFinding['severity'], component: string): PolicyFinding => ({
  rule: 'image/vulnerabilities',
  severity,
  subject: component,
  title: 'A package has a flaw that is worse than is allowed',
  remedy: 'Update the package and build again, or ask for an exception',
  evidence: `CVE-2026-${number} in ${component}, fixed in the next release of the distribution`,
  flaw: `CVE-2026-${number}`,
  component,
});
const asRoot: PolicyFinding = {
  rule: 'image/root-user',
  severity: 'medium',
  subject: 'linux/amd64',
  title: 'Containers of the image run as root',
  remedy: 'Set a user in the image: USER 10001',
  evidence: 'the image names no user',
};
const unsigned: PolicyFinding = {
  rule: 'image/signed',
  severity: 'high',
  subject: 'pipeline',
  title: 'The image is not signed as it must be',
  remedy: 'Sign it in the pipeline with a key of the trust root',
  evidence: 'no signature was found',
};

/** Certificates of a shop in every state, some judged more than once; the same for the same time. */
export function inventCertificates(now: Instant): InventedCertificates {
  const excepted = {
    ...flaw(1001, 'high', 'pkg:deb/debian/openssl@3.0.11-1'),
    excepted: { name: 'openssl-until-release', owner: 'shop team', expires: now + 20 * day },
  };
  const at = (repository: string, tag: string, judgedDaysAgo: number, more: Partial<Certificate> = {}) =>
    inventCertificate(repository, tag, now - judgedDaysAgo * day, more);
  const cart = 'shop/cart';
  const judgements = [
    at(cart, '2.4.0', 1, {
      outcome: 'refused',
      findings: [unsigned, flaw(1005, 'critical', 'pkg:npm/express@4.17.0'), asRoot, excepted],
      signatures: [{ trustRoot: 'pipeline', trust: { state: 'unsigned' } }],
    }),
    at(cart, '2.3.1', 2, { findings: [excepted] }),
    at(cart, '2.3.1', 9),
    at(cart, '2.3.0', 12, {
      withdrawn: {
        at: now - 3 * day,
        effective: now - 2 * day,
        reason: 'image/vulnerabilities: CVE-2026-1006 in zlib',
      },
    }),
    at(cart, '2.2.0', 45),
    at(cart, '3.0.0-rc.1', 1, { outcome: 'undecided', cause: '12 components of it are covered by no feed' }),
    at(cart, 'nightly-2', 1),
    at(cart, 'nightly-1', 2),
    at('shop/search', '1.8.2', 4),
    at('base/debian', '12.9', 6),
  ].sort((a, b) => b.judgedAt - a.judgedAt);
  const tags = judgements.map(({ image, source, judgedAt }) => {
    return { repository: image.repository, tag: source.replace(/^.*:/, ''), digest: image.digest, at: judgedAt };
  });
  const picked = (tag: string, daysAgo: number, channel = 'stable'): Resolution => ({
    registry: inventedRegistry,
    repository: cart,
    channel,
    platform: 'linux/amd64',
    tag,
    digest: digestOfTag(cart, tag),
    at: now - daysAgo * day,
  });
  return {
    judgements,
    tags: tags.filter(({ digest }, index) => tags.findIndex((other) => other.digest === digest) === index),
    resolutions: [picked('2.3.1', 8), picked('nightly-1', 2, 'nightly'), picked('2.3.0', 11), picked('2.2.0', 44)].sort(
      (a, b) => b.at - a.at,
    ),
  };
}

export const digestOfTag = (repository: string, tag: string): Digest => digestOf(`${repository}:${tag}`);

export function inventCertificate(
  repository: string,
  tag: string,
  judgedAt: Instant,
  more: Partial<Certificate> = {},
): Certificate {
  const digest = digestOfTag(repository, tag);
  const signer = {
    scheme: 'cosign',
    identity: `sha256:${digestOf('release-2026').slice(7)}`,
    authority: 'release-2026',
  } as const;
  return {
    image: { registry: inventedRegistry, repository, digest },
    source: `${inventedRegistry}/quarantine/${repository}:${tag}`,
    outcome: 'certified',
    findings: [],
    signatures: [{ trustRoot: 'pipeline', trust: { state: 'verified', signers: [signer] } }],
    attestations: [],
    images: ['linux/amd64', 'linux/arm64'].map((platform) => ({
      platform,
      digest: digestOf(`${digest} ${platform}`),
      imageId: digestOf(`${digest} ${platform} config`),
    })),
    policy: { name: 'production', digest: digestOf('production') },
    feeds: ['debian@2026-02-28T00:00:00.000Z', 'osv-npm@2026-02-27T06:00:00.000Z'],
    created: judgedAt - 3_600_000,
    judgedAt,
    expires: judgedAt + 30 * day,
    ...more,
  };
}
