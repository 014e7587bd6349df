import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAgent } from '../../src/agent/index.ts';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { createEngineClient, createImageReader, type EngineClient } from '../../src/image/index.ts';
import {
  defaultReadLimits,
  platformOfNode,
  type ReadOptions,
  type Store,
  type Workload,
} from '../../src/model/index.ts';
import { createEventBus } from '../../src/service/event-bus.ts';
import { createInventoryRecorder } from '../../src/service/record-inventory.ts';
import { openStore } from '../../src/store/index.ts';
import {
  busyboxImage,
  type ContainerEngine,
  describeWith,
  startDockerd,
  startPodman,
  writeDockerArchive,
} from '../engines/index.ts';
import { createSocketProxy, type SocketProxy } from './socket-proxy.ts';

const host = 'quay-1';
const signal = new AbortController().signal;
const engines = [
  ['dockerd', startDockerd],
  ['podman', startPodman],
] as const;

describe.each(engines)('%s', (need, start) => {
  describeWith([need, 'busybox'], 'a real engine', () => {
    let engine: ContainerEngine;
    let client: EngineClient;
    let directory: string;
    let image: string;

    beforeAll(async () => {
      engine = await start();
      client = createEngineClient(engine);
      directory = mkdtempSync(join(tmpdir(), 'pw-e2e-'));
      const archive = join(directory, 'busybox.tar');
      writeDockerArchive(busyboxImage(), archive, 'localhost/harbor/busybox:1');
      image = await engine.load(archive);
    });
    afterAll(async () => {
      await client?.close();
      await engine?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    describe('asked for what it has', () => {
      it('says its version, its images and its containers', async () => {
        expect(await client.version()).toMatch(/^\d+\.\d+/);
        const [stored] = await client.images();
        expect(stored?.references).toEqual(['localhost/harbor/busybox:1']);
        const id = await engine.run({ image, name: 'pilot', labels: { berth: '7' } });
        expect(await client.containerIds()).toEqual([id]);
        const running = await client.inspectContainer(id);
        expect(running).toMatchObject({ containerId: id, name: 'pilot', running: true, imageId: stored?.imageId });
        expect(running?.labels).toMatchObject({ berth: '7' });
        await engine.stopContainer(id);
        const stopped = await client.inspectContainer(id);
        expect(stopped?.running).toBe(false);
        expect(stopped?.finished).toBeGreaterThanOrEqual(stopped?.started ?? Number.POSITIVE_INFINITY);
        await engine.removeContainer(id);
        expect(await client.inspectContainer(id)).toBeUndefined();
      });

      it('finds an image by its name, by its ID, and by no name that is not there', async () => {
        const [stored] = await client.images();
        const names = ['localhost/harbor/busybox:1', stored?.imageId ?? '', stored?.imageId.slice(7) ?? ''];
        for (const name of names) expect((await client.inspectImage(name))?.imageId).toBe(stored?.imageId);
        expect(await client.inspectImage('localhost/harbor/busybox:2')).toBeUndefined();
        await expect(client.inspectImage('../containers/json?')).rejects.toMatchObject({ code: 'not-found' });
      });

      it('hands out an image that is read whole', async () => {
        const [stored] = await client.images();
        const openImage = createImageReader({
          engines: { dockerSockets: [engine.socket], podmanSockets: [engine.socket] },
        });
        const options: ReadOptions = {
          platform: platformOfNode(process.arch),
          wanted: { patterns: ['/etc/passwd'], marks: [] },
          limits: defaultReadLimits,
          signal,
        };
        const contents = await openImage({ kind: engine.kind, name: 'localhost/harbor/busybox:1' }, options);
        expect(contents.problems).toEqual([]);
        expect(contents.identity).toMatchObject({
          imageId: stored?.imageId,
          references: ['localhost/harbor/busybox:1'],
        });
        expect(Buffer.from((await contents.read('/etc/passwd', 1000)) ?? []).toString()).toContain('harbor:x:1000');
        expect(contents.resolve('/bin/sh')?.path).toBe('/bin/busybox');
        await contents.close();
        await expect(openImage({ kind: engine.kind, name: 'nobody/home' }, options)).rejects.toMatchObject({
          code: 'not-found',
          remedy: expect.stringContaining('images'),
        });
      });
    });

    describe('watched by an agent', () => {
      let store: Store;
      let proxy: SocketProxy;
      let agent: { stop(): Promise<void> } | undefined;

      beforeEach(async () => {
        store = await openStore({ url: join(directory, `${Math.random()}.sqlite`) });
        proxy = createSocketProxy(join(directory, 'proxy.sock'), engine.socket);
        await proxy.open();
      });
      afterEach(async () => {
        await agent?.stop();
        agent = undefined;
        await proxy.close();
        for (const id of await client.containerIds()) await engine.removeContainer(id);
        await store.close();
      });

      /** Everything in memory is new, as after a restart of the process. */
      function startAgent(): void {
        const inventory = createInventoryRecorder({ store, events: createEventBus(), lookedFor: '' });
        const sockets = { docker: [], podman: [], [engine.kind]: [proxy.path] };
        const controller = new AbortController();
        const done = createAgent({
          ...{ host, inventory, sockets, clock: systemClock, log: silentLog },
          ...{ retryAfter: 20, reconcileEvery: 600_000 },
        }).run(controller.signal);
        agent = {
          async stop() {
            controller.abort();
            await done;
          },
        };
      }

      async function intervals(): Promise<readonly Workload[]> {
        const found: Workload[] = [];
        for await (const batch of store.workloads.intervals()) found.push(...batch);
        return found;
      }

      async function until(met: (found: readonly Workload[]) => boolean): Promise<readonly Workload[]> {
        const deadline = Date.now() + 20_000;
        for (;;) {
          const found = await intervals();
          if (met(found)) return found;
          if (Date.now() > deadline) throw new Error(`not yet: ${JSON.stringify(found, null, 1)}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }

      async function untilState(state: string): Promise<void> {
        const deadline = Date.now() + 20_000;
        while (!(await store.workloads.engines()).some((one) => one.state === state)) {
          if (Date.now() > deadline) throw new Error(`never ${state}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }

      const ended = (count: number) => (found: readonly Workload[]) =>
        found.filter((one) => one.ended !== undefined).length === count;
      const opened = (count: number) => (found: readonly Workload[]) => found.length === count;

      it('has what ran before it came, and what runs after', async () => {
        const before = await engine.run({ image, name: 'before' });
        const exited = await engine.run({ image, name: 'exited', command: ['sh', '-c', 'exit 3'] });
        await engine.call('POST', `/containers/${exited}/wait`);
        startAgent();
        await until(opened(2));
        await untilState('watching');
        const after = await engine.run({ image, name: 'after', labels: { berth: '9' } });
        const found = await until(opened(3));
        const byId = new Map(found.map((one) => [one.containerId, one]));
        expect(byId.get(before)).toMatchObject({ name: 'before', endedExact: true });
        expect(byId.get(before)?.ended).toBeUndefined();
        const inspected = await client.inspectContainer(exited);
        expect(byId.get(exited)).toMatchObject({ started: inspected?.started, ended: inspected?.finished });
        expect(byId.get(after)).toMatchObject({ name: 'after', host, engine: engine.kind });
        expect(byId.get(after)?.labels).toMatchObject({ berth: '9' });
      });

      it('follows a container through rename, restart, stop and removal', async () => {
        startAgent();
        await untilState('watching');
        const id = await engine.run({ image, name: 'tug' });
        await until(opened(1));
        await engine.call('POST', `/containers/${id}/rename?name=tender`);
        await until(([one]) => one?.name === 'tender');
        await engine.call('POST', `/containers/${id}/restart?t=0`);
        await until(opened(2));
        await engine.stopContainer(id);
        const found = await until(ended(2));
        const inspected = await client.inspectContainer(id);
        expect(found[1]).toMatchObject({ started: inspected?.started, ended: inspected?.finished, endedExact: true });
        expect(found[0]?.endedExact).toBe(true);
        expect(found[0]?.ended).toBeLessThanOrEqual(found[1]?.started ?? 0);
        await engine.removeContainer(id);
        expect((await until(ended(2))).map((one) => one.name)).toEqual(['tender', 'tender']);
      });

      it('misses none of many containers that live for a moment and remove themselves', async () => {
        startAgent();
        await untilState('watching');
        const extra = { HostConfig: { NetworkMode: 'none', AutoRemove: true, ...ulimits } };
        const ids = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            engine.run({ image, name: `gull-${index}`, command: ['sh', '-c', 'exit 0'], extra }),
          ),
        );
        const found = await until(ended(ids.length));
        expect(found.map((one) => one.containerId).sort()).toEqual([...ids].sort());
        expect(found.every((one) => one.endedExact && (one.ended ?? 0) >= one.started)).toBe(true);
        // They remove themselves a moment after their end.
        while ((await client.containerIds()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      });

      it('that was killed is made good by the next one', async () => {
        const [stays, goes, restarts, stops] = await Promise.all(
          ['stays', 'goes', 'restarts', 'stops'].map((name) => engine.run({ image, name })),
        );
        startAgent();
        await untilState('watching');
        const before = await until(opened(4));
        const lastSeen = (await store.workloads.engines())[0]?.lastSeen;
        await agent?.stop();
        await engine.removeContainer(goes ?? '');
        await engine.call('POST', `/containers/${restarts}/restart?t=0`);
        await engine.stopContainer(stops ?? '');
        const comes = await engine.run({ image, name: 'comes' });
        startAgent();
        const found = await until((now) => now.length === 6 && ended(3)(now));
        const of = (id = '') => found.filter((one) => one.containerId === id);
        expect(of(stays)).toEqual(before.filter((one) => one.containerId === stays));
        expect(of(goes)).toMatchObject([{ ended: lastSeen, endedExact: false }]);
        expect(of(restarts)).toMatchObject([{ ended: lastSeen, endedExact: false }, { endedExact: true }]);
        expect(of(stops)).toMatchObject([
          { ended: (await client.inspectContainer(stops ?? ''))?.finished, endedExact: true },
        ]);
        expect(of(comes)[0]?.ended).toBeUndefined();
      });

      it('that loses the engine says so, and makes good what it missed when the engine is back', async () => {
        startAgent();
        await untilState('watching');
        const id = await engine.run({ image, name: 'drifter' });
        await until(opened(1));
        await proxy.close();
        await untilState('unreachable');
        await engine.stopContainer(id);
        await engine.run({ image, name: 'newcomer' });
        await proxy.open();
        await untilState('watching');
        const found = await until(opened(2));
        expect(found.find((one) => one.containerId === id)).toMatchObject({
          ended: (await client.inspectContainer(id))?.finished,
          endedExact: true,
        });
      });

      it('that starts before the engine waits for it', async () => {
        await proxy.close();
        startAgent();
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(await store.workloads.engines()).toEqual([]);
        await proxy.open();
        await untilState('watching');
      });

      it('queues images, those of containers first, and new ones as they come', async () => {
        await engine.run({ image, name: 'reader' });
        startAgent();
        await untilState('watching');
        const [stored] = await client.images();
        const job = await store.jobs.lease('read-image', host, 60_000, Date.now());
        expect(job).toMatchObject({ source: `${engine.kind}:${stored?.imageId}`, priority: 10 });
        const archive = join(directory, 'second.tar');
        writeDockerArchive({ ...busyboxImage(), config: { Cmd: ['sh'] } }, archive, 'localhost/harbor/second:1');
        await engine.load(archive);
        const deadline = Date.now() + 20_000;
        let next = await store.jobs.lease('read-image', host, 60_000, Date.now());
        while (!next && Date.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          next = await store.jobs.lease('read-image', host, 60_000, Date.now());
        }
        expect(next?.priority).toBe(50);
        await engine.call('POST', '/images/localhost/harbor/second:1/tag?repo=localhost/harbor/third&tag=2');
        for (;;) {
          const found = await store.images.find('localhost/harbor/third:2');
          if (found.length > 0) break;
          if (Date.now() > deadline) throw new Error('the new name was never seen');
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        await engine.call('DELETE', '/images/localhost/harbor/third:2?force=true');
        await engine.call('DELETE', '/images/localhost/harbor/second:1?force=true');
      });
    });
  });
});

/** podman's defaults go beyond what sandboxes allow. */
const ulimits = {
  Ulimits: [
    { Name: 'nofile', Soft: 1024, Hard: 1024 },
    { Name: 'nproc', Soft: 1000, Hard: 1000 },
  ],
};
