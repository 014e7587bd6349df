import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContainerPage, ImagePage, Overview, Passport, WhoRunsAnswer } from '../../src/model/wire/index.ts';
import {
  busyboxImage,
  type ContainerEngine,
  debianImage,
  describeWith,
  type PostgresServer,
  startDockerd,
  startPostgres,
  writeDockerArchive,
} from '../engines/index.ts';
import { type RunningPortwarden, runPortwarden, startPortwarden } from './running-portwarden.ts';

const noEngines = { PORTWARDEN_DOCKER_SOCKET: '', PORTWARDEN_PODMAN_SOCKET: '' };

/** A data directory for each test, and the server that the test leaves behind. */
let data: string;
let portwarden: RunningPortwarden | undefined;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'pw-up-'));
});
afterEach(async () => {
  await portwarden?.kill();
  portwarden = undefined;
  rmSync(data, { recursive: true, force: true });
});

describeWith(['dockerd', 'busybox', 'debian', 'postgres'], 'portwarden up beside a real dockerd', () => {
  let engine: ContainerEngine;
  let postgres: PostgresServer;
  let archives: string;
  beforeAll(async () => {
    [engine, postgres] = await Promise.all([startDockerd(), startPostgres()]);
    archives = mkdtempSync(join(tmpdir(), 'pw-up-images-'));
    for (const [name, image] of [
      ['busybox', busyboxImage()],
      ['debian', debianImage()],
    ] as const) {
      const archive = join(archives, `${name}.tar`);
      writeDockerArchive(image, archive, `localhost/harbor/${name}:1`);
      await engine.load(archive);
    }
  });
  afterAll(async () => {
    await engine?.stop();
    await postgres?.stop();
    rmSync(archives, { recursive: true, force: true });
  });

  const settings = () => ({
    PORTWARDEN_DATA: data,
    PORTWARDEN_DOCKER_SOCKET: engine.socket,
    PORTWARDEN_PODMAN_SOCKET: '',
  });
  const stores = [
    ['the embedded store', settings],
    ['PostgreSQL', () => ({ ...settings(), PORTWARDEN_DATABASE: postgres.url })],
  ] as const;

  it.each(stores)('knows what runs and what is in it, on %s', async (_store, environment) => {
    const id = await engine.run({ image: 'localhost/harbor/debian:1', name: 'mole' });
    portwarden = await startPortwarden(environment());
    const answer = await portwarden.until<WhoRunsAnswer>('/api/v1/who-runs?name=openssl', ({ count }) => count === 1);
    expect(answer).toMatchObject({ images: 1, unread: 0, undetermined: 0 });
    expect(answer.containers[0]).toMatchObject({ id, name: 'mole', image: 'localhost/harbor/debian:1', ended: null });

    const read = await portwarden.until<ImagePage>('/api/v1/images', (page) =>
      page.items.every(({ state }) => state === 'read'),
    );
    expect(read.items.map(({ references }) => references[0]).sort()).toEqual([
      'localhost/harbor/busybox:1',
      'localhost/harbor/debian:1',
    ]);
    const passport = (await portwarden.get(`/api/v1/images/${encodeURIComponent('localhost/harbor/debian:1')}`))
      .body as Passport;
    expect(passport.distribution).toContain('Debian');
    expect(passport.judgement.state).toBe('not-judged');
    expect(passport.components.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^libssl3(?:t64)?$/));

    const command = await runPortwarden(['who-runs', 'openssl', '--format', 'json'], environment());
    expect(JSON.parse(command.stdout)).toMatchObject({ count: 1, containers: [{ id }] });

    await engine.stopContainer(id);
    await portwarden.until<WhoRunsAnswer>('/api/v1/who-runs?name=openssl', ({ count }) => count === 0);
    const today = new Date().toISOString().slice(0, 10);
    const past = (await portwarden.get(`/api/v1/who-runs?name=openssl&at=${today}`)).body as WhoRunsAnswer;
    expect(past.containers.map((container) => container.id)).toContain(id);
    await engine.removeContainer(id);
    expect(await portwarden.interrupt()).toBe(0);
  });

  it('outlives a PostgreSQL that goes away, and says so', async () => {
    const passing = await startPostgres();
    try {
      portwarden = await startPortwarden({ PORTWARDEN_DATA: data, PORTWARDEN_DATABASE: passing.url, ...noEngines });
      expect((await portwarden.get('/healthz')).status).toBe(200);
    } finally {
      await passing.stop();
    }
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect((await portwarden.get('/healthz')).status).toBe(503);
    expect(await portwarden.interrupt()).toBe(0);
  });

  it('goes on where it was after kill -9 at any moment', async () => {
    const id = await engine.run({ image: 'localhost/harbor/busybox:1', name: 'buoy' });
    let started: string | undefined;
    for (let round = 0; round < 5; round++) {
      portwarden = await startPortwarden(settings());
      const page = await portwarden.until<ContainerPage>('/api/v1/containers', ({ total }) => total === 1);
      started ??= page.items[0]?.started;
      expect(page.items).toMatchObject([{ id, started, ended: null }]);
      await new Promise((resolve) => setTimeout(resolve, round * 60));
      await portwarden.kill();
    }
    await engine.stopContainer(id);
    portwarden = await startPortwarden(settings());
    const all = await portwarden.until<ContainerPage>('/api/v1/containers?state=all', ({ items }) =>
      items.every(({ ended }) => ended !== null),
    );
    expect(all.items.filter((row) => row.id === id)).toMatchObject([{ started, endedExact: true }]);
    await portwarden.until<ImagePage>(
      '/api/v1/images',
      (list) => list.total === 2 && list.items.every(({ state }) => state === 'read'),
    );
    await engine.removeContainer(id);
  });
});

describe('portwarden up where no engine runs', () => {
  it('shows this machine’s own packages', async () => {
    portwarden = await startPortwarden({ PORTWARDEN_DATA: data, PORTWARDEN_HOST: 'lighthouse', ...noEngines });
    const overview = await portwarden.until<Overview>('/api/v1/overview', ({ hosts }) => hosts.length === 1);
    expect(overview.hosts[0]).toMatchObject({ host: 'lighthouse', judgement: 'not-judged' });
    expect(overview.hosts[0]?.components).toBeGreaterThan(0);
  });

  it('takes its login token once', async () => {
    portwarden = await startPortwarden({ PORTWARDEN_DATA: data, ...noEngines });
    const again = await fetch(`${portwarden.address}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: portwarden.address },
      body: JSON.stringify({ token: portwarden.loginToken }),
    });
    expect(again.status).toBe(401);
  });
});

describe('portwarden up where it cannot', () => {
  it('says which port is taken and what to do', async () => {
    const server = await new Promise<Server>((resolve) => {
      const listening = createServer().listen(0, '127.0.0.1', () => resolve(listening));
    });
    const address = server.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    const { code, stderr, stdout } = await runPortwarden(['up', '--port', port], {
      PORTWARDEN_DATA: data,
      ...noEngines,
    });
    server.close();
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is taken`);
    expect(stderr).toContain('--port');
  });

  it.each(['/proc/portwarden', '/dev/null/portwarden'])('says that %s cannot be written', async (directory) => {
    const { code, stderr } = await runPortwarden(['up', '--port', '0', '--data', directory], noEngines);
    expect(code).toBe(3);
    expect(stderr).toMatch(new RegExp(`^portwarden: the data directory ${directory} cannot be written`));
    expect(stderr).toContain('PORTWARDEN_DATA');
  });

  it('refuses a store that is no database, and leaves it as it is', async () => {
    const database = join(data, 'portwarden.db');
    writeFileSync(database, 'this is not a database, it only lies where one should');
    chmodSync(database, 0o600);
    const { code, stderr } = await runPortwarden(['up', '--port', '0'], { PORTWARDEN_DATA: data, ...noEngines });
    expect(code).toBe(3);
    expect(stderr).toContain('portwarden.db');
    expect(readFileSync(database, 'utf8')).toContain('this is not a database');
  });
});
