import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { editDockerConfig } from '../../src/gate/runtime/install/docker-config.ts';
import type { AskedLaunch } from '../../src/service/launches.ts';
import {
  busyboxImage,
  type ContainerEngine,
  describeWith,
  startContainerd,
  startDockerd,
  startPodman,
  startRuntimeGate,
  type TestContainerd,
  type TestRuntimeGate,
  writeDockerArchive,
} from '../engines/index.ts';
import { type FakeLaunches, fakeLaunches, unless } from '../fakes/scripted-launches.ts';

const name = 'localhost/harbor/busybox:1';

/** A capability that no engine gives by itself, and a program: what an API gate may have been made not to see. */
function refuses({ set }: AskedLaunch): string | undefined {
  for (const { security, command } of set.requests) {
    if (security.privileged?.value || security.capabilities?.some(({ value }) => value === 'SYS_ADMIN'))
      return 'rule x: SYS_ADMIN is not for containers';
    if (command?.some(({ value }) => value === 'forbidden')) return 'rule y: that is not run here';
  }
  return undefined;
}

async function loadBusybox(engine: ContainerEngine): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'pw-load-'));
  try {
    writeDockerArchive(busyboxImage(), join(directory, 'image.tar'), name);
    await engine.load(join(directory, 'image.tar'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function execIn(engine: ContainerEngine, id: string, command: readonly string[]): Promise<string> {
  const { Id } = (await engine.call('POST', `/containers/${id}/exec`, { Cmd: command, AttachStdout: true })) as {
    Id: string;
  };
  // Podman says here why it was refused, dockerd in what it gives of the output.
  return String(
    await engine.call('POST', `/exec/${Id}/start`, { Detach: false }).catch((error: Error) => error.message),
  );
}

const engines = [
  [
    'dockerd',
    (gate: TestRuntimeGate) => {
      const config = join(gate.folder, 'daemon.json');
      writeFileSync(config, editDockerConfig(undefined, new Map([['runc', gate.wrapper]])));
      return startDockerd({ path: gate.folder, args: ['--config-file', config] });
    },
  ],
  ['podman', (gate: TestRuntimeGate) => startPodman({ runtime: gate.wrapper })],
] as const;

for (const [engineName, start] of engines)
  describeWith([engineName, 'busybox'], `the runtime gate before ${engineName}`, () => {
    let launches: FakeLaunches;
    let gate: TestRuntimeGate;
    let engine: ContainerEngine;

    beforeAll(async () => {
      launches = fakeLaunches(unless(refuses));
      gate = await startRuntimeGate(launches);
      engine = await start(gate);
      gate.writeWrappers(engine.dataRoot);
      await loadBusybox(engine);
    });
    afterAll(async () => {
      await engine?.stop();
      await gate?.remove();
    });

    it('lets a container start, with what the agent saw of it', async () => {
      const id = await engine.run({ image: name, name: 'pilot', command: ['sleep', '1000'] });
      expect(await engine.call('GET', `/containers/${id}/json`)).toMatchObject({ State: { Running: true } });
      expect(launches.refused).toEqual([]);
      expect(launches.asked).toHaveLength(1);
      expect(launches.asked[0]?.set.requests[0]).toMatchObject({
        action: 'start',
        name: 'pilot',
        command: [{ value: 'sleep' }, { value: '1000' }],
        others: [],
        devices: [],
        namespaces: [],
        image: { value: name, id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      });
    });

    it('refuses what is denied, and the engine says why', async () => {
      const denied = engine.run({ image: name, extra: { HostConfig: { CapAdd: ['SYS_ADMIN'], NetworkMode: 'none' } } });
      await expect(denied).rejects.toThrow('rule x: SYS_ADMIN is not for containers');
    });

    it('cannot be gone around by naming another runtime', async () => {
      if (engineName === 'podman') return;
      expect(await engine.call('GET', '/info')).toMatchObject({ DefaultRuntime: 'portwarden' });
      for (const Runtime of ['runc', 'io.containerd.runc.v2']) {
        const HostConfig = { CapAdd: ['SYS_ADMIN'], NetworkMode: 'none', Runtime };
        await expect(engine.run({ image: name, extra: { HostConfig } })).rejects.toThrow(/rule x|nknown runtime/);
      }
    });

    it('sees what is started in a container', async () => {
      expect(await execIn(engine, 'pilot', ['echo', 'ahoy'])).toContain('ahoy');
      expect(launches.asked.at(-1)?.set.requests[0]).toMatchObject({
        action: 'exec',
        name: 'pilot',
        command: [{ value: 'echo' }, { value: 'ahoy' }],
      });
      expect(await execIn(engine, 'pilot', ['echo', 'forbidden'])).toContain('rule y');
    });

    it('refuses while the agent is away', async () => {
      await gate.close();
      await expect(engine.run({ image: name, command: ['sleep', '1000'] })).rejects.toThrow('the agent is away');
      // What runs goes on, and can be stopped.
      await engine.stopContainer('pilot');
    });
  });

describeWith(['dockerd', 'busybox'], 'the runtime gate before containerd', () => {
  let launches: FakeLaunches;
  let gate: TestRuntimeGate;
  let containerd: TestContainerd;
  const start = (id: string, command: readonly string[], ...flags: readonly string[]) =>
    containerd.ctr('run', '--detach', '--runc-binary', gate.wrapper, ...flags, name, id, ...command);

  beforeAll(async () => {
    launches = fakeLaunches(unless(refuses));
    containerd = await startContainerd();
    gate = await startRuntimeGate(launches, { containerdRoot: containerd.root });
    const directory = mkdtempSync(join(tmpdir(), 'pw-import-'));
    try {
      writeDockerArchive(busyboxImage(), join(directory, 'image.tar'), name);
      await containerd.ctr('image', 'import', join(directory, 'image.tar'));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
  afterAll(async () => {
    await containerd?.stop();
    await gate?.remove();
  });

  it('lets a container start, and knows its image by the database', async () => {
    await start('pilot', ['sleep', '1000']);
    expect(await containerd.ctr('task', 'ls')).toMatch(/pilot +\d+ +RUNNING/);
    const listed = await containerd.ctr('image', 'ls');
    expect(launches.asked[0]?.set.requests[0]).toMatchObject({
      command: [{ value: 'sleep' }, { value: '1000' }],
      others: [],
      image: {
        value: name,
        reference: {
          registry: 'localhost',
          repository: 'harbor/busybox',
          digest: /sha256:[0-9a-f]{64}/.exec(listed)?.[0],
        },
      },
    });
  });

  it('refuses what is denied, and sees what is started in a container', async () => {
    await expect(start('privileged', ['sleep', '1'], '--privileged')).rejects.toThrow('rule x');
    const exec = (id: string, command: string) =>
      containerd.ctr('task', 'exec', '--exec-id', id, 'pilot', 'echo', command);
    await exec('e1', 'ahoy');
    expect(launches.asked.at(-1)?.set.requests[0]).toMatchObject({ action: 'exec', image: { value: name } });
    await expect(exec('e2', 'forbidden')).rejects.toThrow('rule y');
  });

  it('refuses while the agent is away', async () => {
    await gate.close();
    await expect(start('orphan', ['sleep', '1'])).rejects.toThrow('the agent is away');
  });
});
