import { digestOf, silentLog, systemClock } from '../../src/base/index.ts';
import type { Certificate, Store } from '../../src/model/index.ts';
import { type PolicyDocument, parseDocuments } from '../../src/policy/index.ts';
import type { AskedLaunch, LaunchService, UnreadableLaunch } from '../../src/service/index.ts';
import { createLaunchService } from '../../src/service/launches.ts';
import { createLaunchRecorder } from '../../src/service/record-launches.ts';
import { compileRules } from '../../src/service/rules-in-force.ts';
import { createMemoryLaunches } from './launch-store.ts';
import { launchParts } from './launches.ts';
import { noRegistries } from './no-registries.ts';

/** The launch service with its store in memory, that keeps what it was asked. */
export interface JudgedLaunches extends LaunchService {
  readonly asked: AskedLaunch[];
  readonly refused: UnreadableLaunch[];
}

export interface JudgedRules {
  /** IDs of the images that are certified, and may start; absent: no policy asks for that. */
  images?: readonly string[];
}

const policy = `
apiVersion: portwarden/v1
kind: LaunchPolicy
metadata: { name: strict }
mode: enforce
spec:
  capabilities: { allow: [] }
  namespaces: { host: [], shared: [] }
  sysctls: []
  runtimes: []
  cgroupParent: refuse
  volumesFrom: refuse
  hostPaths:
    - { path: /mnt, readOnly: true }
`;
const certified = `${policy}  image: { notCertified: refuse }
---
apiVersion: portwarden/v1
kind: Registry
metadata: { name: harbor }
spec: { host: trusted.example, quarantine: quarantine, trusted: [harbor/**] }
`;

/** Decides by a strict policy, with everything that decides in the product; an image is certified by its ID. */
export function createJudgedLaunches(given: JudgedRules = {}): JudgedLaunches {
  const asked: AskedLaunch[] = [];
  const refused: UnreadableLaunch[] = [];
  const launches = createMemoryLaunches();
  const { launchKey: key, admissions: book, findLanguage } = launchParts();
  const certificateOf = (id: string) =>
    ({
      image: { registry: 'trusted.example', repository: 'harbor/busybox', digest: digestOf(id) },
      outcome: 'certified',
      findings: [],
      judgedAt: systemClock.now() - 60_000,
      expires: systemClock.now() + 86_400_000,
    }) as unknown as Certificate;
  // Of the store, what launches take.
  const store = {
    launches,
    images: { get: async () => undefined },
    certificates: {
      judgementsOf: async (ids: readonly string[]) =>
        new Map(ids.map((id) => [id, given.images?.includes(id) ? [certificateOf(id)] : []])),
      tags: async () => [],
    },
  } as unknown as Store;
  const compile = (text: string, revision: number) => {
    const documents: readonly PolicyDocument[] = parseDocuments(text, 'strict.yaml');
    return compileRules(documents, revision, noRegistries.trustSources);
  };
  const [usual, strict] = [compile(policy, 1), compile(certified, 2)];
  const service = createLaunchService({
    ...{ store, key, book, findLanguage, clock: systemClock, log: silentLog, host: 'quay-1' },
    rules: async () => (given.images === undefined ? usual : strict),
    recorder: createLaunchRecorder({ store: launches, log: silentLog }),
    onDecision: () => undefined,
  });
  return {
    ...service,
    asked,
    refused,
    decide: (launch) => {
      asked.push(launch);
      return service.decide(launch);
    },
    refuse: (launch) => {
      refused.push(launch);
      return service.refuse(launch);
    },
  };
}
