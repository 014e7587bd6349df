/** `node docker-plugin-agent.ts BACKEND_SOCKET ENGINE_SOCKET STORE`: the docker gate over SQLite, as the process of an agent. */
import { silentLog, systemClock } from '../../src/base/index.ts';
import { resolveHostPath } from '../../src/gate/docker/resolve-host-path.ts';
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
const store0 = await openStore({ url: path });
const ev: [string, number][] = [];
let tm: any;
const mark = (n: string) => {
  ev.push([n, performance.now()]);
  clearTimeout(tm);
  tm = setTimeout(() => {
    const t0 = ev[0]![1];
    const g = new Map<string, number[]>();
    for (const [k, t] of ev) (g.get(k) ?? g.set(k, []).get(k)!).push(t - t0);
    if (ev.length > 100)
      process.stderr.write(
        [...g].map(([k, ts]) => `${k}:${ts.length}[${ts[0]!.toFixed(1)}..${ts.at(-1)!.toFixed(1)}]`).join(' ') + '\n',
      );
    ev.length = 0;
  }, 300);
};
const wrap = <T extends (...a: any[]) => Promise<any>>(n: string, f: T): T =>
  (async (...a: any[]) => {
    mark(n + '<');
    const r = await f(...a);
    mark(n + '>');
    return r;
  }) as T;
const store = { ...store0, launches: { ...store0.launches, record: wrap('record', store0.launches.record) } };

const { launchKey: key, admissions: book } = launchParts();
const rules = compileRules(parseDocuments(policy, 'bench.yaml'), 1, noRegistries.trustSources);
const launches = createLaunchService({
  ...{ store, key, book, clock: systemClock, log: silentLog, host: 'quay-1' },
  rules: async () => rules,
  recorder: createLaunchRecorder({ store: store.launches, log: silentLog }),
  onDecision: () => undefined,
});
const eng = askEngine(engineSocket);
const gate = createDockerGate({
  launches: { ...launches, decide: wrap('decide', launches.decide) },
  host: 'quay-1',
  engine: { ...eng, inspectImage: wrap('image', eng.inspectImage) },
  resolvePath: wrap('path', resolveHostPath),
  images: { mayPull: async () => ({ allowed: true }) },
  settings: () => ({ whenUnreadable: 'deny', whenUndecided: 'deny', routes: { load: 'allow' } }),
  log: silentLog,
});
const server = await serveDockerGate({ socketPath: backend, gate: { answer: wrap('answer', gate.answer) } });
process.on('SIGINT', () => {
  void server
    .close()
    .then(() => store.close())
    .then(() => process.exit(0));
});
process.stdout.write('ready\n');
