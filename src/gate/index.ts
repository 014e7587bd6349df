/**
 * gate: where engines, clusters and registries ask whether something may pass. Each gate translates a request in, asks the
 * services, and translates the answer out.
 * Never: decides, reaches the store past the services, takes what was not decided for allowed.
 * Start at registry/registry-gate.ts: OCI distribution in front of a registry.
 */
export { createRegistryGate, type RegistryGate, type RegistryGateParts } from './registry/registry-gate.ts';
