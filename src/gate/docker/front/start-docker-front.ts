import { spawn } from 'node:child_process';
import { request as send } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asNumber, asObject, asString, pause } from '../../../base/index.ts';
import { DockerGateError } from '../docker-gate-error.ts';
import { frontVersion } from './front-version.ts';

export interface DockerFrontOptions {
  /** Where dockerd looks: `/run/docker/plugins/portwarden.sock`. */
  readonly socketPath: string;
  /** Where the agent listens. */
  readonly backend: string;
  /** What is answered for an agent that does not; `allow` only where the gate observes. */
  readonly whenAway: 'deny' | 'allow';
}

export interface DockerFront {
  readonly pid: number;
  /** That it was there already, from an agent before this one. */
  readonly wasRunning: boolean;
}

const mostMilliseconds = 10_000;

/**
 * Makes sure that a front of this version listens, for this agent: takes over the one that is there, or starts one that
 * outlives this process and tells the one before to go. Rejects with DockerGateError `agent-away` where none comes up.
 */
export async function startDockerFront(options: DockerFrontOptions): Promise<DockerFront> {
  const { socketPath, backend, whenAway } = options;
  const before = await lookAtFront(socketPath);
  if (before && isAsWanted(before, options)) return { pid: before.pid, wasRunning: true };
  const program = fileURLToPath(new URL(`./front${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [program, socketPath, backend, whenAway], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
    // Nothing of the agent's, which may hold secrets.
    env: { PATH: process.env.PATH ?? '' },
  });
  let failed: string | undefined;
  child.on('error', (error) => {
    failed = error.message;
  });
  child.on('exit', (code) => {
    failed = `it ended with status ${code}`;
  });
  child.unref();
  const deadline = performance.now() + mostMilliseconds;
  for (;;) {
    const now = await lookAtFront(socketPath);
    if (now && now.pid === child.pid) break;
    if (failed !== undefined || performance.now() > deadline) {
      throw new DockerGateError('agent-away', `the front of the docker gate does not start: ${failed ?? 'too slow'}`, {
        remedy: `the agent must be root, and may make files beside ${socketPath}`,
      });
    }
    await pause(25, AbortSignal.timeout(mostMilliseconds));
  }
  // Its name is taken, so that nobody new comes to it; it ends when it has answered.
  if (before) process.kill(before.pid, 'SIGTERM');
  return { pid: child.pid ?? 0, wasRunning: false };
}

interface FoundFront {
  readonly pid: number;
  readonly version: number | undefined;
  readonly backend: string | undefined;
  readonly whenAway: string | undefined;
}

function isAsWanted(front: FoundFront, { backend, whenAway }: DockerFrontOptions): boolean {
  return front.version === frontVersion && front.backend === backend && front.whenAway === whenAway;
}

/** Undefined where nobody listens, or somebody else. */
async function lookAtFront(socketPath: string): Promise<FoundFront | undefined> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(1000);
    // A connection that is kept leads to the front before, also when its socket has a new owner.
    const options = {
      agent: false,
      socketPath,
      method: 'POST',
      path: '/Portwarden.Front',
      signal,
      headers: { host: 'portwarden' },
    };
    const request = send(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text = (text + piece).slice(0, 4096);
      });
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve(readFront(text)));
    });
    request.on('error', () => resolve(undefined));
    request.end();
  });
}

function readFront(text: string): FoundFront | undefined {
  try {
    const value = asObject(JSON.parse(text));
    const pid = asNumber(value?.pid);
    if (!value || pid === undefined || !Number.isSafeInteger(pid) || pid < 2) return undefined;
    const { version, backend, whenAway } = value;
    return { pid, version: asNumber(version), backend: asString(backend), whenAway: asString(whenAway) };
  } catch {
    return undefined;
  }
}
