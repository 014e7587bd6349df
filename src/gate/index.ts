/**
 * gate: where engines, clusters and registries ask whether something may pass. Each gate translates a request in, asks the
 * services, and translates the answer out.
 * Never: decides, reaches the store past the services, takes what was not decided for allowed.
 * Start at registry/registry-gate.ts: OCI distribution in front of a registry; kubernetes/kubernetes-gate.ts: the webhooks of a
 * cluster.
 */

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
