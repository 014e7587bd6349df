/**
 * gate: where engines, clusters and registries ask whether something may pass. Each gate translates a request in, asks the
 * services, and translates the answer out.
 * Never: decides, reaches the store past the services, takes what was not decided for allowed.
 * Start at registry/registry-gate.ts: OCI distribution in front of a registry; docker/docker-gate.ts: dockerd's
 * authorization plugin.
 */
export { askEngine, type EngineNames } from './docker/ask-engine.ts';
export {
  createDockerGate,
  type DockerGate,
  type DockerGateParts,
  type DockerGateSettings,
} from './docker/docker-gate.ts';
export { type DockerSetting, describeDockerRoutes } from './docker/docker-routes.ts';
export { type KeepDockerFrontOptions, keepDockerFront } from './docker/front/keep-docker-front.ts';
export { type DockerFront, type DockerFrontOptions, startDockerFront } from './docker/front/start-docker-front.ts';
export { type GrpcAccess, probeGrpc } from './docker/probe-grpc.ts';
export { serveDockerGate } from './docker/serve-docker-gate.ts';
export { createRegistryGate, type RegistryGate, type RegistryGateParts } from './registry/registry-gate.ts';
