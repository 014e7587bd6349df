import { type Clock, formatInstant, type Instant } from '../base/index.ts';
import type { FindLanguage } from '../input/index.ts';
import { type LaunchStore, parseImageReference, type Store, type StoredDocument } from '../model/index.ts';
import type {
  ContractDetail,
  ContractDraft,
  ContractList,
  ContractSight,
  ContractTrials,
} from '../model/wire/index.ts';
import { contractFor, formatDocument, type InputContractDocument, parseDocuments } from '../policy/index.ts';
import { effectOf } from './contract-effect.ts';
import { compileSight } from './contract-sight.ts';
import { nameOf } from './gather-launch-facts.ts';
import { learnContract } from './learn-contract.ts';
import { listContracts } from './list-contracts.ts';
import type { RulesInForce } from './rules-in-force.ts';
import { ServiceError } from './service-error.ts';
import { createStartsMemory } from './starts-memory.ts';
import { tryContracts } from './try-contracts.ts';

/** What may be passed at start, beside what was. */
export interface ContractService {
  /** In force, and images that start without one. */
  list(days?: number): Promise<ContractList>;
  /** By its name, or by an image that it speaks of; undefined where there is none. */
  show(contract: string, days?: number): Promise<ContractDetail | undefined>;
  /** One that need not be in force, beside the same. Throws PolicyError, ServiceError `bad-query` where it is not one contract. */
  look(text: string, days?: number): Promise<ContractSight>;
  /** Holds a file of launches against it. Throws as `look` does. */
  test(text: string, launches: string): Promise<ContractTrials>;
  /** As the recorded starts of an image would have it; undefined where none is recorded. Throws ImageReferenceError. */
  draft(image: string): Promise<ContractDraft | undefined>;
}

export interface ContractParts {
  readonly store: { readonly launches: LaunchStore; readonly documents: Store['documents'] };
  readonly clock: Clock;
  readonly rules: () => Promise<RulesInForce>;
  /** What tells code in inputs from data. */
  readonly findLanguage: () => Promise<FindLanguage>;
}

const usualDays = 7;
const day = 86_400_000;
/** Starts that are read for one contract, and for the list of all. */
const most = { one: 5000, all: 10_000 };
/** What refusals of a text name as the file. */
const file = 'contract';

export function createContractService({ store, clock, rules, findLanguage }: ContractParts): ContractService {
  const { launches, documents } = store;
  const memory = createStartsMemory(launches, clock);
  const sinceOf = (days: number): Instant => clock.now() - days * day;

  async function sightOf(contract: InputContractDocument, days: number, known: readonly InputContractDocument[]) {
    const others = known.filter(({ metadata }) => metadata.name !== contract.metadata.name);
    const { images } = contract.spec;
    const read = await memory(`${days} ${JSON.stringify(images)}`, {
      since: sinceOf(days),
      most: most.one,
      ...textOf(images),
      isWanted: ({ request, image }) => {
        const name = nameOf(request, image);
        return name !== undefined && contractFor(name, [contract]).state === 'one';
      },
    });
    const conflicts = new Set<string>();
    const groups = read.groups.filter(({ facts }) => {
      const name = nameOf(facts.request, facts.image);
      const choice = name ? contractFor(name, [...others, contract]) : { state: 'none' as const };
      if (choice.state === 'conflict')
        for (const { metadata } of choice.contracts)
          if (metadata.name !== contract.metadata.name) conflicts.add(metadata.name);
      return choice.state === 'one' ? choice.contract === contract : choice.state === 'conflict';
    });
    const sight: ContractSight = {
      ...compileSight(contract, groups),
      days,
      whole: read.isWhole,
      since: read.since === undefined ? null : formatInstant(read.since),
      conflicts: [...conflicts].sort(),
    };
    return { sight, groups };
  }

  async function detailOf({ body, appliedAt, appliedBy }: StoredDocument, days: number): Promise<ContractDetail> {
    const contract = body as InputContractDocument;
    const { contracts, launchPolicies } = await rules();
    const { sight, groups } = await sightOf(contract, days, contracts);
    return {
      name: contract.metadata.name,
      mode: contract.mode ?? 'enforce',
      effect: effectOf(contract, groups, launchPolicies),
      appliedAt: formatInstant(appliedAt),
      appliedBy,
      text: formatDocument(contract),
      sight,
    };
  }

  return {
    async list(days = usualDays) {
      const { contracts, launchPolicies } = await rules();
      const { groups, isWhole } = await memory(`${days}`, { since: sinceOf(days), most: most.all });
      const stored = await documents.list('InputContract');
      return { days, whole: isWhole, ...listContracts(stored, contracts, groups, launchPolicies) };
    },
    async show(contract, days = usualDays) {
      const stored = await documents.list('InputContract');
      const named = stored.find(({ name }) => name === contract);
      if (named) return detailOf(named, days);
      const reference = parseImageReference(contract);
      const choice = contractFor(
        reference,
        stored.map(({ body }) => body as InputContractDocument),
      );
      if (choice.state === 'none') return undefined;
      if (choice.state === 'conflict') {
        const names = choice.contracts.map(({ metadata }) => metadata.name).sort();
        throw new ServiceError('bad-query', `${names.join(' and ')} speak equally of ${contract.slice(0, 200)}`, {
          remedy: 'Name one of them',
        });
      }
      const found = stored.find(({ name }) => name === choice.contract.metadata.name);
      return found && detailOf(found, days);
    },
    async look(text, days = usualDays) {
      return (await sightOf(parseContract(text), days, (await rules()).contracts)).sight;
    },
    async test(text, written) {
      return {
        items: tryContracts([parseContract(text)], [{ name: 'launches', text: written }], await findLanguage()).map(
          ({ findings, ...trial }) => ({
            ...trial,
            findings: findings.map(({ path, subject, evidence }) => ({ path, subject, evidence })),
          }),
        ),
      };
    },
    draft: (image) => learnContract(launches, image),
  };
}

/** By which recorded launches are narrowed, where it speaks of one repository. */
function textOf(images: readonly string[]): { readonly text?: string } {
  const [image = '', ...others] = images;
  if (others.length > 0 || image.includes('*') || /^sha\d+:/.test(image)) return {};
  try {
    return { text: parseImageReference(image).repository.replace(/^library\//, '') };
  } catch {
    // What is no name of an image narrows nothing.
    return {};
  }
}

function parseContract(text: string): InputContractDocument {
  const [document, ...others] = parseDocuments(text, file);
  if (document?.kind === 'InputContract' && others.length === 0) return document;
  throw new ServiceError('bad-query', 'This is not one InputContract document', {
    remedy: 'Give one document of the kind InputContract',
  });
}
