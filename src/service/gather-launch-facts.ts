import { createSecretKey } from 'node:crypto';
import type { Digest, Instant } from '../base/index.ts';
import { createInputMemory, examineInputs, type FindLanguage, type InputMemory } from '../input/index.ts';
import { findSecretSpans } from '../inspect/index.ts';
import type {
  AdmissionBook,
  InputReport,
  LaunchFacts,
  LaunchFinding,
  LaunchFingerprint,
  LaunchImageFacts,
  LaunchRequest,
  LaunchSet,
  LaunchStore,
} from '../model/index.ts';
import { judgeContracts } from '../policy/index.ts';
import { createAnswerMemory } from './answer-memory.ts';
import { launchFingerprint } from './launch-fingerprint.ts';
import { createLaunchImages, type LaunchImageParts } from './launch-image.ts';
import { createLaunchReadings, type LaunchReading } from './launch-readings.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** Everything that rules look at, for one container of a launch. */
export interface GatheredLaunch {
  readonly facts: LaunchFacts;
  /** The request and what was found in it without secrets, for the record. */
  readonly recorded: LaunchReading['recorded'];
  readonly fingerprint: LaunchFingerprint;
  /** The image is bound to its content: what is admitted by this fingerprint is always the same. */
  readonly isPinned: boolean;
  /** Something could not be asked, since the store is away. */
  readonly isStoreAway: boolean;
}

export interface GatherParts extends LaunchImageParts {
  readonly store: LaunchImageParts['store'] & { readonly launches: LaunchStore };
  readonly book: Pick<AdmissionBook, 'find'>;
  /** What tells code in inputs from data; loaded when the first launch is asked for. */
  readonly findLanguage: () => Promise<FindLanguage>;
  /** By which fingerprints are made. */
  readonly key: Uint8Array;
}

/** What of the rules in force the facts depend on. */
export type FactRules = Pick<RulesInForce, 'registries' | 'contracts' | 'inputStrictness'>;

/** Gathers facts of launches: what the store said within a second is not asked again. */
export function createLaunchFacts(parts: GatherParts) {
  const { store, book } = parts;
  // Made once: of bytes, each digest would make it anew.
  const key = createSecretKey(parts.key);
  const findImage = createLaunchImages(parts);
  const inputs = createInputMemory();
  let findLanguage: FindLanguage | undefined;
  const read = createLaunchReadings((request, inputStrictness, start) => {
    if (!findLanguage) throw new TypeError('no language is loaded');
    return examine(request, { inputStrictness }, start, findLanguage, inputs);
  });
  const memory = createAnswerMemory<Pick<LaunchFacts, 'seen' | 'admitted'>>(parts, () => true);

  /** Of readings of what was asked before in the very same words, of the same image. */
  const printed = new WeakMap<LaunchReading, { readonly image: Digest | undefined; readonly print: Digest }>();

  function fingerprintOf(request: LaunchRequest, image: Digest | undefined, reading: LaunchReading): LaunchFingerprint {
    const before = printed.get(reading);
    if (before && before.image === image) return before.print;
    const print = launchFingerprint(request, image, key);
    printed.set(reading, { image, print });
    return print;
  }

  async function historyOf(fingerprint: Digest, host: string, now: Instant) {
    return memory(`${fingerprint} ${host}`, async () => {
      const [here, ticket] = await Promise.all([
        store.launches.admission(fingerprint, host),
        store.launches.ticketOf(fingerprint),
      ]);
      const { state, answer } = ticket ?? {};
      const isApproved = state === 'approved' && (answer?.until ?? 0) > now;
      // What started by an approval alone was let pass for a while, and that is over.
      const isOver = state === 'approved' && !isApproved && here !== undefined && here.firstAt >= (answer?.at ?? 0);
      const admitted = here?.admittedAt === undefined ? {} : { admitted: { at: here.admittedAt } };
      return { seen: isApproved || (here !== undefined && !isOver), ...admitted };
    });
  }

  /** What the store would say, as far as the book of this host knows it. */
  async function bookedOf(
    fingerprint: Digest,
    isPinned: boolean,
    away: string,
  ): Promise<Pick<LaunchFacts, 'seen' | 'unasked'>> {
    const isBooked = isPinned && (await book.find(fingerprint)) !== undefined;
    return isBooked ? { seen: true } : { unasked: `the store is away: ${away}` };
  }

  return async (set: LaunchSet, host: string, rules: FactRules, now: Instant): Promise<readonly GatheredLaunch[]> => {
    findLanguage ??= await parts.findLanguage();
    return Promise.all(
      set.requests.map(async (request): Promise<GatheredLaunch> => {
        const image = await findImage(request.image, rules);
        const { start } = image;
        const reading = read(request, rules.inputStrictness, start);
        const { inputs, recorded } = reading;
        const fingerprint = fingerprintOf(request, image.content, reading);
        const known = await historyOf(fingerprint, host, now);
        const isPinned = image.content !== undefined;
        const name = nameOf(request, image.facts);
        // What operators wrote counts before what came with the image.
        const written = judgeContracts(request, name, rules.contracts, inputs, start);
        const contract =
          written.state === 'none' && image.contract
            ? judgeContracts(request, name, [image.contract], inputs, start)
            : written;
        return {
          fingerprint,
          recorded,
          isPinned,
          isStoreAway: 'away' in known || image.isStoreAway === true,
          facts: {
            request,
            image: image.facts,
            inputs,
            contract,
            host,
            now,
            ...(start ? { start } : {}),
            ...(set.pod ? { pod: set.pod } : {}),
            ...('value' in known ? known.value : await bookedOf(fingerprint, isPinned, known.away)),
          },
        };
      }),
    );
  };
}

/**
 * As strictly as any policy in force asks. What only the strict look finds is a guess to those who do not ask for it.
 */
export function examine(
  request: LaunchRequest,
  { inputStrictness }: Pick<RulesInForce, 'inputStrictness'>,
  start: LaunchFacts['start'],
  findLanguage: FindLanguage,
  memory?: InputMemory,
): InputReport {
  const options = {
    ...{ findLanguage, findSecrets: findSecretSpans },
    ...(start ? { start } : {}),
    ...(memory ? { memory } : {}),
  };
  const usual = examineInputs(request, { ...options, strictness: 1 });
  if (inputStrictness === 1) return usual;
  const strict = examineInputs(request, { ...options, strictness: 2 });
  const known = new Set(usual.findings.map(({ rule, path }) => `${rule} ${path}`));
  const findings = strict.findings.map((finding): LaunchFinding => {
    return known.has(`${finding.rule} ${finding.path}`) ? finding : { ...finding, confidence: 'guess' };
  });
  return { ...strict, findings };
}

/** By which contracts are looked for: what the image turned out to be, or what it was asked by. */
export function nameOf({ image }: LaunchRequest, { image: known }: LaunchImageFacts) {
  return known ?? image?.reference;
}
