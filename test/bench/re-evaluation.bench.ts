/**
 * How long it takes from an update of a feed that changes 1,000 advisories to its changes written down, with the
 * containers that they concern: the feed is read, imported and judged as `up` does it, over 1,000,000 containers, 20,000
 * images of 300 packages (60,000 distinct) and 20,000 advisories. The floor, in the same run, is a bare write of as many
 * rows in one transaction. `npm run bench -- re-evaluation`, or `node --expose-gc test/bench/re-evaluation.bench.ts` with
 * [--size CONTAINERS] [--changed N] [--rounds N] [--database sqlite|postgres] [--store FILE|URL].
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/base/index.ts';
import { createEventBus } from '../../src/service/event-bus.ts';
import { createFeedService } from '../../src/service/feeds.ts';
import { summarizeChanges } from '../../src/service/summarize-changes.ts';
import { createWhoRuns } from '../../src/service/who-runs.ts';
import { openStore } from '../../src/store/index.ts';
import { timed } from './figures.ts';
import { bareWrite } from './fleet/bare-write.ts';
import { advisories, feedLines } from './fleet/feed.ts';
import { timedStore } from './fleet/stopwatch.ts';
import { fleetOptions, onStoredFleets } from './fleet/stores.ts';

const { values } = parseArgs({
  options: { ...fleetOptions, changed: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '3' } },
});
const changed = Number(values.changed);
const folder = mkdtempSync(join(tmpdir(), 'portwarden-bench-feed-'));
const location = join(folder, 'feed.jsonl');
try {
  await onStoredFleets(values, bench);
} finally {
  rmSync(folder, { recursive: true });
}

async function bench(url: string): Promise<void> {
  const opened = await openStore({ url });
  const { store, take } = timedStore(opened);
  const feeds = createFeedService({ store, clock: systemClock, events: createEventBus() });
  const whoRuns = createWhoRuns({ store: opened, clock: systemClock });
  await whoRuns.refresh();
  await opened.advisories.putFeed({ id: 'bench', format: 'osv', location });
  writeFileSync(location, feedLines(0, changed));
  await timed(`first import of ${advisories} advisories, all components judged`, () => update(feeds));
  for (let round = 1; round <= Number(values.rounds); round++) {
    writeFileSync(location, feedLines(round, changed));
    take();
    const last = await opened.changes.lastId();
    const start = performance.now();
    const judged = await update(feeds);
    const written = performance.now();
    const { items } = await opened.changes.list({ afterId: last, limit: 100_000, offset: 0, oldestFirst: true });
    const flaws = await summarizeChanges(items, whoRuns);
    const end = performance.now();
    const running = flaws.reduce((most, flaw) => Math.max(most, flaw.running), 0);
    const floor = await bareWrite(url, changed * 2 + judged * 2 + items.length);
    console.log(
      `  update of ${changed}: ${judged} components judged, ${items.length} changes of ${flaws.length} flaws, up to ` +
        `${running} containers, in ${milliseconds(end - start)} (bare write ${milliseconds(floor)}, ` +
        `${((end - start) / floor).toFixed(1)} times)`,
    );
    tellParts(take(), written - start, end - written);
  }
  await opened.close();
}

async function update(feeds: ReturnType<typeof createFeedService>): Promise<number> {
  const [result] = await feeds.update('bench');
  if (result?.state !== 'imported') throw new Error(`the feed was not imported: ${JSON.stringify(result)}`);
  return result.componentsJudged;
}

function tellParts(times: ReadonlyMap<string, number>, updated: number, told: number): void {
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (times.get(name) ?? 0), 0);
  const importing = of('advisories.beginImport', 'import.add', 'import.finish');
  const looking = of('matches.pending', 'boms.componentsById', 'advisories.naming', 'advisories.remarks');
  const writing = of('matches.put');
  const rest = updated - importing - looking - writing;
  console.log(
    `    import ${milliseconds(importing)}, what to judge and by what ${milliseconds(looking)}, write of judgements and ` +
      `changes ${milliseconds(writing)}, read of the feed and matching ${milliseconds(rest)}, whom it concerns ` +
      milliseconds(told),
  );
}

function milliseconds(time: number): string {
  return `${time.toFixed(0)} ms`;
}
