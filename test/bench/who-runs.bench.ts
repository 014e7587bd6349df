/**
 * How fast who-runs answers, beside the same question in SQL on the same data in the same run.
 * `node test/bench/who-runs.bench.ts [--size CONTAINERS] [--questions N]` fills a SQLite store in a temporary directory
 * with CONTAINERS (100,000) over 5,000 images of 300 packages (20,000 images from 1,000,000 on), and prints percentiles
 * of counts and of first pages, the time to build the index, and its memory. It asserts nothing.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { digestOf, systemClock } from '../../src/base/index.ts';
import { createWhoRuns } from '../../src/service/who-runs.ts';
import { openStore } from '../../src/store/index.ts';

const { values } = parseArgs({
  options: { size: { type: 'string', default: '100000' }, questions: { type: 'string', default: '1000' } },
});
const containers = Number(values.size);
const questions = Number(values.questions);
const images = containers >= 1_000_000 ? 20_000 : 5000;
const names = 12_000;
const versionsOfEach = 5;
const inEachImage = 300;
/** Packages that most images have, as those of a base image. */
const common = 200;
const day = 86_400_000;
const end = Date.now();

let state = 42;
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const folder = mkdtempSync(join(tmpdir(), 'portwarden-bench-'));
const file = join(folder, 'portwarden.sqlite');
try {
  await (await openStore({ url: folder })).close();
  timed('fill', fill);
  console.log(`${(statSync(file).size / 2 ** 20).toFixed(0)} MB of store`);
  await bench();
} finally {
  rmSync(folder, { recursive: true });
}

/** Straight into the tables: through the store it would take longer than all the rest. */
function fill(): void {
  const database = new DatabaseSync(file);
  database.exec('pragma synchronous = off; begin');
  const component = database.prepare(
    `insert into components (component_id, identity, ecosystem, name, source_name, coverage, document)
     values (?, ?, 'npm', ?, null, 'npm', ?)`,
  );
  for (let id = 1; id <= names * versionsOfEach; id++) {
    const [name, version] = [`package-${(id - 1) % names}`, `1.${Math.floor((id - 1) / names)}.0`];
    const document = { purl: `pkg:npm/${name}@${version}`, ecosystem: 'npm', name, version };
    component.run(id, String(id), name, JSON.stringify(document));
  }
  const bom = database.prepare(
    `insert into boms (subject_row, subject, recorded_at, revision, component_ids, document) values (?, ?, 0, 1, ?, x'')`,
  );
  const member = database.prepare('insert into bom_components (component_id, subject_row) values (?, ?)');
  const keys = Array.from({ length: images }, (_, image) => digestOf(`image ${image}`));
  for (const [image, key] of keys.entries()) {
    const ids = new Set<number>();
    while (ids.size < inEachImage) {
      const name = ids.size < inEachImage / 2 ? random(common) : random(names);
      ids.add(1 + name + names * random(versionsOfEach));
    }
    bom.run(image + 1, key, new Uint8Array(Uint32Array.from(ids).sort().buffer));
    for (const id of ids) member.run(id, image + 1);
  }
  const workload = database.prepare(
    `insert into workloads (host, engine, container_id, started, ended, ended_exact, image_id, name, image_reference,
       labels, revision) values (?, 'docker', ?, ?, ?, 1, ?, ?, ?, '{"com.example.team":"harbor"}', 1)`,
  );
  for (let run = 0; run < containers; run++) {
    const image = random(images);
    const started = Math.floor(end - 365 * day + (run / containers) * 365 * day) + random(1000);
    const ended = random(10) < 3 ? null : Math.min(end, started + random(30 * day));
    const id = digestOf(`container ${run}`).slice('sha256:'.length);
    workload.run(
      `host-${random(500)}`,
      id,
      started,
      ended,
      keys[image] ?? '',
      `name-${run}`,
      `registry.example/app-${image}:1`,
    );
  }
  database.exec('update revisions set boms = 1, workloads = 1; commit; analyze; pragma wal_checkpoint(truncate)');
  database.close();
}

async function bench(): Promise<void> {
  const store = await openStore({ url: folder });
  const once = createWhoRuns({ store, clock: systemClock });
  const whoRuns = createWhoRuns({ store, clock: systemClock });
  const before = memory();
  const start = performance.now();
  await whoRuns.refresh();
  console.log(`index of ${containers} containers, ${images} images, ${names * versionsOfEach} components`);
  console.log(`  built from the store in ${((performance.now() - start) / 1000).toFixed(2)} s`);
  console.log(`  takes ${((memory() - before) / 2 ** 20).toFixed(0)} MB, with the directory of components`);

  const database = new DatabaseSync(file, { readOnly: true });
  const matching = `from workloads where image_id in (
      select subject from boms where subject_row in (
        select subject_row from bom_components where component_id in (
          select component_id from components where lower(name) = ? or lower(source_name) = ?)))`;
  const count = database.prepare(
    `select count(*) as containers, count(distinct image_id) ${matching} and ended is null`,
  );
  const countThen = database.prepare(
    `select count(*) as containers ${matching} and started <= ? and (ended is null or ended >= ?)`,
  );
  const rows = database.prepare(`select * ${matching} and ended is null order by started desc limit 100`);

  const asked = Array.from(
    { length: questions },
    (_, index) => `package-${index % 2 === 0 ? random(common) : random(names)}`,
  );
  const at = (name: string) => end - (Number(name.slice('package-'.length)) % 300) * day;
  console.log('milliseconds                        p50       p99   SQL p50   SQL p99   ratio of p99');
  await compare(
    'count, running now',
    asked,
    async (name) => (await whoRuns.answer({ name, limit: 0 })).count,
    (name) => count.get(name, name)?.containers,
  );
  await compare(
    'count, at an instant',
    asked,
    async (name) => (await whoRuns.answer({ name, limit: 0, at: new Date(at(name)).toISOString() })).count,
    (name) => countThen.get(name, name, at(name), at(name))?.containers,
  );
  await compare(
    'first 100 rows, running now',
    asked,
    async (name) => (await whoRuns.answer({ name, limit: 100 })).containers.length,
    (name) => rows.all(name, name).length,
  );
  await compare(
    'without the index (a CLI), count',
    asked.slice(0, 50),
    async (name) => (await once.answer({ name, limit: 0 })).count,
    (name) => count.get(name, name)?.containers,
  );
  database.close();
  await store.close();
}

async function compare(
  title: string,
  asked: readonly string[],
  ours: (name: string) => Promise<unknown>,
  peer: (name: string) => unknown,
): Promise<void> {
  // Compiled code is what a server runs.
  for (const name of asked.slice(0, 50)) await ours(name);
  const [our, theirs]: [number[], number[]] = [[], []];
  let different = 0;
  // The peer is slow: it answers a part of the questions, by turns with the index.
  const every = Math.max(1, Math.floor(asked.length / 100));
  for (const [index, name] of asked.entries()) {
    const start = performance.now();
    const answer = await ours(name);
    our.push(performance.now() - start);
    if (index % every !== 0) continue;
    const peerStart = performance.now();
    const expected = peer(name);
    theirs.push(performance.now() - peerStart);
    if (answer !== expected) different++;
  }
  const figures = [percentile(our, 0.5), percentile(our, 0.99), percentile(theirs, 0.5), percentile(theirs, 0.99)];
  const ratio = (figures[3] as number) / (figures[1] as number);
  const line = [
    ...figures.map((figure) => figure.toFixed(3).padStart(9)),
    `${ratio.toFixed(1)} times`.padStart(12),
  ].join(' ');
  console.log(`${title.padEnd(33)}${line}${different > 0 ? `   ${different} answers differ` : ''}`);
}

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}

function timed(title: string, work: () => void): void {
  const start = performance.now();
  work();
  console.log(`${title}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function memory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
