import { silentLog, systemClock } from '../../src/base/index.ts';
import type { LaunchRequest, Store } from '../../src/model/index.ts';
import { parseImageReference } from '../../src/model/index.ts';
import type { PolicyDocument } from '../../src/policy/index.ts';
import { createContractService } from '../../src/service/contracts.ts';
import { createDocumentService } from '../../src/service/documents.ts';
import { createLaunchService } from '../../src/service/launches.ts';
import { createLaunchRecorder } from '../../src/service/record-launches.ts';
import { replayLaunches } from '../../src/service/replay-launches.ts';
import { createRulesReader } from '../../src/service/rules-in-force.ts';
import { launchParts, launchRequest } from './launches.ts';
import { noRegistries } from './no-registries.ts';

/** The services that decide launches, record them and hold contracts against them, as a server has them, over a store. */
export function createContractScene(store: Store) {
  const clock = systemClock;
  const { launchKey: key, admissions: book, findLanguage } = launchParts(clock);
  const { trustSources } = noRegistries;
  const rules = createRulesReader({ store: store.documents, sources: trustSources, now: () => clock.now() });
  const recorder = createLaunchRecorder({ store: store.launches, log: silentLog });
  const parts = { store, clock, rules, log: silentLog, recorder, key, book, findLanguage, onDecision: () => undefined };
  const at = (host: string) => createLaunchService({ ...parts, host });
  const launches = at('one.example');
  const documents = createDocumentService({
    ...{ store, clock, trustSources },
    replay: async (changed, days) => ({
      ...{ images: 0, turned: [] },
      launches: await replayLaunches(store.launches, changed, await findLanguage(), clock.now(), days),
    }),
    onChange: () => rules.forget(),
  });
  return {
    launches,
    documents,
    contracts: createContractService({ store, clock, rules, findLanguage }),
    /** Somebody starts a container; gives what became of it. */
    start: (image: string, asked: Partial<LaunchRequest> = {}, host = 'one.example') =>
      (host === 'one.example' ? launches : at(host)).decide({
        ...{ gate: 'docker', host },
        set: {
          form: 'docker',
          requests: [
            launchRequest({ image: { value: image, path: 'Image', reference: parseImageReference(image) }, ...asked }),
          ],
        },
      }),
    apply: async (text: string) => documents.apply([{ name: 'scene.yaml', text }], 'ada'),
    applied: async () => (await store.documents.list()).map(({ body }) => body as PolicyDocument),
  };
}

/** What is passed as variables, as the Docker API would have it. */
export const passing = (values: Readonly<Record<string, string>>): Pick<LaunchRequest, 'environment'> => ({
  environment: Object.entries(values).map(([name, value], index) => ({ name, value, path: `Env[${index}]` })),
});
