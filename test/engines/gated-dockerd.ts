import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../src/base/index.ts';
import {
  askEngine,
  createDockerGate,
  type DockerGateSettings,
  serveDockerGate,
  startDockerFront,
} from '../../src/gate/index.ts';
import { createJudgedLaunches, type JudgedLaunches, type JudgedRules } from '../fakes/judged-launches.ts';
import type { ContainerEngine } from './container-engine.ts';
import { startDockerd } from './dockerd.ts';
import { makeScratch } from './scratch.ts';

/** A dockerd with Portwarden's plugin, a front before it, and the launch service behind it. */
export interface GatedDockerd extends ContainerEngine {
  readonly frontSocket: string;
  /** A test that starts another writes it here. */
  frontPid: number;
  readonly backend: string;
  /** Of the gate in this process. */
  readonly launches: JudgedLaunches;
  readonly rules: JudgedRules & {
    settings: DockerGateSettings;
    /** Which images may come by a pull; absent: those that policy lets start. */
    pulls?: (reference: string) => boolean;
  };
}

export const strictSettings: DockerGateSettings = { whenUnreadable: 'deny', whenUndecided: 'deny', routes: {} };

/** A gate in this process, so that a test sees what it was asked. */
export async function startGatedDockerd(): Promise<GatedDockerd> {
  const scratch = makeScratch('plugin');
  const name = `portwarden-test-${createHash('sha256').update(scratch.path).digest('hex').slice(0, 12)}`;
  const frontSocket = `/run/docker/plugins/${name}.sock`;
  const backend = join(scratch.path, 'agent.sock');
  const rules: GatedDockerd['rules'] = {
    settings: { ...strictSettings, routes: { load: 'allow' } },
  };
  const front = await startDockerFront({ socketPath: frontSocket, backend, whenAway: 'deny' });
  const launches = createJudgedLaunches(rules);
  let engine: ContainerEngine | undefined;
  let gated: GatedDockerd | undefined;
  let questions: ReturnType<typeof askEngine> | undefined;
  const later = () => questions ?? Promise.reject(new Error('the engine is not up'));
  const gate = createDockerGate({
    launches,
    host: 'quay-1',
    engine: {
      inspectImage: async (image) => (await later()).inspectImage(image),
      inspectVolume: async (volume) => (await later()).inspectVolume(volume),
      ownPaths: async () => (await later()).ownPaths(),
      inspectContainer: async (container) => (await later()).inspectContainer(container),
    },
    images: {
      mayPull: async (reference) => {
        if (!rules.pulls) return launches.mayPull(reference, 'quay-1');
        const { registry, repository, tag } = reference;
        if (rules.pulls(`${registry}/${repository}:${tag}`)) return { allowed: true };
        return { allowed: false, reason: 'the image is not certified', remedy: 'certify it' };
      },
    },
    settings: () => rules.settings,
    log: silentLog,
  });
  const server = await serveDockerGate({ socketPath: backend, gate });
  const end = async () => {
    await engine?.stop();
    questions?.close();
    await server.close();
    await endProcess(gated?.frontPid ?? front.pid);
    rmSync(frontSocket, { force: true });
    await scratch.remove();
  };
  try {
    engine = await startDockerd({ args: [`--authorization-plugin=${name}`] });
    questions = askEngine(engine.socket);
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= end();
      return stopped;
    };
    gated = { ...engine, frontSocket, frontPid: front.pid, backend, launches, rules, stop };
    return gated;
  } catch (error) {
    await end();
    throw error;
  }
}

/** The same gate in a process of its own, which a test can kill or halt. */
export async function spawnGateAgent(backend: string, engineSocket: string) {
  const program = fileURLToPath(new URL('./docker-gate-agent.ts', import.meta.url));
  const child = spawn(process.execPath, [program, backend, engineSocket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the agent ended with status ${code}`)));
  });
  return {
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function endProcess(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      process.kill(pid, attempt === 0 ? 'SIGTERM' : 'SIGKILL');
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
