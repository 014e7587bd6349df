/**
 * gate: where engines, clusters and registries ask whether something may pass. Each gate translates a request in, asks the
 * services, and translates the answer out.
 * Never: decides, reaches the store past the services, takes what was not decided for allowed.
 * Start at registry/registry-gate.ts: OCI distribution in front of a registry; runtime/runtime-gate.ts: before runc and crun.
 */
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
export { createRuntimeGate, type RuntimeGate, type RuntimeGateParts } from './runtime/runtime-gate.ts';
export { defaultRuntimeSocket, type RuntimeGateServer, serveRuntimeGate } from './runtime/serve-runtime-gate.ts';
