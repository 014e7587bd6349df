/**
 * registry: images in registries, by the OCI distribution specification 1.1.
 * Never: a push of what was not verified, a right to write for what reads, a credential to a host that it is not for, a step
 * into this network for a registry outside of it.
 * Start at open-registry-image.ts and copy-image.ts, then registry-client.ts and registry-writer.ts; redirect-rules.ts says
 * who may send us where. cloud/ logs in at the registries of clouds by the identity of this machine.
 */
export { copyImage } from './copy-image.ts';
export { copySignatures } from './copy-signatures.ts';
export { inspectImage } from './inspect-image.ts';
export { openRegistryImage } from './open-registry-image.ts';
export { pushArtifact } from './push-artifact.ts';
export { createRegistryClient } from './registry-client.ts';
export { createRegistryWriter } from './registry-writer.ts';
export { findImageSignatures } from './signature-reader.ts';
