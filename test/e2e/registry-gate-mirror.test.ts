import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatedRegistry, plainDocuments, startGatedRegistry } from '../engines/gated-registry.ts';
import { busyboxImage, type ContainerEngine, describeWith, pushImage, startDockerd } from '../engines/index.ts';

const run = promisify(execFile);

/** Engines ask a mirror for images of Docker Hub; the mirror here is the gate before a registry of the test. */
describeWith(['registry', 'busybox', 'skopeo', 'dockerd'], 'the registry gate as a mirror', () => {
  let gate: GatedRegistry;
  let engine: ContainerEngine;

  beforeAll(async () => {
    gate = await startGatedRegistry();
    await gate.apply(plainDocuments.replace('trusted: [team/**]', 'trusted: [library/**]'));
    engine = await startDockerd({ args: ['--registry-mirror', `http://${gate.host}`] });
    const source = `${gate.upstream.host}/quarantine/library/harbor-busybox:1`;
    await pushImage(busyboxImage(), source);
    const to = `${gate.upstream.host}/library/harbor-busybox`;
    const { state } = await gate.services.certification.certify({ source, to }, new AbortController().signal);
    expect(state).toBe('certified');
    await pushImage({ ...busyboxImage(), config: { Cmd: ['evil'] } }, `${gate.upstream.host}/library/harbor-evil:1`);
  });
  afterAll(async () => {
    await engine?.stop();
    await gate?.stop();
  });

  it('gives dockerd what is certified by its short name, and nothing else', async () => {
    const docker = (...args: string[]) =>
      run('docker', ['-H', `unix://${engine.socket}`, ...args], { timeout: 120_000 });
    await docker('pull', 'harbor-busybox:1');
    const { stdout } = await docker('image', 'inspect', '--format', '{{.Config.Cmd}}', 'harbor-busybox:1');
    expect(stdout).toContain('sleep');
    // Without the mirror dockerd would ask Docker Hub, which is not there.
    await expect(docker('pull', 'harbor-evil:1')).rejects.toThrow();
  });

  it('gives containerd what is certified, by its table of hosts', async () => {
    const hosts = join(gate.directory, 'hosts', 'docker.io');
    mkdirSync(hosts, { recursive: true });
    writeFileSync(join(hosts, 'hosts.toml'), `[host."http://${gate.host}"]\n  capabilities = ["pull", "resolve"]\n`);
    const socket = join(dirname(engine.socket), 'exec/containerd/containerd.sock');
    const pull = (image: string) =>
      run(
        'ctr',
        [
          '--address',
          socket,
          '--namespace',
          'mirror',
          'images',
          'pull',
          '--hosts-dir',
          dirname(hosts),
          '--snapshotter',
          'native',
          image,
        ],
        {
          timeout: 60_000,
        },
      );
    await pull('docker.io/library/harbor-busybox:1');
    await expect(pull('docker.io/library/harbor-evil:1')).rejects.toThrow();
  });
});
