import type { Digest } from '../base/index.ts';
import type { TrafficProtocol } from './connection-set.ts';
import type { NamedService } from './security-group.ts';
import type { EngineKind } from './workload.ts';

/** A container as a network sees it: what groups select by, and where its packets come from. */
export interface NetworkedContainer {
  readonly host: string;
  readonly engine: EngineKind;
  /** The engine's full container ID. */
  readonly containerId: string;
  readonly name: string;
  /** As it was asked for. */
  readonly imageReference: string;
  /** Absent for one that runs a plain directory (`podman run --rootfs`). */
  readonly imageId?: Digest;
  readonly labels: Readonly<Record<string, string>>;
  /** Of its first process, in the host's namespace; while it runs. */
  readonly pid: number;
  readonly attachments: readonly NetworkAttachment[];
  readonly published: readonly PublishedPort[];
  /** Why rules cannot hold for some of its traffic; empty where they do for all. */
  readonly outOfReach: readonly OutOfReach[];
}

/** One end of a container in a network of its engine. */
export interface NetworkAttachment {
  /** The engine's name of the network. */
  readonly network: string;
  /** Interface of the host that is the bridge. */
  readonly bridge: string;
  /** Interface of the host that is the other end of the container's, a port of the bridge; no one else has it. */
  readonly port: string;
  /** Lower case, colons. */
  readonly mac: string;
  /** As the engine gave them, not as the container says; of both versions. */
  readonly addresses: readonly string[];
}

export interface PublishedPort {
  readonly protocol: TrafficProtocol;
  /** `0.0.0.0`, `::` or one of the host's. */
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

export interface OutOfReach {
  /** `host`, `macvlan`, `ipvlan`, `container`, … : how its network is made. */
  readonly driver: string;
  readonly network: string;
  /** For a person: what is not controlled, and what to do. */
  readonly message: string;
}

/** What of a host the rules must know. */
export interface HostNetwork {
  readonly host: string;
  readonly bridges: readonly ContainerBridge[];
  /** Where named services are, as seen from containers of this host; those that are absent are nowhere. */
  readonly services: ReadonlyMap<NamedService, readonly ServiceAddress[]>;
}

/** A bridge that an engine made for containers. */
export interface ContainerBridge {
  /** Name of the interface. */
  readonly bridge: string;
  readonly network: string;
  readonly engine: EngineKind;
  /** Blocks such as `172.17.0.0/16`. */
  readonly subnets: readonly string[];
  /** Of the host on it. */
  readonly gateways: readonly string[];
}

export interface ServiceAddress {
  /** A block. */
  readonly addresses: string;
  /** Absent: all. */
  readonly protocol?: TrafficProtocol;
  /** First and last, both included; absent: all. */
  readonly ports?: readonly [number, number];
}
