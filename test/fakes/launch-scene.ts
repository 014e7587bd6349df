import { type Digest, digestOf, fixedClock, silentLog } from '../../src/base/index.ts';
import type { Certificate, LaunchRequest, LaunchSet, Store } from '../../src/model/index.ts';
import type { LaunchPolicyDocument, PolicyDocument } from '../../src/policy/index.ts';
import { createLaunchService } from '../../src/service/launches.ts';
import { createLaunchRecorder } from '../../src/service/record-launches.ts';
import { compileRules } from '../../src/service/rules-in-force.ts';
import { createMemoryLaunches } from './launch-store.ts';
import { launchParts, launchRequest } from './launches.ts';
import { noRegistries } from './no-registries.ts';

export const day = 86_400_000;
export const start = Date.parse('2026-01-01T00:00:00Z');
/** Of the image's content, as an engine names it. */
export const id = digestOf('config');

export const policy = (
  spec: LaunchPolicyDocument['spec'],
  mode: 'enforce' | 'observe' = 'enforce',
): LaunchPolicyDocument => ({
  apiVersion: 'portwarden/v1',
  kind: 'LaunchPolicy',
  metadata: { name: 'test' },
  mode,
  spec,
});
export const registry: PolicyDocument = {
  apiVersion: 'portwarden/v1',
  kind: 'Registry',
  metadata: { name: 'main' },
  spec: { host: 'registry.example', credentials: 'docker-config', quarantine: 'quarantine', trusted: ['team/**'] },
};
export const certificate = {
  image: { registry: 'registry.example', repository: 'team/app', digest: digestOf('manifest') },
  outcome: 'certified',
  findings: [],
  judgedAt: start,
  expires: start + 10 * day,
} as unknown as Certificate;

interface World {
  isAway: boolean;
  /** Rules are known to a process that starts while the store is away. */
  isKept: boolean;
  documents: readonly PolicyDocument[];
  isDiskFull: boolean;
  certificates: readonly Certificate[];
  /** Of the one repository. */
  tags: readonly { readonly tag: string; readonly digest: Digest }[];
}

/** Launches over a store in memory that may be away. Each `open()` is a process that starts anew. */
export function openScene(documents: readonly PolicyDocument[], certificates: readonly Certificate[] = []) {
  const clock = fixedClock(start);
  const launches = createMemoryLaunches();
  const parts = launchParts(clock);
  const world: World = { isAway: false, isKept: false, documents, isDiskFull: false, certificates, tags: [] };
  const asked = async <Value>(answer: () => Value) => {
    if (world.isAway) throw new Error('no connection');
    return answer();
  };
  const store = {
    launches: {
      ...launches,
      record: (...given: Parameters<typeof launches.record>) => asked(() => launches.record(...given)),
      admission: (...given: Parameters<typeof launches.admission>) => asked(() => launches.admission(...given)),
      ticketOf: (...given: Parameters<typeof launches.ticketOf>) => asked(() => launches.ticketOf(...given)),
    },
    images: { get: () => asked(() => undefined) },
    certificates: {
      judgementsOf: () => asked(() => new Map([[id, world.certificates]])),
      tags: () => asked(() => world.tags),
    },
  } as unknown as Store;
  const recorder = createLaunchRecorder({ store: store.launches, log: silentLog });
  const open = () => {
    // As the reader of rules has it: what was read once holds while the store is away.
    let known = false;
    return createLaunchService({
      store,
      clock,
      log: silentLog,
      host: 'one.example',
      key: parts.launchKey,
      findLanguage: parts.findLanguage,
      book: {
        ...parts.admissions,
        admit: async (...given) => {
          if (world.isDiskFull) throw new Error('no space left on device');
          return parts.admissions.admit(...given);
        },
      },
      rules: async () => {
        known ||= world.isKept || (await asked(() => true));
        return compileRules(world.documents, 1, noRegistries.trustSources);
      },
      recorder,
      onDecision: () => undefined,
    });
  };
  const decide = (over: Partial<LaunchRequest> = {}, service = open()) =>
    service.decide({ gate: 'docker', set: setOf(over) });
  return { clock, world, launches, recorder, open, decide };
}

export function setOf(over: Partial<LaunchRequest> = {}): LaunchSet {
  const image = { value: 'registry.example/team/app:1', path: 'Image', id };
  return { form: 'docker', requests: [launchRequest({ image, ...over })] };
}
