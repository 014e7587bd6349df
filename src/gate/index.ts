/**
 * gate: where engines, clusters and registries ask whether something may pass. Each gate translates a request in, asks the
 * services, and translates the answer out.
 * Never: decides, reaches the store past the services, takes what was not decided for allowed.
 * Start at registry/registry-gate.ts: OCI distribution in front of a registry; docker/docker-gate.ts: dockerd's
 * authorization plugin; runtime/runtime-gate.ts: before runc and crun; kubernetes/kubernetes-gate.ts: the webhooks of a
 * cluster.
 */
export { askEngine, type EngineNames } from './docker/ask-engine.ts';
export {
  createDockerGate,
  type DockerGate,
  type DockerGateParts,
  type DockerGateSettings,
} from './docker/docker-gate.ts';
export { describeDockerRoutes } from './docker/docker-routes.ts';
export { type KeepDockerFrontOptions, keepDockerFront } from './docker/front/keep-docker-front.ts';
export { type DockerFront, type DockerFrontOptions, startDockerFront } from './docker/front/start-docker-front.ts';
export { type GrpcAccess, probeGrpc } from './docker/probe-grpc.ts';
export { serveDockerGate } from './docker/serve-docker-gate.ts';

export { compileManifests } from './kubernetes/compile-manifests.ts';
export {
  createKubernetesGate,
  type KubernetesGate,
  type KubernetesGateParts,
} from './kubernetes/kubernetes-gate.ts';
export type { Manifest, ManifestOptions } from './kubernetes/manifest.ts';
export { accessFromPod, createObjectReader } from './kubernetes/read-objects.ts';
export {
  type KubernetesGateServer,
  type KubernetesGateServerParts,
  serveKubernetesGate,
} from './kubernetes/serve-kubernetes-gate.ts';
export { type CertificateStore, certificateFiles, ownCertificates } from './kubernetes/serving-certificates.ts';
export { createRegistryGate, type RegistryGate, type RegistryGateParts } from './registry/registry-gate.ts';
export { type FileChange, printChanges } from './runtime/install/file-changes.ts';
export { checkPrograms, findInstallPaths } from './runtime/install/find-install-paths.ts';
export {
  type InstallReport,
  installRuntime,
  type RuntimeStatus,
  readRuntimeStatus,
  uninstallRuntime,
} from './runtime/install/install-runtime.ts';
export { markObserving } from './runtime/mark-observing.ts';
export { userSocket } from './runtime/runtime-client.ts';
export { createRuntimeGate, type RuntimeGate, type RuntimeGateParts } from './runtime/runtime-gate.ts';
export { defaultRuntimeSocket, type RuntimeGateServer, serveRuntimeGate } from './runtime/serve-runtime-gate.ts';
