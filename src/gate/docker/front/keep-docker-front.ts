import { type Log, messageOf, pause } from '../../../base/index.ts';
import { type DockerFrontOptions, startDockerFront } from './start-docker-front.ts';

export interface KeepDockerFrontOptions extends Omit<DockerFrontOptions, 'whenAway'> {
  /** Asked at each look: policies may change. */
  whenAway(): DockerFrontOptions['whenAway'];
  readonly log: Log;
  /** Ends the looking, not the front. */
  readonly signal: AbortSignal;
}

const lookEvery = 1000;

/**
 * Looks after the front for as long as the agent runs: one that was killed, or whose socket was removed or taken by another,
 * is started anew within about a second, while dockerd still tries. Resolves with the signal; never rejects.
 */
export async function keepDockerFront({ log, signal, whenAway, ...options }: KeepDockerFrontOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      const { pid, wasRunning } = await startDockerFront({ ...options, whenAway: whenAway() });
      if (!wasRunning) log.info({ pid, socket: options.socketPath }, 'the front of the docker gate was started');
    } catch (error) {
      log.error({ error: messageOf(error) }, 'the front of the docker gate is away: dockerd refuses everything');
    }
    await pause(lookEvery, signal);
  }
}
