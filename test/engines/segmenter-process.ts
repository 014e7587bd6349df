/** The agent's part that keeps rules, as a program of its own: it can be killed, and lives in the namespace of a test. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createNamesBook, createRulesBook, createSegmenter, type TrafficRules } from '../../src/agent/index.ts';
import { createLog, systemClock } from '../../src/base/index.ts';
import { denyListOf, parseDocuments, securityGroupOf } from '../../src/policy/index.ts';
import { createDataplane, createNameService } from '../../src/segmentation/index.ts';

const [documents = '', book = '', docker = '', podman = '', upstream = ''] = process.argv.slice(2);
const say = (kind: string, value: unknown): void => {
  process.stdout.write(
    `${JSON.stringify({ kind, value }, (_, item) => (typeof item === 'bigint' ? `${item}` : item))}\n`,
  );
};
const log = await createLog('info');
let changed = (): void => undefined;

/** The file stands for the store: where it is not there, the store is away. */
function readRules(): TrafficRules {
  const all = parseDocuments(readFileSync(documents, 'utf8'), documents);
  return {
    groups: all.flatMap((document) => (document.kind === 'SecurityGroup' ? [securityGroupOf(document)] : [])),
    denyLists: all.flatMap((document) => (document.kind === 'AddressList' ? [denyListOf(document)] : [])),
  };
}

const dataplane = createDataplane({ log });
const resolver = createNameService({
  servers: () => [{ address: upstream, port: 53 }],
  allowName: (name, addresses, seconds) => dataplane.allowName(name, addresses, seconds),
  clock: systemClock,
  log,
  bounds: { shortest: 1, grace: 1 },
});

const segmenter = createSegmenter({
  host: 'quay',
  sockets: { docker: docker === '' ? [] : [docker], podman: podman === '' ? [] : [podman] },
  dataplane,
  ...(upstream === '' ? {} : { resolver }),
  desk: {
    rules: async () => readRules(),
    knownPeers: async () => [],
    network: async ({ containers }) => say('network', containers),
    status: async (status) => say('status', status),
    traffic: async ({ flows, events }) => {
      if (flows.length + events.length > 0) say('traffic', { flows, events });
    },
    onRulesChanged(listener) {
      changed = listener;
      return () => undefined;
    },
  },
  namesBook: createNamesBook({ file: `${book}-names`, key: Buffer.from('a key of tests'), log }),
  book: createRulesBook({ file: book, key: Buffer.from('a key of tests'), log }),
  clock: systemClock,
  log,
  portwardenPorts: [7080],
  checkEvery: 1000,
  pollEvery: 300,
});
const ending = new AbortController();

createInterface({ input: process.stdin }).on('line', async (line) => {
  if (line === 'changed') changed();
  if (line === 'end') ending.abort();
  if (line !== 'verify') return;
  say('verified', await segmenter.verify({ signal: ending.signal }));
});
await segmenter.run(ending.signal);
process.exit(0);
