import type { Digest, Instant } from '../base/index.ts';
import type { PublishedPort } from './network.ts';
import type { EngineKind } from './workload.ts';

/** A network as its engine describes it. */
export interface EngineNetwork {
  readonly engine: EngineKind;
  readonly networkId: string;
  readonly name: string;
  /** `bridge`, `macvlan`, `ipvlan`, `overlay`, `host`, `null`, or what a plugin calls itself. */
  readonly driver: string;
  /** Interface of the host, of driver `bridge` alone; it may not be there yet. */
  readonly bridge?: string;
  /** Blocks such as `172.17.0.0/16`. */
  readonly subnets: readonly string[];
  readonly gateways: readonly string[];
}

/** A container with its ends in networks, as its engine describes it: nothing here comes from the container itself. */
export interface AttachedContainer {
  readonly containerId: string;
  readonly name: string;
  readonly imageReference: string;
  /** Absent for one that runs a plain directory. */
  readonly imageId?: Digest;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  readonly started?: Instant;
  /** Of its first process, in the engine's namespace of processes; 0 while it does not run. */
  readonly pid: number;
  /** `bridge`, `host`, `none`, `container:ID`, `slirp4netns`, or the name of a network. */
  readonly networkMode: string;
  readonly endpoints: readonly EngineEndpoint[];
  readonly published: readonly PublishedPort[];
  /** File of the host that is the container's resolv.conf. */
  readonly resolverFile?: string;
}

export interface EngineEndpoint {
  /** Name of the network. */
  readonly network: string;
  /** Of the network; podman puts its name here. */
  readonly networkId: string;
  /** Lower case, colons. */
  readonly mac?: string;
  /** Of both versions, in the form of formatAddress. */
  readonly addresses: readonly string[];
}
