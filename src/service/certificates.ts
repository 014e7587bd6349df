import { type Clock, formatInstant } from '../base/index.ts';
import {
  type Certificate,
  certificateState,
  formatImageReference,
  parseImageReference,
  type Store,
} from '../model/index.ts';
import type { CertificatePage, CertificateQuery, CertificateView, PolicyFindingView } from '../model/wire/index.ts';
import { registryOf } from './resolve-certified.ts';
import type { RulesInForce } from './rules-in-force.ts';

export interface CertificateParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly rules: () => Promise<RulesInForce>;
}

/** What was judged, the newest first; of one registry or repository where that is asked. */
export async function listCertificates(parts: CertificateParts, query: CertificateQuery): Promise<CertificatePage> {
  const { store, clock, rules } = parts;
  const { registry, repository, limit = 100, offset = 0 } = query;
  // A gate's name is as good as that of the registry behind it.
  const host = registry === undefined ? undefined : (registryOf(await rules(), registry)?.spec.host ?? registry);
  const page = await store.certificates.list({
    limit,
    offset,
    ...(host === undefined ? {} : { registry: host }),
    ...(repository === undefined ? {} : { repository }),
  });
  const now = clock.now();
  const items = await Promise.all(
    page.items.map(async (certificate) => certificateView(certificate, await tagsOf(store, certificate), now)),
  );
  return { items, total: page.total };
}

/** Each judgement of one image, the newest first; undefined where it was never judged. */
export async function certificateHistory(
  { store, clock, rules }: CertificateParts,
  text: string,
): Promise<readonly CertificateView[] | undefined> {
  const { registry, repository, digest } = parseImageReference(text);
  if (!digest) return undefined;
  const host = registryOf(await rules(), registry)?.spec.host ?? registry;
  const history = await store.certificates.history({ registry: host, repository, digest });
  const [newest] = history;
  if (!newest) return undefined;
  const tags = await tagsOf(store, newest);
  return history.map((certificate) => certificateView(certificate, tags, clock.now()));
}

async function tagsOf(store: Store, { image }: Certificate): Promise<readonly string[]> {
  const tags = await store.certificates.tags(image.registry, image.repository);
  return tags.flatMap(({ tag, digest }) => (digest === image.digest ? tag : []));
}

export function certificateView(certificate: Certificate, tags: readonly string[], now: number): CertificateView {
  const { image, source, cause, findings, signatures, images, policy, feeds, created, judgedAt, expires, withdrawn } =
    certificate;
  return {
    image: formatImageReference(image),
    registry: image.registry,
    repository: image.repository,
    digest: image.digest,
    tags: [...tags],
    source,
    state: certificateState(certificate, now),
    cause: cause ?? null,
    findings: findings.map(findingView),
    signers: signatures.flatMap(({ trustRoot, trust }) =>
      trust.state === 'verified'
        ? trust.signers.map(({ identity, issuer, scheme }) => ({ identity, issuer: issuer ?? null, scheme, trustRoot }))
        : [],
    ),
    platforms: images.map(({ platform }) => platform),
    policy: policy.name,
    feeds: [...feeds],
    created: created === undefined ? null : formatInstant(created),
    judgedAt: formatInstant(judgedAt),
    expires: formatInstant(expires),
    withdrawn: withdrawn
      ? { at: formatInstant(withdrawn.at), effective: formatInstant(withdrawn.effective), reason: withdrawn.reason }
      : null,
  };
}

export function findingView({
  rule,
  severity,
  subject,
  title,
  remedy,
  evidence,
  excepted,
}: Certificate['findings'][number]): PolicyFindingView {
  return {
    rule,
    severity,
    subject,
    title,
    remedy,
    evidence,
    excepted: excepted ? { ...excepted, expires: formatInstant(excepted.expires) } : null,
  };
}
