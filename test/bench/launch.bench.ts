/**
 * What a decision on a launch takes in this process: reading a body of the Docker API and a Pod, looking into what they pass and
 * judging them by two policies, as ratios to JSON.parse of the same bytes, by turns; and whole decisions, warm, over a store
 * that does nothing and over SQLite on disk, one after the other and fifty at a time.
 * `node test/bench/launch.bench.ts [--rounds N]`. It asserts nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { createInputMemory, examineInputs } from '../../src/input/index.ts';
import { findSecretSpans } from '../../src/inspect/index.ts';
import { parseDockerCreate, parseStrictJson, parseWorkload } from '../../src/launch/index.ts';
import type { LaunchFacts, LaunchSet, Store } from '../../src/model/index.ts';
import { judgeLaunchSet, type LaunchPolicyDocument, parseDocuments } from '../../src/policy/index.ts';
import { createLaunchService } from '../../src/service/launches.ts';
import { createLaunchRecorder } from '../../src/service/record-launches.ts';
import { compileRules } from '../../src/service/rules-in-force.ts';
import { openStore } from '../../src/store/index.ts';
import { container, pod } from '../fakes/admission-reviews.ts';
import { findLanguage } from '../fakes/languages.ts';
import { createMemoryLaunches } from '../fakes/launch-store.ts';
import { launchParts } from '../fakes/launches.ts';
import { noRegistries } from '../fakes/no-registries.ts';
import { percentile } from './figures.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '300' } } });
const rounds = Number(values.rounds);
const perRound = 20;

/** As they stand in compose files: names, numbers, addresses, a sentence, some JSON. */
const settings = [
  ...['true', 'info', '8080', 'db.shop.svc', '/var/lib/app', 'redis://cache:6379/0', 'https://shop.example/a?b=c&d=e'],
  ...[
    'production',
    'UTC',
    '512m',
    '-Xmx512m -XX:+UseG1GC',
    'a,b,c',
    'Shop of the harbor',
    '{"name":"web","replicas":3}',
  ],
  ...[
    '0.25',
    'en_US.UTF-8',
    'jdbc:postgresql://db:5432/shop',
    '*.shop.example',
    'value of the setting number 7',
    '30s',
  ],
];

const body = JSON.stringify({
  Image: `registry.example/team/app@sha256:${'1'.repeat(64)}`,
  User: '1000:1000',
  Cmd: ['serve', '--port=8080', '--config', '/etc/app/config.yaml'],
  Env: settings.map((value, index) => `SETTING_${index}=${value}`),
  Labels: Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`org.example.label-${index}`, 'x'.repeat(45)])),
  ExposedPorts: { '8080/tcp': {} },
  HostConfig: {
    Binds: ['/srv/data:/data', '/etc/localtime:/etc/localtime:ro'],
    PortBindings: { '8080/tcp': [{ HostIp: '', HostPort: '8080' }] },
    RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
    CapDrop: ['ALL'],
    CapAdd: ['NET_BIND_SERVICE'],
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: true,
    Memory: 268_435_456,
    NanoCpus: 1_000_000_000,
    PidsLimit: 512,
    Tmpfs: { '/tmp': 'size=64m' },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } },
    NetworkMode: 'shop',
  },
  NetworkingConfig: { EndpointsConfig: { shop: { Aliases: ['app'] } } },
});
const env = settings.map((value, index) => ({ name: `SETTING_${index}`, value }));
const podText = JSON.stringify(pod({ containers: [container({ env }), container({ name: 'side', env })] }));

const policies = parseDocuments(
  `
apiVersion: portwarden/v1
kind: LaunchPolicy
metadata: { name: default }
spec: {}
---
apiVersion: portwarden/v1
kind: LaunchPolicy
metadata: { name: strict }
spec:
  image: { registries: [registry.example/team/**], notPinned: refuse }
  user: { root: refuse, uids: ["1000-65535"] }
  capabilities: { allow: [NET_BIND_SERVICE] }
  noNewPrivileges: require
  hostPaths: [{ path: /srv/data }, { path: /etc/localtime, readOnly: true }]
  resources: { require: [memory, pids], maxMemory: 2GiB }
  ports: { host: ["8000-8999"] }
`,
  'bench.yaml',
).filter((document): document is LaunchPolicyDocument => document.kind === 'LaunchPolicy');

const docker = (text: string) => parseDockerCreate(parseStrictJson(text));
const workload = (text: string) => parseWorkload(parseStrictJson(text));
const memory = createInputMemory();
const examine = ({ requests }: LaunchSet) =>
  requests.map((request) =>
    examineInputs(request, { strictness: 1, findLanguage, findSecrets: findSecretSpans, memory }),
  );
const examineFirst = ({ requests }: LaunchSet) =>
  requests.map((request) => examineInputs(request, { strictness: 1, findLanguage, findSecrets: findSecretSpans }));

function factsOf(set: LaunchSet): readonly LaunchFacts[] {
  const reports = examine(set);
  return set.requests.map((request, index) => ({
    request,
    image: { state: 'unknown', cause: 'it is a bench' },
    inputs: reports[index] ?? { findings: [], inputs: [], unread: [] },
    contract: { state: 'none' },
    now: Date.now(),
    ...(set.pod ? { pod: set.pod } : {}),
  }));
}

/** Microseconds for each work, by turns. */
function byTurns(works: Readonly<Record<string, () => unknown>>): Readonly<Record<string, readonly number[]>> {
  const took = Object.fromEntries(Object.keys(works).map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++)
    for (const [name, work] of Object.entries(works)) {
      const begun = performance.now();
      for (let count = 0; count < perRound; count++) work();
      // The first rounds are those of the compiler.
      if (round >= rounds / 4) took[name]?.push(((performance.now() - begun) * 1000) / perRound);
    }
  return took;
}

function measureParts(title: string, text: string, read: (text: string) => LaunchSet): void {
  const set = read(text);
  const facts = factsOf(set);
  const { outcome } = judgeLaunchSet(facts, policies, []);
  const took = byTurns({
    'JSON.parse': () => JSON.parse(text),
    parse: () => read(text),
    'examine what is passed for the first time': () => examineFirst(set),
    'examine what was passed before': () => examine(set),
    'judge by two policies': () => judgeLaunchSet(facts, policies, []),
    'all three': () => judgeLaunchSet(factsOf(read(text)), policies, []),
  });
  const floor = percentile(took['JSON.parse'] ?? [], 0.5);
  console.log(`${title}, ${text.length} bytes, ${set.requests.length} container(s), ${outcome}`);
  for (const [name, times] of Object.entries(took)) {
    const middle = percentile(times, 0.5);
    console.log(`  ${name}: ${middle.toFixed(0)} µs (× ${(middle / floor).toFixed(1)} of JSON.parse)`);
  }
}

function openService(store: Pick<Store, 'launches' | 'images' | 'certificates'>) {
  const parts = launchParts();
  const rules = compileRules(policies, 1, noRegistries.trustSources);
  return createLaunchService({
    store: store as Store,
    clock: systemClock,
    log: silentLog,
    host: 'one.example',
    key: parts.launchKey,
    findLanguage: parts.findLanguage,
    book: parts.admissions,
    rules: async () => rules,
    recorder: createLaunchRecorder({ store: store.launches, log: silentLog }),
    onDecision: () => undefined,
  });
}

async function measureDecisions(title: string, service: ReturnType<typeof openService>): Promise<void> {
  const decide = async (text: string): Promise<number> => {
    const begun = performance.now();
    const { verdict } = await service.decide({ gate: 'docker', set: docker(text) });
    if (verdict.outcome !== 'allow') throw new Error(`it is not allowed: ${verdict.outcome} ${verdict.cause}`);
    return performance.now() - begun;
  };
  const another = (index: number) => body.replace('value of the setting number 7', `value of another launch ${index}`);
  for (let count = 0; count < 300; count++) await decide(another(-count));
  const same: number[] = [];
  const others: number[] = [];
  const crowd: number[] = [];
  const used = process.cpuUsage();
  for (let count = 0; count < rounds * 3; count++) same.push(await decide(body));
  const { user, system } = process.cpuUsage(used);
  const processor = (user + system) / 1000 / same.length;
  for (let count = 0; count < rounds * 3; count++) others.push(await decide(another(count)));
  const begun = performance.now();
  for (let count = 0; count < rounds / 4; count++)
    crowd.push(...(await Promise.all(Array.from({ length: 50 }, () => decide(body)))));
  const perSecond = crowd.length / ((performance.now() - begun) / 1000);
  const say = (times: readonly number[]) =>
    `p50 ${percentile(times, 0.5).toFixed(2)}, p99 ${percentile(times, 0.99).toFixed(2)} ms`;
  console.log(`read and decide, ${title}: the same again ${say(same)}; one that is new ${say(others)}`);
  console.log(`  ${processor.toFixed(2)} ms of processor time for the same again, which other load changes less`);
  console.log(`  fifty at once: ${say(crowd)} each, ${perSecond.toFixed(0)} a second`);
}

measureParts('a body of the Docker API', body, docker);
measureParts('a Pod', podText, workload);
const nothing = {
  launches: { ...createMemoryLaunches(), record: async () => undefined },
  images: { get: async () => undefined },
  certificates: { judgementsOf: async () => new Map(), tags: async () => [] },
} as unknown as Store;
await measureDecisions('over a store that does nothing', openService(nothing));
const directory = mkdtempSync(join(tmpdir(), 'launch-bench-'));
const store = await openStore({ url: join(directory, 'store.sqlite') });
try {
  await measureDecisions('over SQLite on disk', openService(store));
} finally {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
}
