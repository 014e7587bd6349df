import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatedRegistry, plainDocuments, startGatedRegistry } from '../engines/gated-registry.ts';
import { busyboxImage, describeWith, pushImage, startDockerd, startPodman } from '../engines/index.ts';

const run = promisify(execFile);

/** How an engine pulls and pushes; each rejects with what its user sees. */
interface Client {
  pull(reference: string): Promise<unknown>;
  /** Pushes an image that it pulled before under another name. */
  push(from: string, to: string, token: string): Promise<unknown>;
}

async function shell(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  try {
    const { stdout, stderr } = await run(command, args, { env: { ...process.env, ...env }, timeout: 120_000 });
    return `${stdout}${stderr}`;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
  }
}

const clients: Readonly<Record<string, (gate: GatedRegistry) => Promise<Client & { stop(): Promise<void> }>>> = {
  async docker({ host, directory }) {
    const engine = await startDockerd();
    const config = join(directory, 'docker-config');
    mkdirSync(config, { recursive: true });
    const docker = (...args: string[]) =>
      shell('docker', ['--config', config, '-H', `unix://${engine.socket}`, ...args]);
    return {
      pull: (reference) => docker('pull', reference),
      async push(from, to, token) {
        const auth = Buffer.from(`ci:${token}`).toString('base64');
        writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
        await docker('tag', from, to);
        await docker('push', to);
        writeFileSync(join(config, 'config.json'), '{}');
      },
      stop: () => engine.stop(),
    };
  },
  async podman() {
    const engine = await startPodman();
    const podman = (...args: string[]) => shell('podman', ['--remote', '--url', `unix://${engine.socket}`, ...args]);
    return {
      pull: (reference) => podman('pull', '--tls-verify=false', reference),
      async push(from, to, token) {
        await podman('tag', from, to);
        await podman('push', '--tls-verify=false', '--creds', `ci:${token}`, to);
      },
      stop: () => engine.stop(),
    };
  },
  async containerd() {
    const engine = await startDockerd();
    const socket = join(dirname(engine.socket), 'exec/containerd/containerd.sock');
    const ctr = (...args: string[]) => shell('ctr', ['--address', socket, '--namespace', 'gate', 'images', ...args]);
    return {
      pull: (reference) => ctr('pull', '--plain-http', '--snapshotter', 'native', reference),
      async push(from, to, token) {
        await ctr('tag', '--force', from, to);
        await ctr('push', '--plain-http', '--user', `ci:${token}`, to);
      },
      stop: () => engine.stop(),
    };
  },
  async skopeo({ directory }) {
    const skopeo = (...args: string[]) => shell('skopeo', ['--insecure-policy', 'copy', ...args]);
    const at = (reference: string) => `oci:${join(directory, reference.replace(/[^a-z0-9]/g, '-'))}:1`;
    return {
      pull: (reference) => skopeo('--src-tls-verify=false', `docker://${reference}`, at(reference)),
      push: (from, to, token) =>
        skopeo('--dest-tls-verify=false', '--dest-creds', `ci:${token}`, at(from), `docker://${to}`),
      stop: async () => undefined,
    };
  },
};

describeWith(['registry', 'busybox', 'skopeo', 'dockerd', 'podman'], 'the registry gate', () => {
  let gate: GatedRegistry;
  beforeAll(async () => {
    gate = await startGatedRegistry();
    await gate.apply(plainDocuments);
  });
  afterAll(() => gate?.stop());

  describe.each(Object.entries(clients))('with %s', (name, start) => {
    let client: Client & { stop(): Promise<void> };
    beforeAll(async () => {
      client = await start(gate);
    });
    afterAll(() => client?.stop());

    it('gives what is certified, refuses what is not, takes what is pushed into quarantine and promotes it', async () => {
      const repository = `team/${name}`;
      const image = `${gate.host}/${repository}`;
      // It lies in the trusted repository, and nobody has looked at it.
      await pushImage(busyboxImage(), `${gate.upstream.host}/${repository}:1.0.0`);
      await expect(client.pull(`${image}:1.0.0`)).rejects.toThrow(/manifest|not found|unknown/i);
      const source = `${gate.upstream.host}/${repository}:1.0.0`;
      const certified = await gate.services.certification.certify(
        { source, to: `${gate.upstream.host}/${repository}` },
        new AbortController().signal,
      );
      expect(certified.state).toBe('certified');
      await client.pull(`${image}:1.0.0`);

      await expect(client.push(`${image}:1.0.0`, `${image}-pushed:2.0.0`, await gate.token('pull'))).rejects.toThrow();
      await client.push(`${image}:1.0.0`, `${image}-pushed:2.0.0`, await gate.token('push'));
      expect(await gate.judged(`${repository}-pushed`)).toBe('certified');
      await client.pull(`${image}-pushed:2.0.0`);
    });
  });

  it('tells the user of docker why an image is refused, and what to do', async () => {
    const docker = await (clients.docker as NonNullable<(typeof clients)['docker']>)(gate);
    try {
      await gate.apply(`
apiVersion: portwarden/v1
kind: ImagePolicy
metadata: { name: lenient }
spec: { unknown: { notJudged: allow }, user: { root: refuse } }
`);
      const source = `${gate.upstream.host}/quarantine/team/root:1`;
      await pushImage(busyboxImage(), source);
      const signal = new AbortController().signal;
      const refused = await gate.services.certification.certify(
        { source, to: `${gate.upstream.host}/team/root` },
        signal,
      );
      expect(refused).toMatchObject({ state: 'refused', findings: [{ rule: 'image/root-user' }] });
      await expect(docker.pull(`${gate.host}/team/root:1`)).rejects.toThrow(
        /portwarden: team\/root:1 is refused by the policy lenient: image\/root-user/,
      );
    } finally {
      await gate.apply(plainDocuments);
      await docker.stop();
    }
  });
});
