import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fixedClock } from '../base/index.ts';
import type { Store } from '../model/index.ts';
import type { FleetEvent } from '../model/wire/index.ts';
import { openStore } from '../store/index.ts';
import { createEventBus } from './event-bus.ts';
import { createFeedService } from './feeds.ts';
import { watchStore } from './watch-store.ts';
import { createWhoRuns } from './who-runs.ts';

const clock = fixedClock('2026-05-01T00:00:00Z');
let directory: string;
let ours: Store;
let theirs: Store;
let watching: Promise<void>;
let stop: AbortController;
let seen: FleetEvent[];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pw-watch-store-'));
  ours = await openStore({ url: join(directory, 'store.db') });
  theirs = await openStore({ url: join(directory, 'store.db') });
  stop = new AbortController();
  seen = [];
  const events = createEventBus();
  events.subscribe((event) => seen.push(event));
  watching = watchStore(
    { store: ours, clock, events, whoRuns: createWhoRuns({ store: ours, clock }), lookEvery: 50 },
    stop.signal,
  );
  await ours.revisions();
});
afterEach(async () => {
  stop.abort();
  await watching;
  await ours.close();
  await theirs.close();
  rmSync(directory, { recursive: true, force: true });
});

const component = {
  name: 'left-pad',
  version: '1.3.0',
  purl: 'pkg:npm/left-pad@1.3.0',
  ecosystem: 'npm',
  licenses: [],
  locations: [],
} as const;

async function putHost(): Promise<void> {
  const bom = { subject: { kind: 'host', host: 'quay' }, components: [component], catalogers: [], problems: [] };
  await theirs.boms.put(bom as unknown as Parameters<Store['boms']['put']>[0], clock.now());
}

it('tells of a feed that another process imported', async () => {
  const file = join(directory, 'feed.jsonl');
  writeFileSync(file, JSON.stringify({ id: 'GHSA-x', modified: '2026-04-20T00:00:00Z', affected: [] }));
  const feeds = createFeedService({ store: theirs, clock, events: createEventBus() });
  await feeds.add({ id: 'osv', location: file });
  await feeds.update('osv');
  await vi.waitFor(() => expect(seen).toContainEqual(expect.objectContaining({ type: 'feed', id: 'osv' })));
});

it('tells of a bill of materials that another process recorded, and judges what it left unjudged', async () => {
  const put = vi.spyOn(ours.matches, 'put');
  await putHost();
  await vi.waitFor(() => expect(seen).toContainEqual({ type: 'containers', running: 0, changed: [] }));
  await vi.waitFor(() => expect(put.mock.calls.map(([judgements]) => judgements.length)).toEqual([1]));
  await vi.waitFor(async () => expect(await theirs.matches.pending(10)).toEqual([]));
});
