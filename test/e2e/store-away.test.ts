import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LaunchPage } from '../../src/model/wire/index.ts';
import { type Dockerd, describeWith, type PostgresServer, startPostgres } from '../engines/index.ts';
import { makeHostWithGates } from './host-with-gates.ts';
import {
  type RunningPortwarden,
  runPortwarden,
  startPortwarden,
  startWithoutStore,
  type WaitingPortwarden,
} from './running-portwarden.ts';

const image = 'away.example/busybox:1';
const patience = { timeout: 30_000, interval: 100 };

/** A host whose power goes, and whose database is still down when it boots. */
describeWith(['dockerd', 'busybox', 'postgres'], 'a host that boots while its store is away', () => {
  const { scratch, at, startEngine, ...host } = makeHostWithGates('away');
  const environment = {
    ...host.environment,
    PORTWARDEN_DRIFT: 'off',
    PORTWARDEN_SEGMENTATION: 'off',
    PORTWARDEN_DATABASE: '',
  };
  let postgres: PostgresServer;
  let engine: Dockerd;
  let running: RunningPortwarden | undefined;
  let waiting: WaitingPortwarden | undefined;
  let cutAt = '';

  beforeAll(async () => {
    postgres = await startPostgres();
    environment.PORTWARDEN_DATABASE = postgres.url;
    running = await startPortwarden(environment);
    engine = await startEngine(image);
  });
  afterAll(async () => {
    await postgres?.resume().catch(() => undefined);
    await engine?.stop();
    await running?.kill();
    await waiting?.kill();
    endFront();
    await postgres?.stop();
    rmSync(environment.PORTWARDEN_DOCKER_GATE, { force: true });
    await scratch.remove();
  });

  const create = (name: string, command = ['sleep', '1000']) =>
    engine.call('POST', `/containers/create?name=${name}`, {
      Image: image,
      Cmd: command,
      StopTimeout: 0,
      HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always' } },
    });
  const refusal = (name: string, command: string[]) =>
    create(name, command).then(
      () => 'it was let pass',
      (error: Error) => error.message,
    );
  const stateOf = async (name: string) =>
    ((await engine.call('GET', `/containers/${name}/json`)) as { State: { Running: boolean; StartedAt: string } })
      .State;
  const launches = async (query: string) => (await running?.get(`/api/v1/launches?${query}`))?.body as LaunchPage;

  /** The front is no child of ours; it is found by what it was started with. */
  function endFront(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        if (words.includes(environment.PORTWARDEN_DOCKER_GATE)) process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  async function cutPower(): Promise<void> {
    await running?.kill();
    await waiting?.kill();
    [running, waiting] = [undefined, undefined];
    await engine.halt();
    endFront();
    await postgres.halt();
    cutAt = new Date().toISOString();
  }

  it('has admitted one container, and holds what nobody has seen', async () => {
    await create('web');
    await engine.call('POST', '/containers/web/start');
    const policy = `apiVersion: portwarden/v1
kind: LaunchPolicy
metadata: { name: seen }
spec: { inputs: { unseen: hold } }
`;
    writeFileSync(at('policy.yaml'), policy);
    expect((await runPortwarden(['apply', '-f', at('policy.yaml')], environment)).code).toBe(0);
    let tries = 0;
    const held = () => refusal(`held-${tries++}`, ['sleep', '5']);
    await expect.poll(held, patience).toMatch(/Ticket: t/);
    await engine.call('POST', '/containers/web/restart?t=0');
    expect((await stateOf('web')).Running).toBe(true);
  });

  it('says what works and what does not, and answers with a plain sentence', async () => {
    await cutPower();
    waiting = await startWithoutStore(environment);
    await expect.poll(waiting.stdout, patience).toContain('decide by the policies that held last');
    expect(waiting.stderr()).toMatch(/PostgreSQL at 127\.0\.0\.1:\d+\/postgres/);
    for (const path of ['/healthz', '/api/v1/launches', '/api/v1/overview']) {
      const answer = await fetch(`${waiting.address}${path}`, {
        headers: { authorization: `Bearer pw_token_${'x'.repeat(43)}` },
      });
      expect([path, answer.status]).toEqual([path, 503]);
      if (path.startsWith('/api')) expect(await answer.text()).toMatch(/"code":"unavailable","message":"PostgreSQL at/);
    }
  });

  it('starts again what it had admitted when its engine comes up', async () => {
    await engine.resume();
    await expect.poll(async () => (await stateOf('web')).Running, patience).toBe(true);
  });

  it('refuses what is new, in a sentence that says why', async () => {
    expect(await refusal('new', ['sleep', '7'])).toMatch(/store is away/);
  });

  it('loses no decision when it is killed meanwhile, and starts again as it was', async () => {
    await waiting?.kill();
    waiting = await startWithoutStore(environment);
    await engine.call('POST', '/containers/web/restart?t=0');
    expect((await stateOf('web')).Running).toBe(true);
  });

  it('goes on by its policies when the store is there, and tells it what was decided', async () => {
    await postgres.resume();
    running = await waiting?.withStore();
    const undecided = () => launches('outcome=undecided&host=quay-1');
    await expect
      .poll(async () => (await undecided()).items.map(({ containers }) => containers[0]?.name), patience)
      .toEqual(['new']);
    const { items } = await launches('outcome=allow&gate=runtime&host=quay-1');
    const again = items.filter(({ at: when, containers }) => when > cutAt && containers[0]?.image === image);
    // When its engine came up, and when it was restarted.
    expect(again.length).toBeGreaterThanOrEqual(2);
    expect(await refusal('new', ['sleep', '7'])).toMatch(/Ticket: t/);
    expect((await running?.get('/healthz'))?.status).toBe(200);
    // That the store is away, and that launches are kept: a line each, whatever was tried meanwhile.
    expect(waiting?.stderr().trim().split('\n')).toHaveLength(2);
    waiting = undefined;
  });

  it('goes on in the same way where the machine of the database goes dark, which closes nothing', async () => {
    postgres.freeze();
    let tries = 0;
    // Until that is noticed, an answer takes longer than dockerd waits for one.
    await expect.poll(() => refusal(`dark-${tries++}`, ['sleep', '9']), patience).toMatch(/store is away/);
    await engine.call('POST', '/containers/web/restart?t=0');
    expect((await stateOf('web')).Running).toBe(true);
    postgres.thaw();
    const undecided = async () =>
      (await launches('outcome=undecided')).items?.map(({ containers }) => containers[0]?.name);
    await expect.poll(undecided, patience).toContain(`dark-${tries - 1}`);
  });

  it('tells a wrong address from a store that is away', async () => {
    await postgres.halt();
    const wrong = { ...environment, PORTWARDEN_DATABASE: postgres.url.replace('/postgres', '/postgress') };
    const { code, stderr, stdout } = await runPortwarden(['up', '--port', '0'], wrong);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/PostgreSQL at 127\.0\.0\.1:\d+\/postgress.*\n.*nothing is kept on this host/);
  });
});
