import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bom, digest, installed, npm, workload } from '../../test/contract/store/specimens.ts';
import { memoryContents } from '../../test/fakes/memory-contents.ts';
import { silentLog, systemClock } from '../base/index.ts';
import {
  defaultReadLimits,
  type FoundNote,
  type LayerChange,
  type OpenWritableLayer,
  type Store,
} from '../model/index.ts';
import type { FleetEvent } from '../model/wire/index.ts';
import { openStore } from '../store/index.ts';
import { createDriftService, type DriftParts } from './drift.ts';
import { createEventBus } from './event-bus.ts';
import { watchDrift } from './watch-drift.ts';

let store: Store;
let parts: DriftParts;
let opened: string[];
let events: FleetEvent[];
const here = workload('web', 'shop', 1000, { host: 'here' });
const there = workload('far', 'shop', 1000, { host: 'there' });

/** The same layer for each container, whose files are as `change` says. */
function layerOf(
  files: Parameters<typeof memoryContents>[0],
  change: LayerChange = 'added',
  notes: readonly FoundNote[] = [],
): OpenWritableLayer {
  return async (_engine, containerId) => {
    opened.push(containerId);
    return {
      contents: memoryContents(files, { notes }),
      seenBy: 'storage',
      compare: async () => ({ change, changedAt: 1500 }),
    };
  };
}
const tool = { '/opt/tool': { bytes: 'a tool of 20 bytes..', mode: 0o755 } };

beforeEach(async () => {
  store = await openStore({ url: ':memory:' });
  opened = [];
  events = [];
  const bus = createEventBus();
  bus.subscribe((event) => events.push(event));
  parts = {
    store,
    openWritableLayer: layerOf(tool),
    clock: systemClock,
    log: silentLog,
    events: bus,
    host: 'here',
    platform: { os: 'linux', architecture: 'amd64' },
    limits: defaultReadLimits,
    content: {},
  };
  await store.workloads.started(here);
  await store.workloads.started(there);
  await store.boms.put(bom('shop', [npm('left-pad', '1.0.0')]), 1);
});
afterEach(() => store.close());

const look = (name: string) => createDriftService(parts).look(name);

describe('a look at a container', () => {
  it('tells what is new once, and says so on the bus', async () => {
    expect(await look('web')).toMatchObject({ state: 'looked', appeared: 1, items: [{ subject: '/opt/tool' }] });
    expect(await look(here.containerId.slice(0, 8))).toMatchObject({ state: 'looked', appeared: 0 });
    expect(events).toEqual([{ type: 'drift', host: 'here', container: here.containerId, name: 'web', appeared: 1 }]);
  });

  it('of another host is asked of that host', async () => {
    expect(await look('far')).toMatchObject({ state: 'queued', message: expect.stringContaining('there') });
    expect(opened).toEqual([]);
    const stop = new AbortController();
    const working = watchDrift({ ...parts, host: 'there' }, undefined, stop.signal);
    await vi.waitUntil(async () => (await store.drift.list({ limit: 1, offset: 0 })).total === 1);
    stop.abort();
    await working;
    expect(opened).toEqual([there.containerId]);
    expect(await store.jobs.lease('look-at-container', 'there', 1, systemClock.now())).toBeUndefined();
  });

  it('is refused where two containers have the name, and unknown where none has', async () => {
    await store.workloads.started(workload('other', 'shop', 1001, { host: 'here', name: 'web' }));
    await expect(look('web')).rejects.toMatchObject({ code: 'ambiguous-container' });
    expect(await look('we')).toBeUndefined();
    expect(await look('')).toBeUndefined();
  });

  it('whose image was not read finds nothing out, and says so', async () => {
    await store.workloads.started(workload('new', 'unread', 1000, { host: 'here' }));
    expect(await look('new')).toMatchObject({
      state: 'failed',
      items: [],
      message: expect.stringContaining('was not read'),
    });
    expect(opened).toEqual([]);
  });

  it('is found by its whole name, however many have it as a part of theirs', async () => {
    for (let n = 0; n < 1100; n++)
      await store.workloads.started(workload(`web-${n}`, 'shop', 2000 + n, { host: 'here', name: `web-${n}` }));
    expect(await look('web')).toMatchObject({ state: 'looked', container: { name: 'web' } });
  });

  it('that fails keeps what was found, and says why', async () => {
    await look('web');
    parts = { ...parts, openWritableLayer: () => Promise.reject(new Error('the engine is gone')) };
    expect(await look('web')).toMatchObject({
      state: 'failed',
      message: 'the engine is gone',
      items: [{ goneAt: null }],
    });
  });

  it.each<[LayerChange, string[]]>([
    ['added', ['inspect/drift/added-program /opt/tool', 'inspect/malware/miner /opt/tool']],
    ['changed', ['inspect/drift/changed-program /opt/tool', 'inspect/malware/miner /opt/tool']],
    ['unknown', ['inspect/drift/changed-program /opt/tool', 'inspect/malware/miner /opt/tool']],
    ['same', []],
  ])('at a program that is %s tells %j', async (change, expected) => {
    const note = {
      kind: 'observation',
      rule: 'inspect/malware/miner',
      severity: 'critical',
      confidence: 'likely',
      detail: 'x',
    };
    const notes = [{ path: '/opt/tool', layer: 0, isHidden: false, note }];
    parts = { ...parts, openWritableLayer: layerOf(tool, change, notes) };
    const told = (await look('web'))?.items.map(({ rule, subject }) => `${rule} ${subject}`);
    expect(told?.sort()).toEqual(expected);
  });

  it('tells what a new package brought with it, and by itself what runs as somebody else', async () => {
    const file = { bytes: 'a tool of 20 bytes..', mode: 0o755 };
    parts = {
      ...parts,
      openWritableLayer: layerOf({
        '/var/lib/dpkg/status': 'Package: nmap\nStatus: install ok installed\nVersion: 1-1\nArchitecture: amd64\n',
        '/var/lib/dpkg/info/nmap.list': '/.\n/usr/bin/nmap\n/usr/bin/ncat\n/usr/bin/suid\n',
        '/usr/bin/nmap': file,
        '/usr/bin/ncat': file,
        '/usr/bin/suid': { ...file, mode: 0o4755 },
      }),
    };
    const items = (await look('web'))?.items ?? [];
    expect(items.map(({ subject, severity }) => `${severity} ${subject}`).sort()).toEqual([
      'high /usr/bin/suid',
      expect.stringMatching(/^medium pkg:deb\/.*nmap@1-1/),
    ]);
    expect(items.map(({ detail }) => detail).join()).toContain('with 2 programs');
  });

  it('tells a package that a lock file of the image asks for, and that the image did not bring', async () => {
    const declared = installed(npm('asked', '1.0.0'), { evidence: { kind: 'declared', confidence: 'certain' } });
    await store.boms.put(bom('shop', [declared]), 2);
    parts = {
      ...parts,
      openWritableLayer: layerOf({ '/srv/node_modules/asked/package.json': '{"name":"asked","version":"1.0.0"}' }),
    };
    expect((await look('web'))?.items.map(({ subject }) => subject)).toEqual(['pkg:npm/asked@1.0.0']);
  });

  it('tells packages by what the image has, and no lock file or claim', async () => {
    parts = {
      ...parts,
      openWritableLayer: layerOf({
        '/srv/node_modules/left-pad/package.json': '{"name":"left-pad","version":"1.0.0"}',
        '/srv/node_modules/newer/package.json': '{"name":"left-pad","version":"2.0.0"}',
        '/srv/package-lock.json': '{"lockfileVersion":3,"packages":{"node_modules/x":{"version":"1.0.0"}}}',
        '/srv/app.cdx.json':
          '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"y","version":"1","purl":"pkg:npm/y@1"}]}',
      }),
    };
    expect((await look('web'))?.items.map(({ subject, detail }) => `${subject}: ${detail}`)).toEqual([
      'pkg:npm/left-pad@2.0.0: left-pad 2.0.0, in /srv/node_modules/newer/package.json; the image has 1.0.0',
    ]);
  });
});

describe('the schedule', () => {
  it('looks at each running container of its host when its turn has come, and at no other', async () => {
    await store.workloads.started(workload('second', 'shop', 1001, { host: 'here' }));
    const stop = new AbortController();
    const working = watchDrift(parts, 50, stop.signal);
    await vi.waitUntil(() => opened.length >= 4, 10_000);
    stop.abort();
    await working;
    expect(new Set(opened)).toEqual(new Set([here.containerId, digest('second').slice('sha256:'.length)]));
    expect(await store.drift.counts()).toEqual({ looked: 2, failed: 0, drifted: 2 });
  });
});
