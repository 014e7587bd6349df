/**
 * segmentation: who may talk to whom. Groups, policies of clusters and rules of clouds become one model of traffic; from it
 * come rulesets of the kernel, what other platforms understand, and answers on who reaches whom.
 * Never: touches a table of the firewall that is not ours; takes what it cannot say on a platform for said.
 * Start at dataplane.ts; the nouns are in model (traffic, security-group, network, flow). groups/ makes the model
 * from documents, kubernetes/ from manifests, cloud/ from what clouds export, and both render groups, too; nftables/ enforces
 * it; reach/ answers who reaches whom; names/ answers what containers look up; flows/ counts, cuts and suggests; containers/
 * and probe/ are of a host.
 */
export {
  type CloudFile,
  type CloudInput,
  type CloudOptions,
  type CloudPlatform,
  cloudPlatforms,
} from './cloud/cloud-platform.ts';
export { readCloudTraffic } from './cloud/read-cloud-traffic.ts';
export { renderCloud } from './cloud/render-cloud.ts';
export { attachContainers, type PlacedContainer } from './containers/attach-containers.ts';
export { explainBypasses, readBypasses } from './containers/read-bypasses.ts';
export { placeContainers, readContainerPorts, readPortsOfOne } from './containers/read-container-ports.ts';
export { type HostNetworkInput, parseResolvers, readHostNetwork } from './containers/read-host-network.ts';
export { readAsksFromHost } from './containers/read-resolver-file.ts';
export { type RunTool, runTool } from './containers/run-tool.ts';
export { type ApplyReport, type Dataplane, type TrafficCount, type TrafficCounters } from './dataplane.ts';
export { changedAddresses } from './flows/changed-addresses.ts';
export { type CountedFlows, type CountFlowsInput, countFlows } from './flows/count-flows.ts';
export { type CutRefusedInput, type CutReport, cutRefused } from './flows/cut-refused.ts';
export { type TrackedConnection } from './flows/parse-conntrack.ts';
export { readConnections } from './flows/read-connections.ts';
export { type SuggestedGroup, type Suggestion, suggestGroups } from './flows/suggest-groups.ts';
export { type CompiledTraffic, compileTraffic, type TrafficInput } from './groups/compile-traffic.ts';
export { selectGroups } from './groups/select-groups.ts';
export { formatClusterEdges, formatEdges } from './kubernetes/format-edges.ts';
export { readClusterTraffic } from './kubernetes/read-cluster-traffic.ts';
export {
  type ClusterRenderOptions,
  renderNetworkPolicies,
} from './kubernetes/render/render-network-policies.ts';
export { knownResolverNames, knownResolvers } from './names/known-resolvers.ts';
export { type RememberedNames } from './names/name-memory.ts';
export { type NameNote } from './names/name-resolver.ts';
export { createNameService, type NameService } from './names/name-service.ts';
export { type ClosedOptions, closedRuleset } from './nftables/closed-ruleset.ts';
export { compileRuleset, type RulesetInput } from './nftables/compile-ruleset.ts';
export { createDataplane, type KernelDataplane } from './nftables/create-dataplane.ts';
export { type BootOptions, installBoot, removeBoot, renderBoot } from './nftables/install-boot.ts';
export { type Ruleset } from './nftables/ruleset.ts';
export { type PlanInput, type ProbePlan, planProbes } from './probe/plan-probes.ts';
export { type ProbeInput, probeGroups } from './probe/probe-groups.ts';
export { type BreakingFlow, breakingFlows, type FlowForecast, type ForecastOptions } from './reach/breaking-flows.ts';
export { compareReach, compareReachClasses, type ReachDifference } from './reach/compare-reach.ts';
export { edgeSources } from './reach/edge-sources.ts';
export { type EndpointClass } from './reach/endpoint-classes.ts';
export { countReach, expandReach, type ReachClassEdge, type ReachParty } from './reach/expand-reach.ts';
export {
  type ConnectionExplanation,
  type ExplainedConnection,
  type ExplainedEnd,
  explainConnection,
} from './reach/explain-connection.ts';
export { findParties, type NamedParty } from './reach/find-parties.ts';
export { type ReachOptions } from './reach/model-reach.ts';
export { type ReachClasses, reachClasses, reachEdges } from './reach/reach-classes.ts';
export {
  createTrafficJudge,
  type JudgedConnection,
  type JudgedTraffic,
  type TrafficJudge,
} from './reach/traffic-judge.ts';
export { type RenderedFile, type Rendering } from './rendering.ts';
export { SegmentationError, type SegmentationErrorCode } from './segmentation-error.ts';
