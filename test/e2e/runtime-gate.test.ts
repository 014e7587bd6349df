import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { markObserving } from '../../src/gate/index.ts';
import { editContainerdConfig } from '../../src/gate/runtime/install/containerd-config.ts';
import { editDockerConfig } from '../../src/gate/runtime/install/docker-config.ts';
import { userSocket } from '../../src/gate/runtime/runtime-client.ts';
import type { AskedLaunch } from '../../src/service/launches.ts';
import {
  busyboxImage,
  type ContainerEngine,
  type CriClient,
  createCriClient,
  describeWith,
  type MachineUser,
  makeMachineUser,
  type PodContainer,
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
/** Brings a variable that nobody asks for at the API. */
const hiding = 'localhost/harbor/hiding:1';
const hidden = 'LD_PRELOAD=/tmp/hidden.so';

/** A capability that no engine gives by itself, and a program: what an API gate may have been made not to see. */
function refuses({ set }: AskedLaunch): string | undefined {
  for (const { security, command, environment } of set.requests) {
    if (environment.some((each) => `${each.name}=${each.value}` === hidden)) return 'rule z: nothing is preloaded';
    if (security.privileged?.value || security.capabilities?.some(({ value }) => value === 'SYS_ADMIN'))
      return 'rule x: SYS_ADMIN is not for containers';
    if (command?.some(({ value }) => value === 'forbidden')) return 'rule y: that is not run here';
  }
  return undefined;
}

async function loadImages(load: (archive: string) => Promise<unknown>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'pw-load-'));
  const image = busyboxImage();
  const config = { ...image.config, Env: ['PATH=/bin', hidden] };
  try {
    for (const [reference, made] of [
      [name, image],
      [hiding, { ...image, config }],
    ] as const) {
      writeDockerArchive(made, join(directory, 'image.tar'), reference);
      await load(join(directory, 'image.tar'));
    }
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

const engines = {
  dockerd: (gate: TestRuntimeGate, runtime: string) => {
    const config = join(gate.folder, 'daemon.json');
    writeFileSync(config, editDockerConfig(undefined, new Map([[runtime, join(gate.folder, runtime)]])));
    const args = ['--config-file', config];
    return startDockerd({ path: gate.folder, args, oneCgroupVersion: runtime === 'crun' });
  },
  podman: (gate: TestRuntimeGate, runtime: string) =>
    startPodman({ runtime: join(gate.folder, runtime), oneCgroupVersion: runtime === 'crun' }),
} as const;
const pairs = [
  ['dockerd', 'runc'],
  ['dockerd', 'crun'],
  ['podman', 'runc'],
  ['podman', 'crun'],
] as const;
const needsOf = (runtime: string) => (runtime === 'crun' ? (['crun'] as const) : []);

for (const [engineName, runtime] of pairs)
  describeWith(
    [engineName, ...needsOf(runtime), 'busybox'],
    `the runtime gate before ${runtime} of ${engineName}`,
    () => {
      let launches: FakeLaunches;
      let gate: TestRuntimeGate;
      let engine: ContainerEngine;

      beforeAll(async () => {
        launches = fakeLaunches(unless(refuses));
        gate = await startRuntimeGate(launches);
        engine = await engines[engineName](gate, runtime);
        gate.writeWrappers(engine.dataRoot);
        await loadImages(engine.load);
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
        const denied = engine.run({
          image: name,
          extra: { HostConfig: { CapAdd: ['SYS_ADMIN'], NetworkMode: 'none' } },
        });
        await expect(denied).rejects.toThrow('rule x: SYS_ADMIN is not for containers');
      });

      it('sees and refuses what the image brings, though nobody asked for it', async () => {
        await expect(engine.run({ image: hiding, command: ['sleep', '1000'] })).rejects.toThrow('rule z');
        expect(launches.asked.at(-1)?.set.requests[0]?.image?.value).toBe(hiding);
      });

      it('cannot be gone around by naming another runtime', async () => {
        if (engineName === 'podman') return;
        expect(await engine.call('GET', '/info')).toMatchObject({ DefaultRuntime: 'portwarden' });
        for (const Runtime of ['runc', 'crun', 'io.containerd.runc.v2']) {
          const HostConfig = { CapAdd: ['SYS_ADMIN'], NetworkMode: 'none', Runtime };
          await expect(engine.run({ image: name, extra: { HostConfig } })).rejects.toThrow(
            /rule x|nknown (?:or invalid )?runtime/,
          );
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
    },
  );

for (const runtime of ['runc', 'crun'] as const)
  describeWith(['dockerd', ...needsOf(runtime), 'busybox'], `the runtime gate before ${runtime} of containerd`, () => {
    let launches: FakeLaunches;
    let gate: TestRuntimeGate;
    let containerd: TestContainerd;
    const start = (id: string, command: readonly string[], flags: readonly string[] = [], image = name) =>
      containerd.ctr('run', '--detach', '--runc-binary', join(gate.folder, runtime), ...flags, image, id, ...command);

    beforeAll(async () => {
      launches = fakeLaunches(unless(refuses));
      containerd = await startContainerd({ oneCgroupVersion: runtime === 'crun' });
      gate = await startRuntimeGate(launches, { containerdRoot: containerd.root });
      await loadImages((archive) => containerd.ctr('image', 'import', archive));
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

    it('refuses what is denied or hidden in the image, and sees what is started in a container', async () => {
      await expect(start('privileged', ['sleep', '1'], ['--privileged'])).rejects.toThrow('rule x');
      await expect(start('hiding', ['sleep', '1'], [], hiding)).rejects.toThrow('rule z');
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

describeWith(['dockerd', 'busybox'], 'the runtime gate before CRI of containerd', () => {
  let launches: FakeLaunches;
  let gate: TestRuntimeGate;
  let containerd: TestContainerd;
  let kubelet: CriClient;
  let pod: string;
  let web: string;

  beforeAll(async () => {
    launches = fakeLaunches(unless(refuses));
    // Its folder is known only once it runs, and by then it has read where the wrapper is.
    gate = await startRuntimeGate(launches);
    const edit = (config: string) => editContainerdConfig(config, new Map([['runc', gate.wrapper]]));
    containerd = await startContainerd({ cri: { sandboxImage: name, edit } });
    gate.identifyIn(containerd.root);
    kubelet = createCriClient(containerd.socket);
    await loadImages((archive) => containerd.ctr('--namespace', 'k8s.io', 'image', 'import', archive));
    pod = await kubelet.runPod('pilot');
  });
  afterAll(async () => {
    if (pod) await kubelet.removePod(pod);
    await containerd?.stop();
    await gate?.remove();
  });

  it('sees the sandbox and each container of a Pod, by their names', async () => {
    web = await kubelet.runContainer(pod, 'pilot', {
      ...{ name: 'web', image: name, command: ['sleep', '1000'] },
      environment: { COLOR: 'blue' },
    });
    expect(launches.refused).toEqual([]);
    const requests = launches.asked.map(({ set }) => set.requests[0]);
    expect(requests).toHaveLength(2);
    expect(requests[1]).toMatchObject({
      ...{ action: 'start', name: 'web', image: { value: name } },
      workload: { kind: 'Pod', name: 'pilot', namespace: 'harbor' },
      command: [{ value: 'sleep' }, { value: '1000' }],
      environment: expect.arrayContaining([expect.objectContaining({ name: 'COLOR', value: 'blue' })]),
    });
  });

  it('refuses what is denied, and what the image hides', async () => {
    const start = (container: Partial<PodContainer>) =>
      kubelet.runContainer(pod, 'pilot', { name: 'other', image: name, command: ['sleep', '1'], ...container });
    await expect(start({ capabilities: ['SYS_ADMIN'] })).rejects.toThrow('rule x');
    await expect(start({ name: 'hiding', image: hiding })).rejects.toThrow('rule z');
  });

  it('sees what is started in a container, as kubectl exec does', async () => {
    expect(await kubelet.exec(web, ['echo', 'ahoy'])).toBe('ahoy\n');
    expect(launches.asked.at(-1)?.set.requests[0]).toMatchObject({ action: 'exec', image: { value: name } });
    await expect(kubelet.exec(web, ['echo', 'forbidden'])).rejects.toThrow('rule y');
  });
});

describeWith(['podman', 'rootless', 'busybox'], 'the runtime gate before podman of a user without root', () => {
  let launches: FakeLaunches;
  let user: MachineUser;
  let gate: TestRuntimeGate;
  let engine: ContainerEngine;

  beforeAll(async () => {
    launches = fakeLaunches(unless(refuses));
    user = makeMachineUser();
    gate = await startRuntimeGate(launches, { user: user.uid });
    engine = await startPodman({ runtime: gate.wrapper, user });
    await loadImages(engine.load);
  });
  afterAll(async () => {
    await engine?.stop();
    await gate?.remove();
    await user?.remove();
  });

  it('lets a container start, and knows whose it is', async () => {
    await engine.run({ image: name, name: 'pilot', command: ['sleep', '1000'] });
    expect(launches.refused).toEqual([]);
    expect(launches.asked).toHaveLength(1);
    expect(launches.asked[0]?.who).toBe(`uid ${user.uid}`);
    expect(launches.asked[0]?.set.requests[0]).toMatchObject({
      name: 'pilot',
      user: { value: { uid: 0, hostUid: user.uid } },
      others: [],
      devices: [],
      namespaces: [],
      mounts: [],
      image: { value: name, id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    });
  });

  it('sees what the image brings, and what is started in a container', async () => {
    await expect(engine.run({ image: hiding, command: ['sleep', '1000'] })).rejects.toThrow('rule z');
    expect(await execIn(engine, 'pilot', ['echo', 'ahoy'])).toContain('ahoy');
    expect(launches.asked.at(-1)).toMatchObject({
      who: `uid ${user.uid}`,
      set: { requests: [{ action: 'exec', image: { value: name } }] },
    });
    expect(await execIn(engine, 'pilot', ['echo', 'forbidden'])).toContain('rule y');
  });

  it('has a socket for that user alone, and root keeps its own', () => {
    const ownerOf = (path: string) => [statSync(path).uid, statSync(path).mode & 0o777];
    expect(ownerOf(userSocket(gate.socket, user.uid))).toEqual([user.uid, 0o600]);
    expect(ownerOf(gate.socket)).toEqual([0, 0o600]);
  });

  it('refuses a user whom the agent was not told of', async () => {
    rmSync(userSocket(gate.socket, user.uid));
    await expect(engine.run({ image: name, command: ['sleep', '1'] })).rejects.toThrow(
      `the agent does not answer user ${user.uid}: PORTWARDEN_RUNTIME_GATE_USERS does not name them`,
    );
  });

  it('lets go on where all policies observe', async () => {
    markObserving(gate.socket, true);
    await engine.run({ image: name, command: ['sleep', '1000'] });
  });
});
