/**
 * model: the nouns of Portwarden, their parsers, and the ports that rooms fill in.
 * Never: I/O, a clock, a library of any size (the wire contract, which has one, is behind its own door, wire/).
 * Start at component.ts and image-contents.ts; store.ts is what is remembered.
 */
export * from './advisory.ts';
export * from './certificate.ts';
export * from './component.ts';
export * from './connection-set.ts';
export * from './contract-place.ts';
export * from './describe-connections.ts';
export type * from './drift.ts';
export * from './ecosystem.ts';
export * from './engine-action.ts';
export * from './engine-capabilities.ts';
export type * from './engine-network.ts';
export type * from './file-examiner.ts';
export type * from './flow.ts';
export * from './glob.ts';
export type * from './image-contents.ts';
export type * from './image-facts.ts';
export * from './image-source.ts';
export type * from './image-verdict.ts';
export * from './input-rule.ts';
export * from './launch.ts';
export * from './launch-record.ts';
export * from './launch-rule.ts';
export * from './launch-verdict.ts';
export type * from './network.ts';
export * from './notification.ts';
export type * from './observation.ts';
export * from './platform.ts';
export * from './pod-security-rule.ts';
export type * from './pod-security-spec.ts';
export type * from './problem.ts';
export type * from './proof.ts';
export * from './reference.ts';
export type * from './remark.ts';
export * from './security-group.ts';
export * from './store.ts';
export type * from './traffic.ts';
export type * from './traffic-record.ts';
export * from './trust.ts';
export type * from './unexplained.ts';
export type * from './verdict-change.ts';
export * from './workload.ts';
export type * from './writable-layer.ts';
