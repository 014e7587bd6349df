/** `node docker-gate-agent.ts BACKEND_SOCKET ENGINE_SOCKET`: the docker gate with a referee, as a process that tests end. */
import { silentLog } from '../../src/base/index.ts';
import { askEngine, createDockerGate, serveDockerGate } from '../../src/gate/index.ts';
import { createLaunchReferee } from '../fakes/launch-referee.ts';

const [backend = '', engineSocket = ''] = process.argv.slice(2);
const gate = createDockerGate({
  launches: createLaunchReferee(),
  host: 'quay-1',
  engine: askEngine(engineSocket),
  images: { mayPull: async () => ({ allowed: false, reason: 'the image is not certified' }) },
  settings: () => ({ whenUnreadable: 'deny', whenUndecided: 'deny', routes: {} }),
  log: silentLog,
});
await serveDockerGate({ socketPath: backend, gate });
process.stdout.write('ready\n');
