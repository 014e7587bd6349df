import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Daemon, startDaemon } from '../engines/daemon.ts';
import {
  busyboxImage,
  type CriClient,
  createCriClient,
  createEngineApi,
  describeWith,
  type EngineApi,
  makeTestMachine,
  type TestMachine,
  writeDockerArchive,
} from '../engines/index.ts';
import { type RunningPortwarden, runPortwarden, startPortwarden } from './running-portwarden.ts';

const image = 'install.example/busybox:1';
const wrappers = '/usr/local/lib/portwarden/bin';
const units = ['docker', 'containerd'] as const;
const dropIn = (unit: string) => `/etc/systemd/system/${unit}.service.d/portwarden-runtime.conf`;

/** As administrators write them, each in their own way. */
const configs: Readonly<Record<string, readonly [text: string, mode: number]>> = {
  '/etc/docker/daemon.json': ['{ "bridge": "none",\n\t"iptables": false, "ip6tables" : false }', 0o600],
  '/etc/containerd/config.toml': [
    `# ours
version = 2
[plugins]
  [plugins.'io.containerd.grpc.v1.cri']   # of kubelet
    sandbox_image = "${image}"
    restrict_oom_score_adj = true
  [plugins."io.containerd.internal.v1.opt"]
    path = "/var/lib/containerd/opt"`,
    0o640,
  ],
};

/** A host as its administrator sets it up, with each engine as its package starts it, only not by systemd. */
describeWith(['dockerd', 'podman', 'systemd', 'busybox'], 'portwarden runtime install on a host', () => {
  let machine: TestMachine;
  let portwarden: RunningPortwarden;
  let docker: EngineApi;
  let kubelet: CriClient;
  let environment: Readonly<Record<string, string>>;
  const daemons: Daemon[] = [];
  const through = () => [...machine.enter, machine.node];
  const verb = (...args: readonly string[]) => runPortwarden(['runtime', ...args], environment, through());
  const podman = (...args: readonly string[]) => machine.run('podman', '--cgroup-manager', 'cgroupfs', ...args);
  const start = async (path: string, ready: () => Promise<unknown>, ...command: readonly string[]) => {
    const [program = '', ...args] = [...machine.enter, ...command];
    daemons.push(await startDaemon({ command: program, args, env: { PATH: path }, ready }));
  };
  const snapshot = () =>
    Object.keys(configs).map((path) => [path, readFileSync(machine.at(path), 'utf8'), statSync(machine.at(path)).mode]);

  beforeAll(async () => {
    machine = await makeTestMachine();
    environment = {
      PORTWARDEN_DATA: join(machine.scratch, 'data'),
      PORTWARDEN_CONTENT: 'off',
      PORTWARDEN_SEGMENTATION: 'off',
      PORTWARDEN_RUNTIME_GATE: 'on',
    };
    for (const [path, [text, mode]] of Object.entries(configs)) {
      mkdirSync(machine.at(dirname(path)), { recursive: true });
      writeFileSync(machine.at(path), text);
      chmodSync(machine.at(path), mode);
    }
    rmSync(machine.at('/etc/docker/key.json'), { force: true });
    writeDockerArchive(busyboxImage(), join(machine.scratch, 'image.tar'), image);
    portwarden = await startPortwarden(environment, through());
  });
  afterAll(async () => {
    await docker?.removeAllContainers().catch(() => undefined);
    await docker?.close();
    for (const daemon of daemons.toReversed()) await daemon.stop();
    await portwarden?.interrupt();
    await machine?.remove();
  });

  it('writes what systemd can read', async () => {
    for (const engine of ['docker', 'podman', 'containerd'])
      expect(await verb('install', '--engine', engine)).toMatchObject({ code: 0 });
    expect((await verb('status')).code).toBe(0);
    for (const unit of units) {
      // A unit that is not there by its package has nothing to be verified.
      const { code, stdout, stderr } = await machine.run('systemd-analyze', 'verify', `${unit}.service`);
      expect([code, stdout, stderr]).toEqual([0, '', '']);
      const read = await machine.run('systemd-analyze', 'cat-config', `systemd/system/${unit}.service`);
      expect(read.stdout).toContain(`# ${dropIn(unit)}\n`);
    }
    writeFileSync(machine.at(dropIn('docker')).replace('portwarden', 'zz-broken'), '[Service]\nEnvironment="PATH=\n');
    expect((await machine.run('systemd-analyze', 'verify', 'docker.service')).stderr).toContain('zz-broken');
    rmSync(machine.at(dropIn('docker')).replace('portwarden', 'zz-broken'));
  });

  it('stands before what each engine starts by its own configuration', async () => {
    const path = /PATH=([^"]+)/.exec(readFileSync(machine.at(dropIn('docker')), 'utf8'))?.[1] ?? '';
    await start(path, async () => expect((await machine.run('ctr', 'version')).code).toBe(0), 'containerd');
    docker = createEngineApi(machine.at('/run/docker.sock'));
    const host = 'unix:///run/docker.sock';
    await start(path, () => docker.call('GET', '/_ping'), 'dockerd', '--host', host, '--pidfile', '/run/docker.pid');
    expect(await docker.call('GET', '/info')).toMatchObject({
      DefaultRuntime: 'portwarden',
      Runtimes: { portwarden: { path: join(wrappers, 'runc') } },
    });
    await docker.load(join(machine.scratch, 'image.tar'));
    const info = JSON.parse((await podman('info', '--format', 'json')).stdout);
    expect(info.host.ociRuntime.path).toMatch(/^\/usr\/local\/lib\/portwarden\/bin\/(?:crun|runc)$/);
    expect(await podman('load', '--input', join(machine.scratch, 'image.tar'))).toMatchObject({ code: 0 });
    const load = ['--namespace', 'k8s.io', 'image', 'import', join(machine.scratch, 'image.tar')];
    expect(await machine.run('ctr', ...load)).toMatchObject({ code: 0 });
    kubelet = createCriClient(machine.at('/run/containerd/containerd.sock'));

    const policy = '{apiVersion: portwarden/v1, kind: LaunchPolicy, metadata: {name: all}, mode: enforce, spec: {}}\n';
    writeFileSync(join(machine.scratch, 'policy.yaml'), policy);
    const applied = await runPortwarden(['apply', '-f', join(machine.scratch, 'policy.yaml')], environment, through());
    expect(applied).toMatchObject({ code: 0 });
    const refused = () =>
      docker
        .run({ image, extra: { HostConfig: { CapAdd: ['SYS_ADMIN'], NetworkMode: 'none' } } })
        .then(String, (error: Error) => error.message);
    await expect.poll(refused, { timeout: 20_000 }).toMatch(/portwarden: .*launch\/capability/);
    await docker.run({ image, command: ['sleep', '1000'] });
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1000:1000', '--network', 'none'];
    expect(await podman('run', '--rm', ...limits, image, 'echo', 'ahoy')).toMatchObject({ code: 0, stdout: 'ahoy\n' });
    expect((await podman('run', '--rm', ...limits, '--cap-add', 'SYS_ADMIN', image, 'echo', 'ahoy')).stderr).toMatch(
      /portwarden: .*launch\/capability/,
    );
    // The Pod of the test has the network of the host.
    await expect(kubelet.runPod('pilot')).rejects.toThrow(/portwarden: .*launch\/host-namespace/);
  });

  it('gives configurations back byte for byte, and leaves nothing', async () => {
    const installed = snapshot();
    for (const engine of ['docker', 'podman', 'containerd'])
      expect(await verb('uninstall', '--engine', engine)).toMatchObject({ code: 0 });
    const expected = Object.entries(configs).map(([path, [text, mode]]) => [path, text, 0o100000 + mode]);
    expect(installed.map(([, , mode]) => mode)).toEqual(expected.map(([, , mode]) => mode));
    expect(snapshot()).toEqual(expected);
    const { stdout } = await machine.run('find', '/etc', '/usr/local', '-iname', '*portwarden*');
    expect(stdout).toBe('');
    for (const unit of units) expect((await machine.run('ls', dirname(dropIn(unit)))).code).not.toBe(0);
  });
});
