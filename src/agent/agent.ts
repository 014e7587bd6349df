import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, type Log, messageOf } from '../base/index.ts';
import { createEngineClient, type EngineSockets, engineSockets, ImageError } from '../image/index.ts';
import type { EngineKind, EngineStatus } from '../model/index.ts';
import type { InventoryRecorder } from '../service/index.ts';
import { watchEngine } from './watch-engine.ts';

export interface AgentParts {
  /** Name of this machine. */
  readonly host: string;
  readonly inventory: InventoryRecorder;
  readonly clock: Clock;
  readonly log: Log;
  /** Where its engines may be; by the environment unless said. */
  readonly sockets?: EngineSockets;
  /** Milliseconds between two full looks at an engine. */
  readonly reconcileEvery?: number;
  /** Milliseconds before an engine is tried again, doubled each time up to five seconds. */
  readonly retryAfter?: number;
}

export interface Agent {
  /** Watches until the signal, whatever comes and goes; never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

const longestRetry = 5000;

/**
 * The agent of one machine. An engine may appear, vanish and come back; of each kind the first socket that is there is
 * watched, because the inventory knows an engine by its host and kind.
 */
export function createAgent(parts: AgentParts): Agent {
  const {
    host,
    inventory,
    log,
    sockets = engineSockets(process.env),
    reconcileEvery = 60_000,
    retryAfter = 500,
  } = parts;

  async function keepWatching(kind: EngineKind, signal: AbortSignal): Promise<void> {
    let failures = 0;
    let told = '';
    while (!signal.aborted) {
      const failure = await watchFirst(kind, signal, () => {
        failures = 0;
        told = '';
      });
      if (signal.aborted) return;
      const status = statusOf(kind, failure);
      const text = `${status.state} ${status.message}`;
      if (text !== told) await tell(status, failure);
      told = text;
      if (sockets[kind].length === 0) return;
      await wait(Math.min(longestRetry, retryAfter * 2 ** failures), undefined, { signal }).catch(() => undefined);
      failures = Math.min(failures + 1, 10);
    }
  }

  /** Watches the first engine of the kind that is there for as long as it is; gives why that ended. */
  async function watchFirst(engine: EngineKind, signal: AbortSignal, onWatching: () => void): Promise<WatchFailure> {
    let failure: WatchFailure = { socket: '', cause: new ImageError('not-found', `no socket of ${engine} is known`) };
    for (const socket of sockets[engine]) {
      const client = createEngineClient({ kind: engine, socket });
      try {
        return await watchEngine(
          client,
          {
            ...parts,
            reconcileEvery,
            async onWatching(version) {
              onWatching();
              log.info({ engine, socket, version }, 'watching an engine');
              await inventory.engineStatus({ host, engine, socket, state: 'watching', version });
            },
          },
          signal,
        );
      } catch (cause) {
        failure = { socket, cause };
      } finally {
        await client.close();
      }
      if (!isAbsent(failure.cause)) return failure;
    }
    return failure;
  }

  function statusOf(engine: EngineKind, { socket, cause }: WatchFailure): EngineStatus {
    const forbidden = cause instanceof ImageError && cause.code === 'forbidden-socket';
    const remedy = cause instanceof ImageError && cause.remedy ? ` ${cause.remedy}` : '';
    const message = `${sentence(messageOf(cause))}${remedy}`;
    return { host, engine, socket, state: forbidden ? 'forbidden' : 'unreachable', message };
  }

  async function tell(status: EngineStatus, { cause }: WatchFailure): Promise<void> {
    const { engine, socket, message } = status;
    if (!(cause instanceof ImageError)) {
      // Not the engine's fault, and nothing that its state should say.
      log.error({ engine, error: messageOf(cause) }, 'could not record what an engine has');
      return;
    }
    if (isAbsent(cause)) log.debug({ engine, socket }, 'no such engine here');
    // Who started it is told in words, by the state that is recorded next.
    else log[status.state === 'forbidden' ? 'info' : 'warn']({ engine, socket, message }, 'cannot watch an engine');
    await inventory.engineStatus(status).catch((error: unknown) => {
      log.error({ engine, error: messageOf(error) }, 'could not record the state of an engine');
    });
  }

  return {
    async run(signal) {
      await Promise.all([keepWatching('docker', signal), keepWatching('podman', signal)]);
    },
  };
}

interface WatchFailure {
  readonly socket: string;
  readonly cause: unknown;
}

function isAbsent(cause: unknown): boolean {
  return cause instanceof ImageError && cause.code === 'not-found';
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
