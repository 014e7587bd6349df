/**
 * How fast who-runs answers, beside the same question in SQL on the same data in the same run.
 * `npm run bench -- who-runs` fills a SQLite store and a PostgreSQL with 1,000,000 containers over 20,000 images of 300
 * packages (60,000 distinct), and prints percentiles of counts and of first pages, the time to build the index, and its
 * memory. `node --expose-gc test/bench/who-runs.bench.ts [--size CONTAINERS] [--questions N] [--database sqlite|postgres]
 * [--store FILE|URL]` for less: below a million there are 5,000 images. It asserts nothing.
 *
 * Where it filled the store itself, the time to build the index is that of a process that has worked before, and is too
 * short: what a start takes is seen when it runs again on a `--store` that is filled.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/base/index.ts';
import { createWhoRuns } from '../../src/service/who-runs.ts';
import { openStore } from '../../src/store/index.ts';
import { memoryInUse, percentile } from './figures.ts';
import { openPeer } from './fleet/peer.ts';
import { commonNames, distinctComponents, type FleetShape, names, randomFrom } from './fleet/shape.ts';
import { fleetOptions, onStoredFleets } from './fleet/stores.ts';

const { values } = parseArgs({ options: { ...fleetOptions, questions: { type: 'string', default: '1000' } } });
const questions = Number(values.questions);
const day = 86_400_000;
const end = Date.now();

await onStoredFleets(values, bench);

async function bench(url: string, { containers, images }: FleetShape): Promise<void> {
  const store = await openStore({ url });
  const once = createWhoRuns({ store, clock: systemClock });
  const whoRuns = createWhoRuns({ store, clock: systemClock });
  const before = memoryInUse();
  const start = performance.now();
  await whoRuns.refresh();
  console.log(`  index of ${containers} containers, ${images} images, ${distinctComponents} components`);
  console.log(`  built from the store in ${((performance.now() - start) / 1000).toFixed(2)} s`);
  // The order of starts is a part of the index that is made when rows are asked for first.
  await whoRuns.answer({ name: 'package-0', limit: 1 });
  console.log(`  takes ${((memoryInUse() - before) / 1e6).toFixed(0)} MB, with the directory of components`);

  const peer = await openPeer(url);
  const random = randomFrom(44);
  const asked = Array.from(
    { length: questions },
    (_, index) => `package-${index % 2 === 0 ? random(commonNames) : random(names)}`,
  );
  const at = (name: string) => end - (Number(name.slice('package-'.length)) % 300) * day;
  console.log('  milliseconds                      p50       p99   SQL p50   SQL p99   ratio of p99');
  await compare(
    'count, running now',
    asked,
    async (name) => (await whoRuns.answer({ name, limit: 0 })).count,
    (name) => peer.count(name),
  );
  await compare(
    'count, at an instant',
    asked,
    async (name) => (await whoRuns.answer({ name, limit: 0, at: new Date(at(name)).toISOString() })).count,
    (name) => peer.countAt(name, at(name)),
  );
  await compare(
    'first 100 rows, running now',
    asked,
    async (name) => (await whoRuns.answer({ name, limit: 100 })).containers.length,
    (name) => peer.rows(name),
  );
  await compare(
    'without the index (a CLI), count',
    asked.slice(0, 20),
    async (name) => (await once.answer({ name, limit: 0 })).count,
    (name) => peer.count(name),
  );
  await peer.close();
  await store.close();
}

async function compare(
  title: string,
  asked: readonly string[],
  ours: (name: string) => Promise<number>,
  peer: (name: string) => Promise<number>,
): Promise<void> {
  // Compiled code is what a server runs.
  for (const name of asked.slice(0, asked.length / 20)) await ours(name);
  const [our, theirs]: [number[], number[]] = [[], []];
  let different = 0;
  // The peer is slow: it answers a part of the questions, by turns with the index.
  const every = Math.max(1, Math.floor(asked.length / 20));
  for (const [index, name] of asked.entries()) {
    const start = performance.now();
    const answer = await ours(name);
    our.push(performance.now() - start);
    if (index % every !== every - 1) continue;
    const peerStart = performance.now();
    const expected = await peer(name);
    theirs.push(performance.now() - peerStart);
    if (answer !== expected) different++;
  }
  const figures = [percentile(our, 0.5), percentile(our, 0.99), percentile(theirs, 0.5), percentile(theirs, 0.99)];
  const ratio = (figures[3] as number) / (figures[1] as number);
  const line = [
    ...figures.map((figure) => figure.toFixed(3).padStart(9)),
    `${ratio.toFixed(1)} times`.padStart(12),
  ].join(' ');
  console.log(`  ${title.padEnd(33)}${line}${different > 0 ? `   ${different} answers differ` : ''}`);
}
