/**
 * segmentation: who may talk to whom. Groups, policies of clusters and rules of clouds become one model of traffic; from it
 * come rulesets of the kernel, what other platforms understand, and answers on who reaches whom.
 * Never: touches a table of the firewall that is not ours; takes what it cannot say on a platform for said.
 * Start at dataplane.ts; the nouns are in model (traffic, security-group, network, flow). groups/ makes the model
 * from documents, kubernetes/ from manifests, clouds/ from exported state; nftables/ enforces it; reach/ answers who reaches
 * whom; names/ answers what containers look up; flows/ counts, cuts and suggests; containers/ and probe/ are of a host.
 */
export { type ApplyReport, type Dataplane, type TrafficCount, type TrafficCounters } from './dataplane.ts';
export { changedAddresses } from './flows/changed-addresses.ts';
export { type CountedFlows, type CountFlowsInput, countFlows } from './flows/count-flows.ts';
export { type CutRefusedInput, type CutReport, cutRefused } from './flows/cut-refused.ts';
export { type TrackedConnection } from './flows/parse-conntrack.ts';
export { readConnections } from './flows/read-connections.ts';
export { type SuggestedGroup, type Suggestion, suggestGroups } from './flows/suggest-groups.ts';
export { type CompiledTraffic, compileTraffic, type TrafficInput } from './groups/compile-traffic.ts';
export { selectGroups } from './groups/select-groups.ts';
export { knownResolverNames, knownResolvers } from './names/known-resolvers.ts';
export {
  countReach,
  expandReach,
  type ReachClasses,
  type ReachOptions,
  type ReachParty,
  reachClasses,
  reachEdges,
} from './reach/reach-classes.ts';
export {
  createTrafficJudge,
  type JudgedConnection,
  type JudgedTraffic,
  type TrafficJudge,
} from './reach/traffic-judge.ts';
export { SegmentationError, type SegmentationErrorCode } from './segmentation-error.ts';
