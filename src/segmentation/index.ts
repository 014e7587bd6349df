/**
 * segmentation: who may talk to whom. Groups, policies of clusters and rules of clouds become one model of traffic; from it
 * come rulesets of the kernel, what other platforms understand, and answers on who reaches whom.
 * Never: touches a table of the firewall that is not ours; takes what it cannot say on a platform for said.
 * Start at dataplane.ts; the nouns are in model (traffic, security-group, network, flow). nftables/ enforces.
 */
export type { ApplyReport, Dataplane, TrafficCount, TrafficCounters } from './dataplane.ts';
export { type ClosedOptions, closedRuleset } from './nftables/closed-ruleset.ts';
export { compileRuleset, type RulesetInput } from './nftables/compile-ruleset.ts';
export { createDataplane, type KernelDataplane } from './nftables/create-dataplane.ts';
export { type BootOptions, installBoot, removeBoot, renderBoot } from './nftables/install-boot.ts';
export type { Ruleset } from './nftables/ruleset.ts';
export { SegmentationError, type SegmentationErrorCode } from './segmentation-error.ts';
