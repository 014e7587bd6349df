import { type Clock, type Digest, formatInstant, type Log } from '../base/index.ts';
import {
  type Certificate,
  certificateState,
  type ImageReference,
  type ImageStart,
  type LaunchImage,
  type LaunchImageFacts,
  type Store,
} from '../model/index.ts';
import type { InputContractDocument, RegistryDocument } from '../policy/index.ts';
import { createAnswerMemory, type Known } from './answer-memory.ts';
import { reasonsOf } from './judge-again.ts';
import { isTrusted, registryOf } from './resolve-certified.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** What is known of the image that a launch names. */
export interface LaunchImageAnswer {
  readonly facts: LaunchImageFacts;
  /** What the name leads to, bound to the content; absent where only a tag is known. */
  readonly content?: Digest;
  readonly start?: ImageStart;
  /** That came with it, where it is certified. */
  readonly contract?: InputContractDocument;
  /** It could not be asked, and what is remembered does not say. */
  readonly isStoreAway?: true;
}

export interface LaunchImageParts {
  readonly store: Pick<Store, 'certificates' | 'images'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Answers from memory within a second of asking the store; while the store is away, by what it knows. An image ID counts
 * for more than a name, which may be given to anything.
 */
export function createLaunchImages({ store, clock, log }: LaunchImageParts) {
  const { certificates } = store;
  const memory = <Value>() => createAnswerMemory<Value>({ clock, log }, () => true);
  const judged = memory<readonly Certificate[]>();
  const tagged = memory<Digest | undefined>();
  const starts = memory<ImageStart | undefined>();

  const judgementsOf = (content: Digest) =>
    judged(content, async () => (await certificates.judgementsOf([content])).get(content) ?? []);

  async function startOf(id: Digest): Promise<ImageStart | undefined> {
    const known = await starts(id, async () => {
      const facts = (await store.images.get(id))?.facts;
      if (!facts) return undefined;
      const { user, entrypoint, command, environment } = facts;
      return { user, entrypoint, command, ...(environment ? { environment } : {}) };
    });
    return 'value' in known ? known.value : undefined;
  }

  /** What a tag of a trusted repository leads to. */
  async function digestOfTag(
    registry: RegistryDocument,
    repository: string,
    tag: string,
  ): Promise<Known<Digest | undefined>> {
    const { host } = registry.spec;
    return tagged(`${host}/${repository}:${tag}`, async () => {
      const tags = await certificates.tags(host, repository);
      return tags.find((each) => each.tag === tag)?.digest;
    });
  }

  async function byContent(content: Digest, rules: Pick<RulesInForce, 'registries'>): Promise<LaunchImageAnswer> {
    if (rules.registries.length === 0) return { facts: nothingToCompare, content };
    const known = await judgementsOf(content);
    if ('away' in known) return { ...storeAway(known.away), content };
    const valid = known.value.find((certificate) => certificateState(certificate, clock.now()) === 'certified');
    const contract = valid?.contract as InputContractDocument | undefined;
    return { facts: standingOf(known.value, clock.now()), content, ...(contract ? { contract } : {}) };
  }

  async function byTag(reference: ImageReference, rules: Pick<RulesInForce, 'registries'>): Promise<LaunchImageAnswer> {
    if (rules.registries.length === 0) return { facts: nothingToCompare };
    const { registry: host, repository, tag = 'latest' } = reference;
    const registry = registryOf(rules, host);
    if (!registry) return { facts: notOurs(host) };
    if (!isTrusted(registry, repository)) {
      const reason = `${registry.metadata.name} trusts nothing in ${repository}`;
      return { facts: { state: 'refused', reason, remedy: 'Name an image of a trusted repository' } };
    }
    const digest = await digestOfTag(registry, repository, tag);
    if ('away' in digest) return storeAway(digest.away);
    if (digest.value === undefined) {
      return { facts: { state: 'refused', reason: `${repository}:${tag} was never certified`, remedy: certifyIt } };
    }
    return byContent(digest.value, rules);
  }

  return async (
    image: LaunchImage | undefined,
    rules: Pick<RulesInForce, 'registries'>,
  ): Promise<LaunchImageAnswer> => {
    if (!image) return { facts: { state: 'unknown', cause: 'it names a container and no image' } };
    if (image.problem !== undefined) return { facts: { state: 'unknown', cause: image.problem } };
    const content = image.id ?? image.reference?.digest;
    if (content === undefined) {
      if (image.reference) return byTag(image.reference, rules);
      return { facts: { state: 'unknown', cause: 'nobody could tell which image that is' } };
    }
    const [answer, start] = await Promise.all([byContent(content, rules), startOf(content)]);
    return { ...answer, ...(start ? { start } : {}) };
  };
}

export type FindLaunchImage = ReturnType<typeof createLaunchImages>;

const certifyIt = 'Push it through the gate, or certify it: portwarden certify SOURCE --to REPOSITORY';
const nothingToCompare: LaunchImageFacts = {
  state: 'unknown',
  cause: 'no Registry document says which images are certified',
};

function storeAway(why: string): LaunchImageAnswer {
  return { facts: { state: 'unknown', cause: `the store is away: ${why}` }, isStoreAway: true };
}

function notOurs(host: string): LaunchImageFacts {
  return {
    state: 'refused',
    reason: `no Registry document is of ${host}`,
    remedy: 'Name an image of a registry that has one, or apply one for it',
  };
}

function standingOf(judgements: readonly Certificate[], now: number): LaunchImageFacts {
  const valid = judgements.find((certificate) => certificateState(certificate, now) === 'certified');
  if (valid) return { state: 'certified', image: valid.image, expires: valid.expires };
  const [newest] = judgements;
  if (!newest) return { state: 'refused', reason: 'it was never certified', remedy: certifyIt };
  return { state: 'refused', image: newest.image, reason: reasonAgainst(newest, now), remedy: certifyIt };
}

/** Why a judgement does not let an image start, in one line. */
export function reasonAgainst(certificate: Certificate, now: number): string {
  const { image, expires, judgedAt, withdrawn } = certificate;
  const name = `${image.registry}/${image.repository}`;
  const state = certificateState(certificate, now);
  if (state === 'withdrawn' && withdrawn)
    return `withdrawn from ${name} at ${formatInstant(withdrawn.effective)}: ${withdrawn.reason}`;
  if (state === 'suspect') return `its certificate for ${name} ran out at ${formatInstant(expires)}`;
  const [reason = 'no reason given'] = reasonsOf(certificate);
  return `${state} for ${name} at ${formatInstant(judgedAt)}: ${reason}`;
}
