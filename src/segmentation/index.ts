/**
 * segmentation: who may talk to whom. Groups, policies of clusters and rules of clouds become one model of traffic; from it
 * come rulesets of the kernel, what other platforms understand, and answers on who reaches whom.
 * Never: touches a table of the firewall that is not ours; takes what it cannot say on a platform for said.
 * Start at dataplane.ts; the nouns are in model (traffic, security-group, network, flow). nftables/ enforces; reach/ answers
 * who reaches whom.
 */
export type { ApplyReport, Dataplane, TrafficCount, TrafficCounters } from './dataplane.ts';
export {
  type BreakingFlow,
  breakingFlows,
  type FlowForecast,
  type ForecastOptions,
} from './reach/breaking-flows.ts';
export { compareReach, compareReachClasses, type ReachDifference } from './reach/compare-reach.ts';
export type { EndpointClass } from './reach/endpoint-classes.ts';
export { countReach, expandReach, type ReachClassEdge, type ReachParty } from './reach/expand-reach.ts';
export {
  type ConnectionExplanation,
  type ExplainedConnection,
  type ExplainedEnd,
  explainConnection,
} from './reach/explain-connection.ts';
export { findParties, type NamedParty } from './reach/find-parties.ts';
export type { ReachOptions } from './reach/model-reach.ts';
export { type ReachClasses, reachClasses, reachEdges } from './reach/reach-classes.ts';
export {
  createTrafficJudge,
  type JudgedConnection,
  type JudgedTraffic,
  type TrafficJudge,
} from './reach/traffic-judge.ts';
export { SegmentationError, type SegmentationErrorCode } from './segmentation-error.ts';
