import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { silentLog } from '../../src/base/index.ts';
import { keepDockerFront, probeGrpc, startDockerFront } from '../../src/gate/index.ts';
import { type GatedDockerd, spawnGateAgent, startGatedDockerd, strictSettings } from '../engines/gated-dockerd.ts';
import { busyboxImage, describeWith, writeDockerArchive } from '../engines/index.ts';

const image = 'trusted.example/harbor/busybox:1';

describeWith(['dockerd', 'busybox'], 'the docker gate', () => {
  let engine: GatedDockerd;
  let directory: string;

  /** The real client: what it printed, and how it ended. */
  const docker = (...args: readonly string[]) =>
    new Promise<{ readonly code: number; readonly said: string }>((resolve) => {
      execFile('docker', ['--host', `unix://${engine.socket}`, ...args], (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), said: `${stdout}${stderr}` }),
      );
    });
  const run = (...args: readonly string[]) => docker('run', '--rm', '--network=none', ...args);

  beforeAll(async () => {
    engine = await startGatedDockerd();
    directory = mkdtempSync(join(tmpdir(), 'pw-gate-'));
    const archive = join(directory, 'busybox.tar');
    writeDockerArchive(busyboxImage(), archive, image);
    await engine.load(archive);
    engine.rules.settings = strictSettings;
    const { Id } = (await engine.call('GET', `/images/${image}/json`)) as { readonly Id: string };
    engine.rules.images = [Id];
  });
  afterAll(async () => {
    await engine?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  afterEach(() => {
    engine.rules.settings = strictSettings;
    engine.launches.asked.length = 0;
    engine.launches.refused.length = 0;
  });

  it('lets through what policy allows, from create to removal', async () => {
    expect(await run(image, 'echo', 'ahoy')).toEqual({ code: 0, said: 'ahoy\n' });
    const [asked] = engine.launches.asked;
    expect(asked).toMatchObject({ gate: 'docker', who: 'unknown (unix socket)', host: 'quay-1' });
    expect(asked?.set.requests).toHaveLength(1);
  });

  it('tells the policy which image a name, or the beginning of an ID, really is', async () => {
    const inspected = (await engine.call('GET', `/images/${image}/json`)) as { readonly Id: string };
    for (const name of [image, inspected.Id, inspected.Id.slice(7), inspected.Id.slice(7, 10)]) {
      engine.launches.asked.length = 0;
      expect((await run(name, 'echo', 'x')).code, name).toBe(0);
      expect(engine.launches.asked[0]?.set.requests[0]?.image, name).toEqual({
        value: name,
        path: 'Image',
        id: inspected.Id,
      });
    }
  });

  it('sees at once that a name was given to another image, or taken away', async () => {
    engine.rules.settings = { ...strictSettings, routes: { load: 'allow', tag: 'allow' } };
    const archive = join(directory, 'other.tar');
    writeDockerArchive({ ...busyboxImage(), config: { Cmd: ['true'] } }, archive, 'other.example/x:1');
    await engine.load(archive);
    const idOf = async (name: string) => ((await engine.call('GET', `/images/${name}/json`)) as { Id: string }).Id;
    const [own, other] = [await idOf(image), await idOf('other.example/x:1')];
    const moved = 'trusted.example/harbor/moved:1';
    try {
      for (const [name, id] of [
        [image, own],
        ['other.example/x:1', other],
        [image, own],
      ] as const) {
        expect((await docker('tag', name, moved)).code).toBe(0);
        for (let time = 0; time < 2; time++) {
          engine.launches.asked.length = 0;
          expect((await run(moved, '/bin/echo', 'x')).code).toBe(id === own ? 0 : 125);
          expect(engine.launches.asked[0]?.set.requests[0]?.image?.id).toBe(id);
        }
      }
      expect((await docker('rmi', moved)).code).toBe(0);
      engine.launches.asked.length = 0;
      await docker('create', moved);
      expect(engine.launches.asked[0]?.set.requests[0]?.image?.id).toBeUndefined();
    } finally {
      await docker('rmi', 'other.example/x:1');
    }
  });

  it.each([
    ['privileged', ['--privileged'], /HostConfig\.Privileged: [^(]+ \(launch\/privileged\)\. Leave .* out/],
    ['a path', ['-v', '/etc:/x'], /HostConfig\.Binds\[0\]: \/etc[^(]+ \(launch\/[a-z-]+\)\. Do not mount it/],
    [
      'a namespace',
      ['--pid=host'],
      /HostConfig\.PidMode: [^(]+ \(launch\/host-namespace\)\. Leave the namespace private/,
    ],
  ])('refuses %s, and the client shows rule, place and remedy in one line', async (_, options, message) => {
    const { code, said } = await run(...options, image, 'echo', 'x');
    expect(code).toBe(125);
    expect(said).toMatch(/authorization denied by plugin portwarden-test-[0-9a-f]+: /);
    expect(said).toMatch(message);
    expect(((await engine.call('GET', '/containers/json?all=1')) as readonly unknown[]).length).toBe(0);
  });

  it('judges processes that are started in a container, and lets it be stopped and removed', async () => {
    const id = await engine.run({ image, name: 'quiet' });
    expect(await docker('exec', 'quiet', 'echo', 'ahoy')).toEqual({ code: 0, said: 'ahoy\n' });
    const refused = await docker('exec', '--privileged', id.slice(0, 12), 'echo', 'x');
    expect(refused.code).not.toBe(0);
    expect(refused.said).toMatch(/launch\/privileged/);
    expect(engine.launches.asked.at(-1)?.set.requests[0]).toMatchObject({
      action: 'exec',
      name: 'quiet',
      image: { value: image },
    });
    expect((await docker('update', '--memory=64m', '--memory-swap=64m', 'quiet')).code).toBe(0);
    expect(engine.launches.asked.at(-1)?.set.requests[0]).toMatchObject({
      action: 'update',
      resources: { memoryBytes: { value: 64 * 2 ** 20 } },
    });
    for (const verb of [['restart', '-t0'], ['logs'], ['top'], ['pause'], ['unpause'], ['kill'], ['rm', '-f']])
      expect(await docker(...verb, ...(verb[0] === 'rm' ? [id] : ['quiet'])), verb[0]).toMatchObject({ code: 0 });
  });

  it.each([
    [['pull', 'evil.example/x:1'], /refused-route: [^(]+ \(launch\/[a-z-]+\)\. .*portwarden explain /],
    [['tag', image, 'other.example/x:1'], /tag is refused: a local name can pretend/],
    [['import', 'http://127.0.0.1:1/x.tar'], /import is refused/],
    [['swarm', 'init'], /swarm is refused/],
    [['plugin', 'install', '--grant-all-permissions', 'x'], /plugin is refused/],
  ])('docker %j is refused with a reason and a remedy', async (args, message) => {
    const { code, said } = await docker(...args);
    expect(code).not.toBe(0);
    expect(said).toMatch(message);
    expect(engine.launches.refused.length).toBeGreaterThan(0);
  });

  it('lets through and records what it cannot read where it only observes', async () => {
    engine.rules.settings = { whenUnreadable: 'allow-and-record', whenUndecided: 'allow-and-record', routes: {} };
    expect((await docker('tag', image, 'other.example/x:1')).code).toBe(0);
    expect(engine.launches.refused.map(({ reason }) => reason).join()).toMatch(/tag is refused/);
    expect((await docker('rmi', 'other.example/x:1')).code).toBe(0);
  });

  it('finds out whether gRPC is taken past it', async () => {
    // This one speaks HTTP/1 alone, as all before Docker 29.
    const { Version } = (await engine.call('GET', '/version')) as { readonly Version: string };
    if (Number.parseInt(Version, 10) < 29) expect(await probeGrpc(engine.socket)).toBe('closed');
    else expect(await probeGrpc(engine.socket)).not.toBe('unknown');
  });

  it('answers 50 creates at once', async () => {
    const body = { Image: image, HostConfig: { NetworkMode: 'none' } };
    const made = (await Promise.all(
      Array.from({ length: 50 }, () => engine.call('POST', '/containers/create', body)),
    )) as readonly { readonly Id: string }[];
    expect(new Set(made.map(({ Id }) => Id)).size).toBe(50);
    expect(engine.launches.asked).toHaveLength(50);
    for (const { Id } of made) await engine.removeContainer(Id);
  });
});

describeWith(['dockerd', 'busybox'], 'the front of the docker gate', () => {
  let engine: GatedDockerd;
  let agent: Awaited<ReturnType<typeof spawnGateAgent>>;
  const create = () => engine.call('POST', '/containers/create', { Image: 'none.example/x:1' });
  const timed = async (work: () => Promise<unknown>) => {
    const begun = performance.now();
    const error = await work().then(
      () => 'it passed',
      (thrown: unknown) => String(thrown),
    );
    return { error, took: performance.now() - begun };
  };

  beforeAll(async () => {
    engine = await startGatedDockerd();
    // Takes the name of the socket over from the gate in this process.
    agent = await spawnGateAgent(engine.backend, engine.socket);
  });
  afterAll(async () => {
    await agent?.kill();
    await engine?.stop();
  });

  it('refuses at once, and says why, while the agent is dead; what only reads goes on', async () => {
    expect((await timed(create)).error).toMatch(/No such image/);
    await agent.kill();
    const { error, took } = await timed(create);
    expect(error).toMatch(/agent-away: the Portwarden agent of this host is not running\. Start it again/);
    expect(took).toBeLessThan(2000);
    expect(await engine.call('GET', '/containers/json')).toEqual([]);
    agent = await spawnGateAgent(engine.backend, engine.socket);
    expect((await timed(create)).error).toMatch(/No such image/);
  });

  it('refuses within two seconds while the agent hangs, also many at once, and hears it again afterwards', async () => {
    agent.signal('SIGSTOP');
    try {
      const all = await Promise.all(Array.from({ length: 20 }, () => timed(create)));
      for (const { error, took } of all) {
        expect(error).toMatch(/agent-away: the Portwarden agent of this host does not answer within 1\.5 s/);
        expect(took).toBeLessThan(2500);
      }
    } finally {
      agent.signal('SIGCONT');
    }
    expect((await timed(create)).error).toMatch(/No such image/);
  });

  it.each([
    ['killed', (pid: number) => process.kill(pid, 'SIGKILL')],
    ['without its socket', () => rmSync(engine.frontSocket)],
  ])('is started anew where it is %s, and whoever asks meanwhile is answered', async (_, harm) => {
    const stop = new AbortController();
    const pids: number[] = [];
    const log = { ...silentLog, info: (fields: object) => void pids.push((fields as { readonly pid: number }).pid) };
    const options = { socketPath: engine.frontSocket, backend: engine.backend, whenAway: 'deny' as const };
    const { pid } = await startDockerFront(options);
    const kept = keepDockerFront({ ...options, whenAway: () => options.whenAway, log, signal: stop.signal });
    try {
      harm(pid);
      // dockerd itself loses what it asks a second time, and a question of the agent may fall into the gap.
      const { error, took } = await timed(create);
      expect(error).toMatch(/No such image|run the command again|agent-away/);
      expect(took).toBeLessThan(10_000);
      await vi.waitFor(() => expect(pids).toHaveLength(1), 20_000);
      expect((await timed(create)).error).toMatch(/No such image/);
    } finally {
      stop.abort();
      await kept;
      for (const left of [pid, ...pids.slice(0, -1)]) tryToEnd(left);
      engine.frontPid = pids.at(-1) ?? engine.frontPid;
    }
  });

  it('is taken over by the next agent as it is, and replaced where it is of another kind', async () => {
    const options = { socketPath: engine.frontSocket, backend: engine.backend };
    expect(await startDockerFront({ ...options, whenAway: 'deny' })).toEqual({
      pid: engine.frontPid,
      wasRunning: true,
    });
    const next = await startDockerFront({ ...options, whenAway: 'allow' });
    try {
      expect(next.wasRunning).toBe(false);
      expect((await timed(create)).error).toMatch(/No such image/);
      await agent.kill();
      // Where the gate only observes, a dead agent stops nothing.
      expect((await timed(create)).error).toMatch(/No such image/);
      expect(await ended(engine.frontPid)).toBe(true);
    } finally {
      process.kill(next.pid, 'SIGTERM');
    }
  });
});

function tryToEnd(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

async function ended(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 300; attempt++) {
    try {
      // One that nobody has waited for yet is a zombie.
      if (/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) return true;
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
