import type { Digest, Instant } from '../base/index.ts';

export type EngineKind = 'docker' | 'podman';

/** One run of one container, as an interval: a restart is a new one. */
export interface Workload {
  /** Name of the host that it ran on. */
  readonly host: string;
  readonly engine: EngineKind;
  /** The engine's full container ID. */
  readonly containerId: string;
  readonly name: string;
  /** The image as it was asked for: `nginx:1.25`. */
  readonly imageReference: string;
  /** Digest of the image configuration. */
  readonly imageId: Digest;
  readonly labels: Readonly<Record<string, string>>;
  readonly started: Instant;
  /** Absent while it runs. */
  readonly ended?: Instant;
  /**
   * False where the end was not seen: the container was gone when the agent looked again, and `ended` is when it was
   * last known to run.
   */
  readonly endedExact: boolean;
}

/** Which interval: host, engine, container and start. */
export function workloadKey(workload: Pick<Workload, 'host' | 'engine' | 'containerId' | 'started'>): string {
  return `${workload.host}/${workload.engine}/${workload.containerId}/${workload.started}`;
}

/** An engine of a host, as the agent last saw it. */
export interface EngineStatus {
  readonly host: string;
  readonly engine: EngineKind;
  /** Path of its unix socket. */
  readonly socket: string;
  readonly state: 'watching' | 'unreachable' | 'forbidden';
  /** Of the engine, where it answered. */
  readonly version?: string;
  /** For a person, where it does not watch: what is wrong and what to do. */
  readonly message?: string;
  readonly lastSeen?: Instant;
}
