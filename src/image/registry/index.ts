/**
 * registry: images in registries, by the OCI distribution specification 1.1.
 * Never: a push, a credential to a host that it is not for, a step into this network for a registry outside of it.
 * Start at open-registry-image.ts, then registry-client.ts; redirect-rules.ts says who may send us where.
 * cloud/ logs in at the registries of clouds by the identity of this machine; find-cloud-login.ts is its way in.
 */
export { openRegistryImage } from './open-registry-image.ts';
export { findImageSignatures, type SignatureReading } from './signature-reader.ts';
