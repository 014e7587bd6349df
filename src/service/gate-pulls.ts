import type { Clock, Digest, Log } from '../base/index.ts';
import {
  type Certificate,
  type CertificateState,
  type ContentDescriptor,
  certificateState,
  type Grant,
  parseImageReference,
  type Store,
} from '../model/index.ts';
import type { RegistryDocument } from '../policy/index.ts';
import { attempt, createAnswerMemory, createManifestMemory } from './answer-memory.ts';
import { away, neverJudged, notTrusted, refusal } from './pull-refusals.ts';
import { isTrusted, resolveCertified } from './resolve-certified.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** Whether a puller may have some content, and why not: the message is for whoever typed `docker pull`. */
export type Admission =
  | { readonly state: 'admitted'; readonly content: ContentDescriptor; readonly image: Digest }
  | { readonly state: 'refused'; readonly message: string }
  | { readonly state: 'unknown'; readonly message: string }
  /** The store is away, and what is remembered does not say. */
  | { readonly state: 'unavailable'; readonly message: string };

export interface PullDesk {
  /** A manifest by tag or digest: a tag is what was promoted under it, or the latest certified where the document says so. */
  manifest(registry: RegistryDocument, repository: string, reference: string | Digest): Promise<Admission>;
  /** Content of an image that the puller may have. */
  content(registry: RegistryDocument, repository: string, digest: Digest): Promise<Admission>;
  /** Bytes of a manifest that was admitted: content has one wording for ever, so it is read once. */
  remember<Manifest extends { readonly bytes: Uint8Array }>(
    registry: RegistryDocument,
    repository: string,
    digest: Digest,
    read: () => Promise<Manifest>,
  ): Promise<Manifest>;
  /** A blob of what vouches for a certified image may be had from now on, and whether one may. */
  admitBeside(registry: RegistryDocument, repository: string, digest: Digest): void;
  isBesideCertified(registry: RegistryDocument, repository: string, digest: Digest): boolean;
  /** Tags of what is certified now. */
  tags(registry: RegistryDocument, repository: string): Promise<readonly string[]>;
}

export interface PullDeskParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly rules: () => Promise<RulesInForce>;
  readonly platform: string;
}

/** Blobs beside images that are remembered as admitted. */
const mostBeside = 50_000;

/**
 * Decides what pullers get from what was certified. Answers from memory within a second of asking the store; while the store
 * is away it goes on with what it knows, for as long as the certificates hold and a day at most.
 */
export function createPullDesk(parts: PullDeskParts): PullDesk {
  const { store, clock } = parts;
  // That something is not there is asked anew each time: it may be promoted at any moment.
  const grants = createAnswerMemory<readonly Grant[]>(parts, (found) => found.length > 0);
  const tagged = createAnswerMemory<Digest | undefined>(parts, (digest) => digest !== undefined);

  async function content(registry: RegistryDocument, repository: string, digest: Digest): Promise<Admission> {
    const { host } = registry.spec;
    if (!isTrusted(registry, repository)) return notTrusted(registry, repository);
    const known = await grants(`${host}/${repository}@${digest}`, () =>
      store.certificates.granting(host, repository, digest),
    );
    if ('away' in known) return away(known.away);
    const now = clock.now();
    const valid = known.value.find(({ certificate }) => certificateState(certificate, now) === 'certified');
    if (valid) return { state: 'admitted', content: valid.content, image: valid.certificate.image.digest };
    const [grant] = known.value;
    if (grant) return refusal(repository, grant.certificate, now);
    const judged = await attempt(() => store.certificates.get({ registry: host, repository, digest }));
    if ('away' in judged) return away(judged.away);
    return judged.value ? refusal(repository, judged.value, now) : neverJudged(registry, `${repository}@${digest}`);
  }

  async function digestOfTag(registry: RegistryDocument, repository: string, tag: string) {
    const { host, pull } = registry.spec;
    // What a tag means is a matter of the document.
    const meaning = JSON.stringify([pull?.tags, registry.spec.channels?.[tag]]);
    return tagged(`${host}/${repository}:${tag} ${meaning}`, async () => {
      if (pull?.tags !== 'latest-certified') {
        const tags = await store.certificates.tags(host, repository);
        return tags.find((each) => each.tag === tag)?.digest;
      }
      const isChannel = registry.spec.channels?.[tag] !== undefined;
      const query = { repository: `${host}/${repository}`, ...(isChannel ? { channel: tag } : {}) };
      return (await resolveCertified(parts, query)).picked?.digest as Digest | undefined;
    });
  }

  const beside = new Set<string>();
  const manifests = createManifestMemory();
  const keyOf = ({ spec }: RegistryDocument, repository: string, digest: Digest) =>
    `${spec.host}/${repository}@${digest}`;

  return {
    content,
    remember: (registry, repository, digest, read) => manifests(keyOf(registry, repository, digest), read),
    admitBeside(registry, repository, digest) {
      if (beside.size >= mostBeside) beside.clear();
      beside.add(keyOf(registry, repository, digest));
    },
    isBesideCertified: (registry, repository, digest) => beside.has(keyOf(registry, repository, digest)),
    async manifest(registry, repository, reference) {
      if (reference.includes(':')) return content(registry, repository, reference as Digest);
      if (!isTrusted(registry, repository)) return notTrusted(registry, repository);
      const digest = await digestOfTag(registry, repository, reference);
      if ('away' in digest) return away(digest.away);
      if (digest.value !== undefined) return content(registry, repository, digest.value);
      const refused = await attempt(() => lastRefused(store, registry.spec.host, repository, reference));
      if ('away' in refused) return away(refused.away);
      const name = `${repository}:${reference}`;
      return refused.value ? refusal(name, refused.value, clock.now()) : neverJudged(registry, name);
    },
    async tags(registry, repository) {
      if (!isTrusted(registry, repository)) return [];
      const { host } = registry.spec;
      const now = clock.now();
      const tags = await store.certificates.tags(host, repository);
      const states = new Map<Digest, CertificateState | undefined>();
      for (const { digest } of tags) {
        if (states.has(digest)) continue;
        const certificate = await store.certificates.get({ registry: host, repository, digest });
        states.set(digest, certificate && certificateState(certificate, now));
      }
      return tags.flatMap(({ tag, digest }) => (states.get(digest) === 'certified' ? tag : []));
    },
  };
}
/** The last judgement of what was pushed under a tag that nothing was promoted under. */
async function lastRefused(
  store: Store,
  registry: string,
  repository: string,
  tag: string,
): Promise<Certificate | undefined> {
  const { items } = await store.certificates.list({ registry, repository, limit: 100, offset: 0 });
  return items.find(({ source, outcome }) => outcome !== 'certified' && parseImageReference(source).tag === tag);
}
