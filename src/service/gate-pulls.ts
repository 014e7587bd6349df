import { type Clock, type Digest, formatInstant, type Instant, type Log, messageOf } from '../base/index.ts';
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
import { reasonsOf } from './judge-again.ts';
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

/** How long an answer of the store is taken for the truth, and how long it may be used while the store is away. */
const freshFor = 1000;
const usableFor = 24 * 3_600_000;
const mostRemembered = 50_000;

/**
 * Decides what pullers get from what was certified. Answers from memory within a second of asking the store; while the store
 * is away it goes on with what it knows, for as long as the certificates hold and a day at most.
 */
export function createPullDesk(parts: PullDeskParts): PullDesk {
  const { store, clock } = parts;
  // That something is not there is asked anew each time: it may be promoted at any moment.
  const grants = createMemory<readonly Grant[]>(parts, (found) => found.length > 0);
  const tagged = createMemory<Digest | undefined>(parts, (digest) => digest !== undefined);

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
      if (beside.size >= mostRemembered) beside.clear();
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

function refusal(name: string, certificate: Certificate, now: Instant): Admission {
  const state = certificateState(certificate, now);
  const { policy, expires, withdrawn, findings } = certificate;
  const by = `by the policy ${policy.name}`;
  if (state === 'suspect') {
    const message = `${name} was certified until ${formatInstant(expires)} and has not been judged again since; try again soon, or certify it: portwarden certify`;
    return { state: 'refused', message };
  }
  if (state === 'withdrawn') {
    return {
      state: 'refused',
      message: `the certificate of ${name} was withdrawn: ${withdrawn?.reason}. Pull a newer one`,
    };
  }
  const [reason = 'no reason given', ...others] = reasonsOf(certificate);
  const remedy = findings.find(({ excepted }) => !excepted)?.remedy;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  const verb = state === 'undecided' ? 'could not be decided' : 'is refused';
  return {
    state: 'refused',
    message: `${name} ${verb} ${by}: ${reason}${more}.${remedy ? ` ${remedy}` : ''}`.slice(0, 800),
  };
}

function neverJudged({ spec }: RegistryDocument, name: string): Admission {
  const message = `nothing certified is known as ${name}; push it through this gate, or have it certified: portwarden certify ${spec.host}/${name} --to ${spec.host}/${name.split(/[:@]/)[0]}`;
  return { state: 'unknown', message };
}

function notTrusted({ metadata }: RegistryDocument, repository: string): Admission {
  const message = `${repository} is no trusted repository of ${metadata.name}; its document lists those`;
  return { state: 'unknown', message };
}

function away(why: string): Admission {
  return { state: 'unavailable', message: `the gate cannot look up what is certified: ${why}; try again` };
}

type Known<Value> = { readonly value: Value } | { readonly away: string };

async function attempt<Value>(ask: () => Promise<Value>): Promise<Known<Value>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { away: messageOf(error) };
  }
}

const manifestBytesKept = 32 * 2 ** 20;

/** The manifests that were asked for last, up to a number of bytes. */
function createManifestMemory() {
  const kept = new Map<string, { readonly bytes: Uint8Array }>();
  let size = 0;
  return async <Manifest extends { readonly bytes: Uint8Array }>(
    key: string,
    read: () => Promise<Manifest>,
  ): Promise<Manifest> => {
    const known = kept.get(key);
    if (known) return known as Manifest;
    const manifest = await read();
    if (!kept.has(key)) size += manifest.bytes.byteLength;
    kept.set(key, manifest);
    for (const [oldest, { bytes }] of kept) {
      if (size <= manifestBytesKept) break;
      kept.delete(oldest);
      size -= bytes.byteLength;
    }
    return manifest;
  };
}

/** Answers of the store by key: asked again when they are not fresh, used while the store is away. */
function createMemory<Value>(
  { clock, log }: Pick<PullDeskParts, 'clock' | 'log'>,
  isWorthKeeping: (value: Value) => boolean,
) {
  const remembered = new Map<string, { readonly value: Value; readonly at: Instant }>();
  const asking = new Map<string, Promise<Known<Value>>>();
  return async (key: string, ask: () => Promise<Value>): Promise<Known<Value>> => {
    const known = remembered.get(key);
    const now = clock.now();
    if (known && now - known.at < freshFor) return known;
    const pending = asking.get(key) ?? attempt(ask);
    asking.set(key, pending);
    const answer = await pending;
    asking.delete(key);
    if ('value' in answer) {
      remembered.delete(key);
      if (isWorthKeeping(answer.value)) remembered.set(key, { value: answer.value, at: now });
      const [oldest] = remembered.keys();
      if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
      return answer;
    }
    if (!known || now - known.at > usableFor) return answer;
    log.warn({ key, why: answer.away, known: formatInstant(known.at) }, 'the store is away; goes on by what is known');
    return known;
  };
}
