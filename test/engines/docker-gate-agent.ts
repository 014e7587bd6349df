/** `node docker-gate-agent.ts BACKEND_SOCKET ENGINE_SOCKET`: the docker gate with the launch service, as a process that tests end. */
import { silentLog } from '../../src/base/index.ts';
import { askEngine, createDockerGate, serveDockerGate } from '../../src/gate/index.ts';
import { createJudgedLaunches } from '../fakes/judged-launches.ts';

const [backend = '', engineSocket = ''] = process.argv.slice(2);
const launches = createJudgedLaunches();
const gate = createDockerGate({
  launches,
  host: 'quay-1',
  engine: askEngine(engineSocket),
  images: { mayPull: (reference) => launches.mayPull(reference, 'quay-1') },
  settings: () => ({ whenUnreadable: 'deny', whenUndecided: 'deny', routes: {} }),
  log: silentLog,
});
await serveDockerGate({ socketPath: backend, gate });
process.stdout.write('ready\n');
