/** `node docker-plugin-agent.ts BACKEND_SOCKET ENGINE_SOCKET STORE`: the docker gate over SQLite, as the process of an agent. */
import { silentLog, systemClock } from '../../src/base/index.ts';
import { askEngine, createDockerGate, serveDockerGate } from '../../src/gate/index.ts';
import { parseDocuments } from '../../src/policy/index.ts';
import { createLaunchService } from '../../src/service/launches.ts';
import { createLaunchRecorder } from '../../src/service/record-launches.ts';
import { compileRules } from '../../src/service/rules-in-force.ts';
import { openStore } from '../../src/store/index.ts';
import { launchParts } from '../fakes/launches.ts';
import { noRegistries } from '../fakes/no-registries.ts';

const policy = `
apiVersion: portwarden/v1
kind: LaunchPolicy
metadata: { name: strict }
mode: enforce
spec:
  user: { root: refuse }
  hostPaths: [{ path: /mnt, readOnly: true }]
  resources: { require: [memory] }
`;

const [backend = '', engineSocket = '', path = ''] = process.argv.slice(2);
const store = await openStore({ url: path });
const { launchKey: key, admissions: book, findLanguage } = launchParts();
const rules = compileRules(parseDocuments(policy, 'bench.yaml'), 1, noRegistries.trustSources);
const launches = createLaunchService({
  ...{ store, key, book, findLanguage, clock: systemClock, log: silentLog, host: 'quay-1' },
  rules: async () => rules,
  recorder: createLaunchRecorder({ store: store.launches, log: silentLog }),
  onDecision: () => undefined,
});
const gate = createDockerGate({
  launches,
  host: 'quay-1',
  engine: askEngine(engineSocket),
  images: { mayPull: async () => ({ allowed: true }) },
  settings: () => ({ whenUnreadable: 'deny', whenUndecided: 'deny', routes: { load: 'allow' } }),
  log: silentLog,
});
const server = await serveDockerGate({ socketPath: backend, gate });
process.on('SIGINT', () => {
  void server
    .close()
    .then(() => store.close())
    .then(() => process.exit(0));
});
process.stdout.write('ready\n');
