/**
 * engines: real parts for tests: dockerd, podman, a registry, PostgreSQL, clamd, and images that are made here, never pulled.
 * Never: the machine's own engines, their networks or the firewall; each part has a directory of its own and leaves nothing.
 * Start at describe-with.ts (what a machine may lack), then dockerd.ts and images.ts.
 */
export { type ClamdServer, startClamd } from './clamd.ts';
export { type ContainerEngine, type ContainerOptions, createEngineApi, type EngineApi } from './container-engine.ts';
export { startContainerd, type TestContainerd } from './containerd.ts';
export { type CriClient, createCriClient, type PodContainer } from './cri.ts';
export { debianRelease } from './debian-tree.ts';
export { describeWith } from './describe-with.ts';
export { type Dockerd, startDockerd } from './dockerd.ts';
export { type EngineName, findProgram, whyMissing } from './engine-needs.ts';
export * from './images.ts';
export { makeTestMachine, type TestMachine } from './machine.ts';
export { type MachineUser, makeMachineUser } from './machine-user.ts';
export { type NamespacePeer, peerAt, peerIn } from './namespace-peer.ts';
export { type BedBridge, type BedContainer, createNetworkBed, type NetworkBed } from './network-bed.ts';
export { makeNetworkNamespace, type NetworkNamespace, runIn, within } from './network-namespace.ts';
export { type OutsideNames, startOutsideNames } from './outside-names.ts';
export { startPodman } from './podman.ts';
export { type PostgresServer, startPostgres } from './postgres.ts';
export { type PushedArtifact, pushArtifact, pushBlob, pushManifest } from './push-artifact.ts';
export { type RegistryServer, registryLogin, startRegistry } from './registry.ts';
export { startRuntimeGate, type TestRuntimeGate } from './runtime-gate.ts';
export { startSegmenter, type TestSegmenter } from './start-segmenter.ts';
